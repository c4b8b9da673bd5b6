"""What a program's mail may do to a ticket, which is nothing; and when one more is one too many."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.automatic import automatic
from mailgate.mail.parse import parse
from mailgate.tickets.flood import HOUR, Crowd, crowd, event_of, is_flood
from mailgate.tickets.ticket import EntryKind, Participant, State, Ticket, after_entry
from tests.mail.mails import envelope, written
from tests.mail.test_automatic import MACHINES

OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = OPENED + timedelta(days=1)
MACHINE_FIELDS = [fields for fields, _ in MACHINES if not fields[0].startswith("Return-Path")]


def _ticket(state: State, waiting_since: datetime | None) -> Ticket:
    return Ticket(
        id=1,
        desk="support",
        customer_id=1,
        subject="No mail since Monday",
        state=state,
        waiting_since=waiting_since,
        linked_to=None,
        assignee_id=2,
        messages=3,
        opened_at=OPENED,
        updated_at=OPENED,
        participants=(Participant("Anne", "anne@customer.example", 1),),
    )


@given(
    signals=st.lists(st.sampled_from(MACHINE_FIELDS), min_size=1, max_size=4, unique=True),
    state=st.sampled_from(State),
    reverse_path=st.sampled_from(["", "anne@ash.example"]),
    hours=st.integers(0, 1000),
)
def test_no_signs_of_a_program_in_any_mixture_change_a_ticket_in_any_state(
    signals: list[tuple[str, ...]], state: State, reverse_path: str, hours: int
) -> None:
    since = OPENED if state is State.OPEN else None
    before = _ticket(state, since)
    mail = parse(written(*(field for fields in signals for field in fields)))

    event = event_of(automatic(mail, envelope(reverse_path)))
    after = after_entry(before, EntryKind.MESSAGE, event, now=OPENED + timedelta(hours=hours))

    assert (after.state, after.waiting_since, after.assignee_id) == (state, since, 2)


@pytest.mark.parametrize("state", State)
def test_a_person_s_words_make_it_staff_s_turn(state: State) -> None:
    after = after_entry(_ticket(state, None), EntryKind.MESSAGE, event_of(None), now=NOW)

    assert after.state is State.OPEN


@given(before=st.integers(0, 100), budget=st.integers(1, 100))
def test_as_many_as_the_budget_are_within_it_and_one_of_them_is_the_last(before: int, budget: int) -> None:
    stand = crowd(before, budget)

    assert (stand is Crowd.BEYOND) == (before >= budget)
    assert (stand is Crowd.LAST) == (before == budget - 1)


def test_a_budget_of_nothing_is_no_limit() -> None:
    assert crowd(1_000_000, 0) is Crowd.WITHIN


@pytest.mark.parametrize(
    ("nth_last", "flood"),
    [(None, False), (NOW - HOUR, False), (NOW - HOUR + timedelta(seconds=1), True), (NOW, True)],
)
def test_it_is_a_flood_while_the_last_n_lie_within_the_window(nth_last: datetime | None, flood: bool) -> None:
    assert is_flood(nth_last, HOUR, now=NOW) is flood
