"""Who of the staff hears of a ticket."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.people import Staff
from mailgate.tickets.ticket import State, Ticket, following, hearing, muted, taking_part
from mailgate.tickets.watchers import hearers, readers_of_customer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAFF = tuple(Staff(number, f"S{number}", f"s{number}@hosting.example") for number in (1, 2, 3, 4))
TICKET = Ticket(7, "support", 3, "Mail", State.OPEN, NOW, None, None, 1, NOW, NOW, ())


@pytest.mark.parametrize(
    ("assignee_id", "wrote", "follow", "mute", "heard"),
    [
        (None, (), (), (), (1, 2, 3, 4)),
        (None, (2,), (), (), (1, 2, 3, 4)),
        (None, (2,), (), (2, 3), (1, 4)),
        (2, (), (), (), (2,)),
        (2, (3,), (4,), (), (2, 3, 4)),
        (2, (3,), (4,), (3, 4), (2,)),
        (2, (), (), (2,), (2,)),
        (9, (3,), (), (), (1, 2, 3, 4)),
        (None, (), (), (1, 2, 3, 4), ()),
    ],
)
def test_everybody_hears_until_it_is_somebody_s_and_then_he_and_who_takes_part(
    assignee_id: int | None,
    wrote: tuple[int, ...],
    follow: tuple[int, ...],
    mute: tuple[int, ...],
    heard: tuple[int, ...],
) -> None:
    ticket = replace(TICKET, assignee_id=assignee_id, staff_ids=wrote, followers=follow, muted_by=mute)

    assert tuple(one.id for one in hearers(ticket, STAFF, now=NOW, zone=UTC)) == heard


@pytest.mark.parametrize(
    ("desks", "assignee_id", "heard"),
    [
        ({1: ("billing",), 2: ("support", "billing")}, None, (2, 3, 4)),
        ({1: ("billing",)}, 1, (1,)),
        (dict.fromkeys((1, 2, 3, 4), ("billing",)), None, (1, 2, 3, 4)),
    ],
)
def test_a_desk_is_heard_by_those_who_work_at_it(
    desks: dict[int, tuple[str, ...]], assignee_id: int | None, heard: tuple[int, ...]
) -> None:
    staff = tuple(replace(one, desks=desks.get(one.id, ())) for one in STAFF)

    assert tuple(one.id for one in hearers(replace(TICKET, assignee_id=assignee_id), staff, now=NOW, zone=UTC)) == heard


@pytest.mark.parametrize(
    ("hour", "assignee_id", "heard"), [(9, None, (1, 3, 4)), (17, None, (2, 3, 4)), (17, 1, (1,)), (9, 2, (2,))]
)
def test_out_of_his_hours_one_hears_of_his_own_tickets_alone(
    hour: int, assignee_id: int | None, heard: tuple[int, ...]
) -> None:
    hours = {1: ("mon-fri 08:00-12:00",), 2: ("mon-fri 12:00-20:00", "sat 08:00-12:00")}
    staff = tuple(replace(one, hours=hours.get(one.id, ())) for one in STAFF)
    now = NOW.replace(hour=hour)

    found = hearers(replace(TICKET, assignee_id=assignee_id), staff, now=now, zone=UTC)

    assert tuple(one.id for one in found) == heard


def test_where_nobody_works_everybody_hears() -> None:
    staff = tuple(replace(one, hours=("sat 08:00-12:00",)) for one in STAFF)

    assert hearers(TICKET, staff, now=NOW, zone=UTC) == staff


def test_who_is_away_hears_nothing_and_his_ticket_is_heard_by_all() -> None:
    staff = (replace(STAFF[0], away_until=NOW + timedelta(days=1)), *STAFF[1:])

    assert tuple(one.id for one in hearers(TICKET, staff, now=NOW, zone=UTC)) == (2, 3, 4)
    assert tuple(one.id for one in hearers(replace(TICKET, assignee_id=1), staff, now=NOW, zone=UTC)) == (2, 3, 4)


@pytest.mark.parametrize(
    ("mute", "addressed", "told"),
    [((1,), (), (2, 3, 4)), ((1,), (1,), (1, 2, 3, 4)), ((1, 2, 3, 4), (), (1, 2, 3, 4)), ((1, 2, 3, 4), (3,), (3,))],
)
def test_a_customer_is_always_heard_and_no_mute_hides_an_answer_to_one_s_own_words(
    mute: tuple[int, ...], addressed: tuple[int, ...], told: tuple[int, ...]
) -> None:
    found = readers_of_customer(replace(TICKET, muted_by=mute), STAFF, addressed=addressed, now=NOW, zone=UTC)

    assert tuple(one.id for one in found) == told


def test_who_writes_or_follows_hears_again_and_who_mutes_follows_no_more() -> None:
    quiet = muted(following(taking_part(TICKET, 2), 3), 3)

    assert (quiet.staff_ids, quiet.followers, quiet.muted_by) == ((2,), (), (3,))
    assert taking_part(quiet, 3).muted_by == ()
    assert following(quiet, 3).followers == (3,)
    assert hearing(quiet, 3).muted_by == ()
    assert taking_part(taking_part(TICKET, 2), 2).staff_ids == (2,)
