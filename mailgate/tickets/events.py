"""The audit trail of a ticket: what a line keeps, by its event, and who may read it. It keeps values, never sentences.

Words are made from the values when a line is read (`tickets.wording`), in the language of whoever reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from mailgate.authority import Action
from mailgate.confirmation import KINDS, ConfirmKind
from mailgate.mail.address_token import TokenFault
from mailgate.tickets.thread import Contradiction, NewTicket, ThreadedBy
from mailgate.tickets.ticket import PROGRAM, Doer, EntryKind, Event, NewEntry, Priority

Value = str | int | date | datetime | tuple[str, ...]
"""What a detail may be."""

CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Detail:
    """One value of an event. `one_of`: what it may be, when it is a word that each language has its own for."""

    type: type[Any]
    required: bool = True
    for_customers: bool = True
    one_of: tuple[str, ...] = ()

    def is_good(self, value: Value) -> bool:
        """The value is of the type, and one of the words."""
        return isinstance(value, self.type) and (not self.one_of or value in self.one_of)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the audit trail is about, besides who did it: that is the entry's author."""

    for_customers: bool
    details: Mapping[str, Detail]


def _for_all(**details: Detail) -> Line:
    return Line(True, details)


def _for_staff(**details: Detail) -> Line:
    return Line(False, details)


def _perhaps(detail: Detail) -> Detail:
    return Detail(detail.type, False, detail.for_customers, detail.one_of)


def _staffs(detail: Detail) -> Detail:
    """A value that a customer does not see, though he sees the line."""
    return Detail(detail.type, detail.required, False, detail.one_of)


def _word(*one_of: str) -> Detail:
    return Detail(str, one_of=one_of)


_TEXT = _NAME = _ADDRESS = Detail(str)
_NUMBER = Detail(int)
_INSTANT = Detail(datetime)
_DAY = Detail(date)
_WORDS = Detail(tuple)
_WHY = _word(*ThreadedBy, *TokenFault, CONTRADICTION)
_ACTIONS_OF_STAFF = (Action.STAFF_COMMAND, Action.STAFF_PEOPLE, Action.STAFF_MONEY)
_OF_STAFF = tuple(one for one, kind in KINDS.items() if kind.action in _ACTIONS_OF_STAFF)
_DEED = _word(*(kind for kind in ConfirmKind if kind not in _OF_STAFF))

# The server's reply may name anybody: whom a mailbox is forwarded to, hosts of the provider.
_LOST = {"mail": _NUMBER, "to": _ADDRESS, "reply": _staffs(_TEXT)}
# An address that somebody asks to have added: it may be anybody's until the owner has said yes.
_ASKED = {"deed": _DEED, "address": _staffs(_perhaps(_ADDRESS))}
_STAFF_MAIL = {"mail": _NUMBER, "writer": _NAME, "lines": _TEXT}

EVENTS: Mapping[Event, Line] = {
    Event.OPENED_FOR: _for_all(customer=_NAME),
    Event.SENT_ON: _for_all(customer=_NAME),
    Event.MOVED_IN: _for_all(),
    Event.LINKED: _for_staff(other=_NUMBER, why=_WHY),
    Event.NAMED: _for_staff(other=_NUMBER, address=_ADDRESS, why=_WHY),
    Event.PUT_OFF: _for_all(until=_INSTANT),
    Event.WAIT_ENDED: _for_all(),
    Event.WARNED: _for_all(),
    Event.AUTO_CLOSED: _for_all(hours=_NUMBER),
    Event.CLOSED: _for_all(cause=_perhaps(_word("customer-removed", "moved-in"))),
    Event.CLOSE_TAKEN_BACK: _for_all(),
    Event.REOPENED: _for_all(cause=_perhaps(_word("reply", "merge")), other=_staffs(_perhaps(_NUMBER))),
    Event.ASSIGNED: _for_staff(to=_perhaps(_NAME), left=_perhaps(_NAME)),
    Event.MERGED: _for_staff(other=_NUMBER),
    Event.TOOK_OVER: _for_staff(other=_NUMBER),
    Event.UNDELIVERED: _for_all(**_LOST),
    Event.SENT_AGAIN: _for_all(mail=_NUMBER, to=_ADDRESS),
    Event.NOTICE_LOST: _for_all(**_LOST),
    Event.STAFF_MAIL_LOST: _for_staff(**_LOST),
    Event.DELAYED: _for_staff(**_LOST),
    Event.REPORTED_AGAIN: _for_staff(**_LOST),
    Event.READER_ADDED: _for_all(address=_ADDRESS),
    Event.READER_LEFT: _for_all(address=_ADDRESS),
    Event.READER_REMOVED: _for_all(address=_ADDRESS),
    Event.CONTACT_ADDED: _for_all(address=_ADDRESS),
    Event.COMMANDED: _for_all(mail=_NUMBER, commands=_WORDS),
    Event.NOT_UNDERSTOOD: _for_all(mail=_NUMBER),
    Event.ASKED: _for_all(**_ASKED),
    Event.AGREED: _for_all(**_ASKED),
    Event.EDITED: _for_all(**_ASKED),
    Event.CONFIRMED: _for_all(**_ASKED),
    Event.DECLINED: _for_all(**_ASKED),
    Event.LAPSED: _for_all(**_ASKED),
    Event.STAFF_ASKED: _for_staff(**_STAFF_MAIL),
    Event.STAFF_CONFIRMED: _for_staff(**_STAFF_MAIL),
    Event.STAFF_DECLINED: _for_staff(**_STAFF_MAIL),
    Event.STAFF_LAPSED: _for_staff(**_STAFF_MAIL),
    Event.ANSWER_TAKEN_BACK: _for_staff(),
    Event.FOLLOWED: _for_staff(),
    Event.MUTED: _for_staff(),
    Event.RANKED: _for_staff(priority=_word(*Priority)),
    Event.TAGGED: _for_staff(tags=_WORDS),
    Event.EXTENDED: _for_all(number=_NAME, until=_DAY),
    Event.CREDITED: _for_staff(amount=_TEXT, reason=_TEXT, second=_perhaps(_NAME)),
    Event.REFUNDED: _for_staff(number=_NAME, amount=_TEXT, second=_perhaps(_NAME)),
    Event.CHARGED: _for_staff(number=_NAME, amount=_TEXT, second=_perhaps(_NAME)),
    Event.WAIVED: _for_staff(number=_NAME, amount=_TEXT, second=_perhaps(_NAME)),
    Event.SPLIT: _for_staff(other=_NUMBER),
    Event.SPLIT_OFF: _for_staff(other=_NUMBER),
}
"""Every event that is a line by itself; the others are what a message or a note does."""


class BadDetails(TypeError):
    """An event was to be recorded with other values than its row in the table asks for."""


def line_of(event: Event, doer: Doer = PROGRAM, **details: Value | None) -> NewEntry:
    """A line to be appended: who did it, and the values, of which those that are None are left out.

    Raises BadDetails when they are not those that the table asks for.
    """
    line = EVENTS[event]
    given = {name: value for name, value in details.items() if value is not None}
    missing = {name for name, detail in line.details.items() if detail.required} - set(given)
    wrong = {name for name, value in given.items() if name not in line.details or not line.details[name].is_good(value)}
    if missing or wrong:
        raise BadDetails(f"{event.value}: without {sorted(missing)}, with {sorted(wrong)}")
    return NewEntry(
        EntryKind.EVENT,
        doer.name,
        "",
        author_address=doer.address,
        contact_id=doer.contact_id,
        staff_id=doer.staff_id,
        spool_id=doer.spool_id,
        evidence=doer.evidence,
        details={name: _plain(value) for name, value in given.items()},
        for_customers=line.for_customers,
    )


def details_of(event: Event, stored: Mapping[str, Any], *, for_customers: bool) -> Mapping[str, Any]:
    """Of the values of a line those that its reader may know."""
    known = EVENTS[event].details
    return {
        name: value
        for name, value in stored.items()
        if name in known and (known[name].for_customers or not for_customers)
    }


def why_not_joined(placed: NewTicket) -> str | None:
    """Why a mail did not join the ticket that it names, in a word of the table."""
    return CONTRADICTION if isinstance(placed.cause, Contradiction) else placed.cause and placed.cause.value


def _plain(value: Value) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
