"""Which tickets may become one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailgate.tickets.merging import CannotMerge, check_merge
from mailgate.tickets.ticket import Participant, State, Ticket

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CRIS, DORA = (Participant(name, f"{name}@stranger.example", None) for name in ("Cris", "Dora"))
OURS = Ticket(1, "support", 1, "Mail", State.OPEN, AT, None, None, 1, AT, AT, (Participant("Anne", "a@c.example", 1),))
STRANGERS = replace(OURS, customer_id=None, participants=(CRIS,))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (OURS, replace(OURS, id=2)),
        (OURS, replace(OURS, id=2, participants=())),
        (STRANGERS, replace(STRANGERS, id=2, participants=(replace(CRIS, address="CRIS@stranger.example"),))),
    ],
)
def test_tickets_of_one_owner_become_one(source: Ticket, target: Ticket) -> None:
    check_merge(source, target)


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (OURS, OURS, "itself"),
        (replace(OURS, merged_into=3), replace(OURS, id=2), "#1 is merged into #3 already"),
        (OURS, replace(OURS, id=2, customer_id=2), "#1 is of customer 1, #2 of customer 2"),
        (STRANGERS, replace(OURS, id=2), "#1 is of nobody who is registered, #2 of customer 1"),
        (STRANGERS, replace(STRANGERS, id=2, participants=(DORA,)), "different strangers"),
        (STRANGERS, replace(STRANGERS, id=2, participants=(CRIS, DORA)), "different strangers"),
    ],
)
def test_tickets_of_two_owners_stay_apart(source: Ticket, target: Ticket, reason: str) -> None:
    with pytest.raises(CannotMerge, match=reason):
        check_merge(source, target)
