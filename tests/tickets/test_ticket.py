"""The states of a ticket: each event in each state."""

import pytest

from mailgate.tickets.ticket import Event, State, state_after

OPEN, ANSWERED, WAITING, CLOSED = State.OPEN, State.ANSWERED, State.WAITING, State.CLOSED

TABLE = {
    #                        open      answered  waiting   closed
    Event.CUSTOMER_WROTE: (OPEN, OPEN, OPEN, OPEN),
    Event.MACHINE_WROTE: (OPEN, ANSWERED, WAITING, CLOSED),
    Event.STAFF_REPLIED: (ANSWERED, ANSWERED, ANSWERED, ANSWERED),
    Event.STAFF_NOTED: (OPEN, ANSWERED, WAITING, CLOSED),
    Event.CLOSED: (CLOSED, CLOSED, CLOSED, CLOSED),
    Event.REOPENED: (OPEN, OPEN, OPEN, OPEN),
    Event.UNDELIVERED: (OPEN, OPEN, OPEN, OPEN),
}  # fmt: skip


def test_the_table_names_every_event() -> None:
    assert set(TABLE) == set(Event)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize(("column", "before"), list(enumerate((OPEN, ANSWERED, WAITING, CLOSED))))
def test_a_state_after_an_event(event: Event, column: int, before: State) -> None:
    assert state_after(before, event) is TABLE[event][column]
