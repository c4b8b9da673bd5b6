"""The block below a mail to staff: what stands in its lines, and whether a reply still carries one of them.

The block is for staff alone. A reply in which a line of it survived the removal of quotes is not sent to the customer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailgate.letters.notice import stamp
from mailgate.mail.message import Author
from mailgate.tickets.result import Item, item
from mailgate.tickets.ticket import Priority, State, Ticket

_QUOTE_MARKS = re.compile(r"(?m)^[ \t>|]+")
_SHORTEST = 12
"""Letters of a line that is looked for: anything shorter stands in honest sentences too."""

_MAX_SUBJECT = 60  # characters of another ticket's
_MAX_NOTE = 300  # of a note on the customer; the customer's page has all

_BEGIN = "\n-- \n"
"""What stands above the block in every language (RFC 3676 §4.3)."""


class Fact(StrEnum):
    """A line of it; behind each what its words are given. They stand in `templates/mail/<locale>/parts/context.md`."""

    # what is unusual about a mail
    UNVERIFIED = "unverified"  # address
    PROGRAM = "program"  # why
    PERHAPS_PROGRAM = "perhaps-program"  # why
    LIKE_PROGRAM = "like-program"
    FORWARDED = "forwarded"  # by
    SEVERAL_CUSTOMERS = "several-customers"  # address, customer: the number of that which was active last
    CLAIMED = "claimed"  # ticket, why it was not joined
    FLOOD = "flood"  # most
    UNSCORED = "unscored"  # why
    IN_COPY = "in-copy"  # people
    DISGUISED = "disguised"  # name, why
    CARD_NUMBER = "card-number"
    # of any mail
    WRITTEN_BY = "written-by"  # author
    COPIED = "copied"  # writer, readers
    READERS = "readers"  # readers, seconds until it leaves
    TICKET = "ticket"  # ticket, state, priority, taken_by, desk, customer, waiting_since, tags
    LINKED = "linked"  # ticket
    INVOICES = "invoices"  # invoices: the numbers of those that the ticket is about
    CUSTOMER = "customer"  # customer, since
    SERVICES = "services"  # services: name, count, state; more
    BALANCE = "balance"  # owed and credit: amount_minor, currency; invoices
    INVOICE_DUE = "invoice-due"  # invoice, on
    NEXT_DUE = "next-due"  # on
    NOTED = "noted"  # on the customer: by, on, words
    BEFORE = "before"  # others: ticket, subject, state, at
    PAGE = "page"  # url


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

    undo_seconds: int
    page: str | None = None  # where staff see all of it
    taken_by: str | None = None
    customer: str | None = None  # None: not registered
    since: datetime | None = None  # a customer
    facts: tuple[Item, ...] = ()  # lines of other parts of the house: services, balance
    others: tuple[Other, ...] = ()
    notes: tuple[Said, ...] = ()  # of the ticket, oldest first
    on_customer: tuple[Said, ...] = ()  # notes likewise


def context_lines(ticket: Ticket, about: About, *, author: Author, marks: Iterable[Item] = ()) -> tuple[Item, ...]:
    """What the notification says about author, ticket and customer, one fact a line.

    `marks`: what is unusual about the mail; how it was judged else stands on its page alone.
    """
    return (*marks, item(Fact.WRITTEN_BY, author=str(author)), *state_lines(ticket, about))


def state_lines(ticket: Ticket, about: About) -> tuple[Item, ...]:
    """What is said about ticket and customer where no mail of theirs came: below news, and when a wait is over."""
    return (*_ticket_lines(ticket, about), *_customer_lines(about), *_page_lines(about))


def copy_lines(ticket: Ticket, about: About, *, writer: str) -> tuple[Item, ...]:
    """What a copy says below the words that a colleague sent."""
    return (
        item(Fact.COPIED, writer=writer, readers=_readers(ticket)),
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


def _ticket_lines(ticket: Ticket, about: About) -> list[Item]:
    lines = [
        item(Fact.READERS, readers=_readers(ticket), seconds=about.undo_seconds),
        item(
            Fact.TICKET,
            ticket=ticket.id,
            state=ticket.state.value,
            priority="" if ticket.priority in (None, Priority.NORMAL) else ticket.priority.value,
            taken_by=about.taken_by or "",
            desk=ticket.desk,
            customer=ticket.customer_id or 0,
            waiting_since=stamp(ticket.waiting_since) if ticket.waiting_since else "",
            tags=" ".join(ticket.tags),
        ),
    ]
    if ticket.linked_to:
        lines.append(item(Fact.LINKED, ticket=ticket.linked_to))
    return lines


def _page_lines(about: About) -> list[Item]:
    return [item(Fact.PAGE, url=about.page)] if about.page else []


def _customer_lines(about: About) -> list[Item]:
    lines = []
    if about.customer and about.since:
        lines.append(item(Fact.CUSTOMER, customer=about.customer, since=stamp(about.since)))
    lines += about.facts
    lines += (_noted(one) for one in about.on_customer)
    if about.others:
        lines.append(item(Fact.BEFORE, others=[_other(one) for one in about.others]))
    return lines


def _other(one: Other) -> dict[str, object]:
    subject = one.subject if len(one.subject) <= _MAX_SUBJECT else f"{one.subject[: _MAX_SUBJECT - 1]}…"
    return {"ticket": one.id, "subject": subject, "state": one.state.value, "at": stamp(one.updated_at)}


def _noted(one: Said) -> Item:
    text = " ".join(one.text.split())
    short = text if len(text) <= _MAX_NOTE else f"{text[: _MAX_NOTE - 1]}…"
    return item(Fact.NOTED, by=one.by, on=stamp(one.at), words=short)


def _readers(ticket: Ticket) -> str:
    return ", ".join(f"{person.name} <{person.address}>".strip() for person in ticket.participants)


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", _QUOTE_MARKS.sub("", text)).lower()
