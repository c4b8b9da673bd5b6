"""The block below a mail to staff: its lines, and whether a reply still carries one of them.

The block is for staff alone. A reply in which a line of it survived the removal of quotes is not sent to the customer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailgate.language.tags import FALLBACK
from mailgate.language.telling import full_date, moment, speaking
from mailgate.mail.message import Author
from mailgate.tickets.ticket import Priority, State, Ticket

_QUOTE_MARKS = re.compile(r"(?m)^[ \t>|]+")
_SHORTEST = 12
"""Letters of a line that is looked for: anything shorter stands in honest sentences too."""

_MAX_SUBJECT = 60  # characters of another ticket's

_BEGIN = "\n-- \n"
"""What stands above the block in every language (RFC 3676 §4.3)."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another ticket of the same customer."""

    id: int
    subject: str
    state: State
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A note of a ticket, or a message in it."""

    by: str
    at: datetime
    text: str
    is_note: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a ticket and its customer besides the ticket itself."""

    zone: ZoneInfo
    undo_seconds: int
    page: str | None = None  # where staff see all of it
    taken_by: str | None = None
    customer: str | None = None  # None: not registered
    since: datetime | None = None  # a customer
    facts: tuple[str, ...] = ()  # lines of other parts of the house: services, balance
    others: tuple[Other, ...] = ()
    notes: tuple[Said, ...] = ()  # of the ticket, oldest first


def context_lines(ticket: Ticket, about: About, *, author: Author, marks: Iterable[str]) -> tuple[str, ...]:
    """What the notification says about author, ticket and customer, one fact a line.

    `marks`: what is unusual about the mail; how it was judged else stands on its page alone.
    """
    return (
        *(f"Please note: {mark}" for mark in marks),
        f"Written by {author}",
        *_ticket_lines(ticket, about),
        *_customer_lines(about),
        *_page_lines(about),
    )


def state_lines(ticket: Ticket, about: About) -> tuple[str, ...]:
    """What is said about ticket and customer where no mail of theirs came: below news, and when a wait is over."""
    return (*_ticket_lines(ticket, about), *_customer_lines(about), *_page_lines(about))


def copy_lines(ticket: Ticket, about: About, *, writer: str) -> tuple[str, ...]:
    """What a copy says below the words that a colleague sent."""
    return (
        f"A copy: {writer} wrote this to {_readers(ticket)}. It is on its way to them.",
        *_ticket_lines(ticket, about),
        *_page_lines(about),
    )


def block_lines(text: str) -> tuple[str, ...]:
    """The lines of the block in the text of a mail to staff, in whatever language it was written."""
    _, found, block = text.rpartition(_BEGIN)
    return tuple(line for line in block.splitlines() if line) if found else ()


def leaked_line(words: str, context: Iterable[str]) -> str | None:
    """The first line of the context that these words still contain, re-wrapped or quoted or not; None when none."""
    flat = _flat(words)
    for line in context:
        wanted = _flat(line)
        if len(wanted) >= _SHORTEST and wanted in flat:
            return line
    return None


def _ticket_lines(ticket: Ticket, about: About) -> list[str]:
    wait = f", {about.undo_seconds} seconds after it has reached us" if about.undo_seconds else ""
    whose = f"customer {ticket.customer_id}" if ticket.customer_id else "not a registered customer"
    turn = f", waiting since {_local(ticket.waiting_since, about.zone)}" if ticket.waiting_since else ""
    taken = f"{about.taken_by} has it" if about.taken_by else "nobody has it"
    pressing = f"{ticket.priority.value}, " if ticket.priority not in (None, Priority.NORMAL) else ""
    tags = f", tags {' '.join(ticket.tags)}" if ticket.tags else ""
    lines = [
        f"Your reply goes to {_readers(ticket)}{wait}.",
        f"Ticket #{ticket.id}, {pressing}{ticket.state.value}, {taken}, desk {ticket.desk}, {whose}{turn}{tags}",
    ]
    if ticket.linked_to:
        lines.append(f"This ticket is linked to ticket #{ticket.linked_to}.")
    return lines


def _page_lines(about: About) -> list[str]:
    return [f"All of it: {about.page}"] if about.page else []


def _customer_lines(about: About) -> list[str]:
    lines = []
    if about.customer and about.since:
        lines.append(f"{about.customer}, customer since {_day(about.since, about.zone)}")
    lines += about.facts
    if about.others:
        lines.append(f"Before: {'; '.join(_other(one, about.zone) for one in about.others)}")
    return lines


def _other(one: Other, zone: ZoneInfo) -> str:
    subject = one.subject if len(one.subject) <= _MAX_SUBJECT else f"{one.subject[: _MAX_SUBJECT - 1]}…"
    return f"#{one.id} {subject} ({one.state.value}, {_day(one.updated_at, zone)})"


def _readers(ticket: Ticket) -> str:
    return ", ".join(f"{person.name} <{person.address}>".strip() for person in ticket.participants)


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", _QUOTE_MARKS.sub("", text)).lower()


def _local(at: datetime, zone: ZoneInfo) -> str:
    with speaking(FALLBACK, zone.key):
        return moment(at)


def _day(at: datetime, zone: ZoneInfo) -> str:
    with speaking(FALLBACK, zone.key):
        return full_date(at)
