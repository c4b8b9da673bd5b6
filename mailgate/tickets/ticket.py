"""Ticket, its entries and states, and the table of allowed transitions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from mailgate.tickets.files import LeftOut


class State(StrEnum):
    """Whose turn it is."""

    OPEN = "open"  # staff's
    ANSWERED = "answered"  # the customer's
    WAITING = "waiting"  # nobody's, until a date
    CLOSED = "closed"


class Event(StrEnum):
    """What happens to a ticket. `events.EVENTS` tells what each line of the audit trail keeps, and who may read it."""

    CUSTOMER_WROTE = "customer wrote"
    MACHINE_WROTE = "machine wrote"
    STAFF_REPLIED = "staff replied"
    STAFF_NOTED = "staff noted"
    OPENED_FOR = "opened for"  # a customer, by staff
    SENT_ON = "sent on"  # opened with a customer's mail that staff sent on
    MOVED_IN = "moved in"  # from an older system
    LINKED = "linked"  # opened by a mail that names another ticket, which it may not join
    NAMED = "named"  # by such a mail
    PUT_OFF = "put off"  # staff wait until a date
    WAIT_ENDED = "wait ended"
    WARNED = "warned"  # that it will be closed
    AUTO_CLOSED = "auto-closed"
    CLOSED = "closed"
    CLOSE_TAKEN_BACK = "close taken back"
    REOPENED = "reopened"
    ASSIGNED = "assigned"
    MERGED = "merged"  # into another, which goes on for it
    TOOK_OVER = "took over"  # another that was merged into it
    UNDELIVERED = "undelivered"  # an answer, or what else it is staff's turn again for
    SENT_AGAIN = "sent again"  # such an answer, to the right address
    NOTICE_LOST = "notice lost"  # undelivered, to a customer, and nothing hangs on it
    STAFF_MAIL_LOST = "staff mail lost"
    DELAYED = "delayed"
    REPORTED_AGAIN = "reported again"  # undelivered, and known to be
    READER_ADDED = "reader added"
    READER_LEFT = "reader left"
    READER_REMOVED = "reader removed"  # by staff
    CONTACT_ADDED = "contact added"  # to the account
    COMMANDED = "commanded"  # by a customer's mail without words
    NOT_UNDERSTOOD = "not understood"  # such a mail
    ASKED = "asked"  # whether it is to be done, by confirmation
    AGREED = "agreed"  # one of several whose yes it takes
    EDITED = "edited"  # what was asked, by an answer
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LAPSED = "lapsed"  # no answer came in time
    STAFF_ASKED = "staff asked"  # whether a staff member's mail is theirs
    STAFF_CONFIRMED = "staff confirmed"
    STAFF_DECLINED = "staff declined"
    STAFF_LAPSED = "staff lapsed"
    ANSWER_TAKEN_BACK = "answer taken back"  # before it left
    FOLLOWED = "followed"  # by somebody on the staff
    MUTED = "muted"
    RANKED = "ranked"  # its priority was said
    TAGGED = "tagged"
    EXTENDED = "extended"  # staff gave time to pay an invoice
    CREDITED = "credited"  # staff gave its customer credit
    WAIVED = "waived"  # staff gave up what was open of an invoice
    REFUNDED = "refunded"  # staff had money of an invoice sent back
    CHARGED = "charged"  # staff had a card charged for an invoice
    SPLIT = "split"  # a message of it has become another ticket
    SPLIT_OFF = "split off"  # opened with a message of another


_CHANGES_NO_STATE = (
    Event.MACHINE_WROTE,
    Event.STAFF_NOTED,
    Event.OPENED_FOR,
    Event.SENT_ON,
    Event.MOVED_IN,
    Event.LINKED,
    Event.NAMED,
    Event.WARNED,
    Event.CLOSE_TAKEN_BACK,
    Event.ASSIGNED,
    Event.TOOK_OVER,
    Event.NOTICE_LOST,
    Event.STAFF_MAIL_LOST,
    Event.DELAYED,
    Event.REPORTED_AGAIN,
    Event.READER_ADDED,
    Event.READER_LEFT,
    Event.READER_REMOVED,
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
)
CHANGES_NOTHING = frozenset(_CHANGES_NO_STATE) - {Event.WARNED, Event.ASSIGNED, Event.TOOK_OVER}
"""After one of these a ticket stands as it stood: its state, its clocks and whose it is."""

# A machine's mail and a note change no state, whatever it was; the rest do not ask what it was either, so one column is
# the whole table. An answer that did not arrive is no answer: it is staff's turn again.
_AFTER: dict[Event, State | None] = {
    **dict.fromkeys(_CHANGES_NO_STATE),
    Event.CUSTOMER_WROTE: State.OPEN,
    Event.STAFF_REPLIED: State.ANSWERED,
    Event.PUT_OFF: State.WAITING,
    Event.WAIT_ENDED: State.OPEN,
    Event.AUTO_CLOSED: State.CLOSED,
    Event.CLOSED: State.CLOSED,
    Event.REOPENED: State.OPEN,
    Event.UNDELIVERED: State.OPEN,
    Event.SENT_AGAIN: State.ANSWERED,
    Event.MERGED: State.CLOSED,
}


CHANGES_STATE = frozenset(event for event, state in _AFTER.items() if state)
"""What says whose turn it is."""


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


class Priority(StrEnum):
    """How pressing a ticket is, by the word of staff; none given is between high and low."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


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
    thread_index: str | None = None  # Outlook's name of the thread, as the mail that began it gave it
    staff_ids: tuple[int, ...] = ()  # who of the staff has written on it, to the customer or a note
    followers: tuple[int, ...] = ()  # who of them wants to hear of it, whoever has it
    muted_by: tuple[int, ...] = ()  # who of them wants to hear no more of it
    priority: Priority | None = None
    tags: tuple[str, ...] = ()  # in order
    left_by: tuple[int, ...] = ()  # contacts who asked for no more mails of it; what they write still joins


def after_entry(
    ticket: Ticket, kind: EntryKind, event: Event | None, *, writer_id: int | None = None, now: datetime
) -> Ticket:
    """The ticket after an entry of this kind was appended, and what it meant happened.

    `silent_since` outlives a further answer: it moves when that one has left, which somebody may still undo.
    `writer_id`: who of the staff did it. Whoever writes takes part from then on, and hears of the ticket again.
    """
    if writer_id is not None and kind is not EntryKind.EVENT:
        ticket = taking_part(ticket, writer_id)
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


def taking_part(ticket: Ticket, staff_id: int) -> Ticket:
    """The ticket once this staff member has written on it."""
    return replace(hearing(ticket, staff_id), staff_ids=tuple(dict.fromkeys((*ticket.staff_ids, staff_id))))


def following(ticket: Ticket, staff_id: int) -> Ticket:
    """The ticket once this staff member has asked to hear all of it."""
    return replace(hearing(ticket, staff_id), followers=tuple(dict.fromkeys((*ticket.followers, staff_id))))


def muted(ticket: Ticket, staff_id: int) -> Ticket:
    """The ticket once this staff member has asked to hear no more of it."""
    return replace(
        ticket,
        followers=tuple(one for one in ticket.followers if one != staff_id),
        muted_by=tuple(dict.fromkeys((*ticket.muted_by, staff_id))),
    )


def hearing(ticket: Ticket, staff_id: int) -> Ticket:
    """The ticket once this staff member no longer mutes it: whose it is and who writes on it hears of it."""
    return replace(ticket, muted_by=tuple(one for one in ticket.muted_by if one != staff_id))


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
    details: Mapping[str, Any] | None = None  # of an event, as JSON has them: its words are made when it is read
    for_customers: bool | None = None  # of an event: they may read it
