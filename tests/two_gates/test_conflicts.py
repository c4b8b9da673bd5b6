"""Two stories that wait for each other: a server breaks one off, and it is told again."""

from threading import Barrier

import pytest
from sqlalchemy import Connection

from mailgate.tickets.events import line_of
from mailgate.tickets.ticket import Event
from store.desk import tickets
from store.engine import TELLINGS, is_conflict, transact, transaction
from tests.gate import Gate, Person
from tests.two_gates.conftest import Two


def reopened(conn: Connection, number: int, gate: Gate) -> None:
    """A line in the ticket's history."""
    ticket = tickets.locked(conn, (number,))[number]
    tickets.append(conn, ticket, line_of(Event.REOPENED), event=Event.REOPENED, now=gate.now)


def test_of_two_that_lock_tickets_the_other_way_round_both_are_done_once(two: Two, anne: Person) -> None:
    for subject in ("First", "Second"):
        two.one.deliver(anne.writes("It is broken.", subject=subject))
    before = [len(two.one.history(number)) for number in (1, 2)]
    both_have_one = Barrier(2, timeout=30)
    told: list[str] = []

    def story(gate: Gate, name: str, *numbers: int) -> None:
        def tell(conn: Connection) -> None:
            told.append(name)
            reopened(conn, numbers[0], gate)
            if told.count(name) == 1:
                both_have_one.wait()
            reopened(conn, numbers[1], gate)

        transact(gate.parts.engine, tell)

    two.side_by_side(lambda: story(two.one, "one", 1, 2), lambda: story(two.other, "other", 2, 1))

    assert sorted(told) in (["one", "one", "other"], ["one", "other", "other"])
    assert [len(two.one.history(number)) for number in (1, 2)] == [lines + 2 for lines in before]


def test_a_story_that_is_broken_off_each_time_is_given_up_and_leaves_nothing(two: Two, anne: Person) -> None:
    two.one.deliver(anne.writes("It is broken."))
    before = len(two.one.history(1))
    told: list[int] = []

    def story(conn: Connection) -> None:
        told.append(len(told))
        reopened(conn, 1, two.one)
        conn.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$")

    with pytest.raises(Exception, match="again") as broken:
        transact(two.one.parts.engine, story)

    assert is_conflict(broken.value)
    assert len(told) == TELLINGS
    assert len(two.one.history(1)) == before


def test_a_ticket_that_was_not_locked_is_not_written_to(two: Two, gate: Gate) -> None:
    """On SQLite, where nothing could come between, all the same: there every test would see it."""
    for one in (two.one, gate):
        anne = one.customer("Anne Miller", "anne@customer.example")
        one.deliver(anne.writes("It is broken."))
        with transaction(one.parts.engine) as conn:
            ticket = tickets.get(conn, 1)
            with pytest.raises(tickets.NotLocked):
                tickets.append(conn, ticket, line_of(Event.CLOSED), event=Event.CLOSED, now=one.now)
