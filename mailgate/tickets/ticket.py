"""Ticket, its entries and states, and the table of allowed transitions."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailgate.tickets.files import LeftOut


class State(StrEnum):
    """Whose turn it is."""

    OPEN = "open"  # staff's
    ANSWERED = "answered"  # the customer's
    WAITING = "waiting"  # nobody's, until a date
    CLOSED = "closed"


class Event(StrEnum):
    """What happens to a ticket."""

    CUSTOMER_WROTE = "customer wrote"
    MACHINE_WROTE = "machine wrote"
    STAFF_REPLIED = "staff replied"
    STAFF_NOTED = "staff noted"
    PUT_OFF = "put off"  # staff wait until a date
    WAIT_ENDED = "wait ended"
    WARNED = "warned"  # that it will be closed
    AUTO_CLOSED = "auto-closed"
    CLOSED = "closed"
    REOPENED = "reopened"
    UNDELIVERED = "undelivered"
    ASSIGNED = "assigned"
    MERGED = "merged"  # into another, which goes on for it
    TOOK_OVER = "took over"  # another that was merged into it


STAFF_ONLY = frozenset({Event.ASSIGNED, Event.STAFF_NOTED})
"""Events that no customer is told of."""

# A machine's mail and a note change no state, whatever it was; the rest do not ask what it was either, so one column is
# the whole table. An answer that did not arrive is no answer: it is staff's turn again.
_AFTER: dict[Event, State | None] = {
    Event.CUSTOMER_WROTE: State.OPEN,
    Event.MACHINE_WROTE: None,
    Event.STAFF_REPLIED: State.ANSWERED,
    Event.STAFF_NOTED: None,
    Event.PUT_OFF: State.WAITING,
    Event.WAIT_ENDED: State.OPEN,
    Event.WARNED: None,
    Event.AUTO_CLOSED: State.CLOSED,
    Event.CLOSED: State.CLOSED,
    Event.REOPENED: State.OPEN,
    Event.UNDELIVERED: State.OPEN,
    Event.ASSIGNED: None,
    Event.MERGED: State.CLOSED,
    Event.TOOK_OVER: None,
}


def state_after(state: State, event: Event) -> State:
    """The state that a ticket has after the event."""
    return _AFTER[event] or state


def waiting_since(state: State, before: State, since: datetime | None, *, now: datetime) -> datetime | None:
    """Since when the customer waits for us, now that the ticket is in `state`; None when it is not our turn.

    `before` and `since` are what held until now: who asks again waits since the first time.
    """
    if state is not State.OPEN:
        return None
    return since if before is State.OPEN and since is not None else now


class EntryKind(StrEnum):
    """What a line of the ticket's history is."""

    MESSAGE = "message"
    NOTE = "note"  # staff's own; never shown to the customer
    EVENT = "event"


class Direction(StrEnum):
    """Of a message: from a customer to the desk, or from the desk to the customer."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody whose mails belong to the ticket and who gets its answers."""

    name: str
    address: str
    contact_id: int | None  # None: a stranger whose ticket it is


@dataclass(frozen=True, slots=True)
class Ticket:
    """One matter. `id` is the number that people see: a name, not a key."""

    id: int
    desk: str
    customer_id: int | None  # None: a stranger's
    subject: str  # never changes: clients group by it
    state: State
    waiting_since: datetime | None  # while it is open: the customer's first words after our last answer
    linked_to: int | None
    assignee_id: int | None
    messages: int
    opened_at: datetime
    updated_at: datetime
    participants: tuple[Participant, ...]
    silent_since: datetime | None = None  # while it is answered: when the last answer left us; None: none has left
    warned_at: datetime | None = None  # while it is answered: when the customer was told that it will be closed
    wait_until: datetime | None = None  # while it is waiting
    merged_into: int | None = None  # an alias for good: what names this ticket means that one


def after_entry(ticket: Ticket, kind: EntryKind, event: Event | None, *, now: datetime) -> Ticket:
    """The ticket after an entry of this kind was appended, and what it meant happened.

    `silent_since` outlives a further answer: it moves when that one has left, which somebody may still undo.
    """
    state = state_after(ticket.state, event) if event else ticket.state
    stays_answered = ticket.state is State.ANSWERED and state is State.ANSWERED
    warned_at = None if event is Event.STAFF_REPLIED or not stays_answered else ticket.warned_at
    return replace(
        ticket,
        state=state,
        waiting_since=waiting_since(state, ticket.state, ticket.waiting_since, now=now),
        silent_since=ticket.silent_since if stays_answered else None,
        warned_at=now if event is Event.WARNED and stays_answered else warned_at,
        wait_until=ticket.wait_until if state is State.WAITING else None,
        messages=ticket.messages + (1 if kind is EntryKind.MESSAGE else 0),
        updated_at=max(now, ticket.updated_at),
    )


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file of an entry, its bytes already recorded in the archive."""

    filename: str | None
    content_type: str
    size: int
    sha256: str
    inline: bool
    content_id: str | None


@dataclass(frozen=True, slots=True)
class Doer:
    """Who made an event happen, by which mail, and how far that mail's author is believed: what the audit trail keeps.

    Without a mail somebody did it at the gate's own command line, or a deadline did.
    """

    name: str
    address: str | None = None
    staff_id: int | None = None
    contact_id: int | None = None
    spool_id: int | None = None
    evidence: str | None = None


PROGRAM = Doer("mailgate")
"""A deadline, or a rule that answers to nobody's mail."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A line to be appended to a ticket's history."""

    kind: EntryKind
    author_name: str
    text: str
    author_address: str | None = None
    contact_id: int | None = None
    staff_id: int | None = None
    direction: Direction | None = None
    message_id: str | None = None
    spool_id: int | None = None
    evidence: str | None = None
    automatic: bool = False
    attachments: tuple[NewAttachment, ...] = ()
    left_out: tuple[LeftOut, ...] = ()  # files that are in the mail alone
    cut_away: str | None = None  # quotes and signature of the mail, for staff alone: they may hold what staff were told
