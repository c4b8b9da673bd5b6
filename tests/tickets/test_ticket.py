"""The states of a ticket: each event in each state, and what becomes of its clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands import readers
from mailgate.tickets.ticket import (
    CHANGES_NOTHING,
    EntryKind,
    Event,
    Priority,
    State,
    Ticket,
    after_entry,
    state_after,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

OPEN, ANSWERED, WAITING, CLOSED = State.OPEN, State.ANSWERED, State.WAITING, State.CLOSED

TABLE = {
    #                        open      answered  waiting   closed
    Event.CUSTOMER_WROTE: (OPEN, OPEN, OPEN, OPEN),
    Event.MACHINE_WROTE: (OPEN, ANSWERED, WAITING, CLOSED),
    Event.STAFF_REPLIED: (ANSWERED, ANSWERED, ANSWERED, ANSWERED),
    Event.STAFF_NOTED: (OPEN, ANSWERED, WAITING, CLOSED),
    Event.PUT_OFF: (WAITING, WAITING, WAITING, WAITING),
    Event.WAIT_ENDED: (OPEN, OPEN, OPEN, OPEN),
    Event.WARNED: (OPEN, ANSWERED, WAITING, CLOSED),
    Event.AUTO_CLOSED: (CLOSED, CLOSED, CLOSED, CLOSED),
    Event.CLOSED: (CLOSED, CLOSED, CLOSED, CLOSED),
    Event.REOPENED: (OPEN, OPEN, OPEN, OPEN),
    Event.UNDELIVERED: (OPEN, OPEN, OPEN, OPEN),
    Event.SENT_AGAIN: (ANSWERED, ANSWERED, ANSWERED, ANSWERED),
    Event.ASSIGNED: (OPEN, ANSWERED, WAITING, CLOSED),
    Event.MERGED: (CLOSED, CLOSED, CLOSED, CLOSED),
    Event.TOOK_OVER: (OPEN, ANSWERED, WAITING, CLOSED),
}  # fmt: skip

NEWS = {
    Event.OPENED_FOR,
    Event.SENT_ON,
    Event.MOVED_IN,
    Event.LINKED,
    Event.NAMED,
    Event.CLOSE_TAKEN_BACK,
    Event.NOTICE_LOST,
    Event.STAFF_MAIL_LOST,
    Event.DELAYED,
    Event.REPORTED_AGAIN,
    Event.READER_ADDED,
    Event.READER_LEFT,
    Event.READER_REMOVED,
    Event.FOLLOWED,
    Event.MUTED,
    Event.RANKED,
    Event.TAGGED,
    Event.EXTENDED,
    Event.CREDITED,
    Event.WAIVED,
    Event.REFUNDED,
    Event.CHARGED,
    Event.SPLIT,
    Event.SPLIT_OFF,
    Event.CONTACT_ADDED,
    Event.COMMANDED,
    Event.NOT_UNDERSTOOD,
    Event.ASKED,
    Event.AGREED,
    Event.EDITED,
    Event.CONFIRMED,
    Event.DECLINED,
    Event.LAPSED,
    Event.STAFF_ASKED,
    Event.STAFF_CONFIRMED,
    Event.STAFF_DECLINED,
    Event.STAFF_LAPSED,
    Event.ANSWER_TAKEN_BACK,
}
"""Events that a ticket is told of, and stands as it stood."""
TABLE |= dict.fromkeys(NEWS, (OPEN, ANSWERED, WAITING, CLOSED))


def test_the_table_names_every_event() -> None:
    assert set(TABLE) == set(Event)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize(("column", "before"), list(enumerate((OPEN, ANSWERED, WAITING, CLOSED))))
def test_a_state_after_an_event(event: Event, column: int, before: State) -> None:
    assert state_after(before, event) is TABLE[event][column]


def a_ticket(state: State) -> Ticket:
    """As it may be found in that state, with the clock of the state running."""
    before = NOW - timedelta(hours=1)
    return Ticket(
        id=7,
        desk="support",
        customer_id=3,
        subject="Mail",
        state=state,
        waiting_since=before if state is OPEN else None,
        linked_to=None,
        assignee_id=None,
        messages=2,
        opened_at=before,
        updated_at=before,
        participants=(),
        silent_since=before if state is ANSWERED else None,
        warned_at=before if state is ANSWERED else None,
        wait_until=NOW if state is WAITING else None,
    )


def test_what_changes_nothing_is_no_obstacle_to_taking_an_answer_back() -> None:
    assert NEWS | {Event.MACHINE_WROTE, Event.STAFF_NOTED} == CHANGES_NOTHING


@given(state=st.sampled_from(State), kind=st.sampled_from(EntryKind))
@pytest.mark.parametrize("event", [Event.MACHINE_WROTE, Event.STAFF_NOTED, *sorted(NEWS)])
def test_neither_a_machine_nor_a_note_nor_mere_news_move_a_state_or_a_clock(
    event: Event, state: State, kind: EntryKind
) -> None:
    before = a_ticket(state)

    after = after_entry(before, kind, event, now=NOW)

    assert after.state is before.state
    assert (after.waiting_since, after.silent_since, after.warned_at, after.wait_until) == (
        before.waiting_since,
        before.silent_since,
        before.warned_at,
        before.wait_until,
    )


@given(state=st.sampled_from(State), events=st.lists(st.sampled_from(Event), max_size=6))
def test_no_clock_runs_outside_its_state(state: State, events: list[Event]) -> None:
    ticket = a_ticket(state)

    for event in events:
        ticket = after_entry(ticket, EntryKind.EVENT, event, now=NOW)

    assert (ticket.waiting_since is not None) == (ticket.state is OPEN)
    assert ticket.state is ANSWERED or (ticket.silent_since, ticket.warned_at) == (None, None)
    assert ticket.state is WAITING or ticket.wait_until is None


def test_a_further_answer_takes_the_warning_back_and_leaves_the_silence_until_it_has_left() -> None:
    before = a_ticket(ANSWERED)

    after = after_entry(before, EntryKind.MESSAGE, Event.STAFF_REPLIED, now=NOW)

    assert (after.silent_since, after.warned_at) == (before.silent_since, None)


def test_each_priority_of_a_ticket_can_be_written_and_no_other() -> None:
    assert tuple(Priority) == readers.PRIORITIES
