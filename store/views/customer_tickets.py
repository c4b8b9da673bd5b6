"""A customer's tickets as a contact may see them: no note, no answer that was not sent, no line that is for staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, case, exists, func, or_, select

from mailgate.letters.kind import CARRYING_ENTRIES
from mailgate.mail.envelope import Door
from mailgate.tickets.events import details_of
from mailgate.tickets.files import LeftOut
from mailgate.tickets.ticket import Direction, EntryKind, Event, State
from mailgate.tickets.wording import Tell, words_of
from store.post.outbox import OutState
from store.schema import contacts, entries, outbox, participants, spool, tickets
from store.views.bound import Bound, bound_to
from store.views.files import File, file_of, files_of
from store.views.paging import PAGE_ROWS, Listing, Page, Turn
from store.views.visitors import ContactVisitor
from store.views.weight import TEXT_CHARACTERS, cut, fitting, fitting_lines, line

NOT_LEFT = (OutState.HELD, OutState.CANCELLED)
"""Mails of ours that may still be undone, or were: whoever they are for has not got them."""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket in a list."""

    id: int
    subject: str
    state: State
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody of the customer's who takes part in a ticket."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class TicketHead:
    """A ticket above its messages."""

    line: TicketLine
    desk: str
    opened_at: datetime
    readers: tuple[Writer, ...]
    takes_part: bool  # the visitor: an answer joins the ticket
    merged_into: int | None  # where it goes on, if the visitor may see that
    invoices: tuple[Bound, ...] = ()  # that it is about, where the visitor sees money


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """A message or a line of the audit trail."""

    id: int
    at: datetime
    is_event: bool
    author: str
    address: str | None  # of the customer's people, never of staff
    from_us: bool
    automatic: bool
    text: str
    whole: bool  # else it goes on at an address of its own
    files: tuple[File, ...]
    left_out: tuple[LeftOut, ...]  # what the mail had besides
    event: Event | None = None  # what the entry did to the ticket
    details: Mapping[str, Any] | None = None  # of a line of the audit trail: its values, without those for staff


def current(conn: Connection, visitor: ContactVisitor) -> tuple[TicketLine, ...]:
    """What is not closed, at most a page: first what waits for the customer, then what changed last."""
    rows = conn.execute(_CURRENT[visitor.is_owner], _who(visitor)).mappings()
    return tuple(_line(row) for row in rows)


def listing(conn: Connection, visitor: ContactVisitor, *, state: State | None, turn: Turn) -> Page[TicketLine]:
    """A page of the tickets, what changed last first; of one state or of all."""
    return _LISTINGS[visitor.is_owner, state is not None].page(conn, turn, state=state, **_who(visitor))


def count(conn: Connection, visitor: ContactVisitor, *, unclosed: bool, limit: int) -> int:
    """How many tickets there are; `limit` means that many or more."""
    return conn.execute(_COUNTS[visitor.is_owner, unclosed], {**_who(visitor), "most": limit}).scalar_one()


def find(conn: Connection, visitor: ContactVisitor, number: int) -> TicketHead | None:
    """One ticket; None when there is none with this number that the visitor may see."""
    row = conn.execute(_HEADS[visitor.is_owner], {**_who(visitor), "number": number}).mappings().first()
    if row is None:
        return None
    people = conn.execute(_READERS, {"number": number}).all()
    readers = tuple(Writer(person.name, person.address) for person in people)
    takes_part = any(person.contact_id == visitor.contact_id for person in people)
    end = row["merged_into"]
    if end is not None and conn.execute(_HEADS[visitor.is_owner], {**_who(visitor), "number": end}).first() is None:
        end = None
    invoices = bound_to(conn, number) if visitor.sees_money else ()
    return TicketHead(_line(row), row["desk"], row["opened_at"], readers, takes_part, end, invoices)


def thread(conn: Connection, head: TicketHead, turn: Turn, tell: Tell) -> Page[ThreadEntry]:
    """A page of the ticket's history, oldest first; `tell` makes the words of the audit trail for the visitor."""
    page = _THREAD.page(conn, turn, number=head.line.id)
    files = files_of(conn, [entry.id for entry in page.rows])
    rows = [
        replace(
            entry,
            files=files.get(entry.id, ()),
            text=words_of(entry.event, entry.details, entry.text, entry.author, tell),
        )
        for entry in page.rows
    ]
    return Page(tuple(rows), page.onward, page.back)


def text_of(conn: Connection, visitor: ContactVisitor, number: int, entry_id: int) -> str | None:
    """The whole text of one message; None when the visitor may not see it."""
    if not _may_see(conn, visitor, number, entry_id):
        return None
    return str(conn.execute(select(entries.c.text).where(entries.c.id == entry_id)).scalar_one())


def file(conn: Connection, visitor: ContactVisitor, number: int, entry_id: int, position: int) -> File | None:
    """One file of a message; None when the visitor may not see it."""
    return file_of(conn, entry_id, position) if _may_see(conn, visitor, number, entry_id) else None


def source(conn: Connection, visitor: ContactVisitor, number: int, entry_id: int) -> tuple[int, str] | None:
    """The mail that a message came as: its id and the digest of its bytes; None when the visitor may not have it.

    An answer of ours was written as a mail to the desk, which may have held commands and notes: nobody's but staff's.
    """
    if not _may_see(conn, visitor, number, entry_id):
        return None
    row = conn.execute(_SOURCE, {"entry_id": entry_id}).first()
    return (row.id, row.sha256) if row else None


def _may_see(conn: Connection, visitor: ContactVisitor, number: int, entry_id: int) -> bool:
    if conn.execute(_HEADS[visitor.is_owner], {**_who(visitor), "number": number}).first() is None:
        return False
    return conn.execute(_MESSAGE, {"number": number, "entry_id": entry_id}).first() is not None


def _who(visitor: ContactVisitor) -> Mapping[str, int]:
    return {"customer_id": visitor.customer_id, "contact_id": visitor.contact_id}


def _line(row: RowMapping) -> TicketLine:
    return TicketLine(row["id"], line(row["subject"]), State(row["state"]), row["at"])


def _entry(row: RowMapping) -> ThreadEntry:
    text, whole = cut(row["text"])
    event, details = Event(row["event"]) if row["event"] else None, row["details"]
    return ThreadEntry(
        id=row["id"],
        at=row["at"],
        is_event=row["kind"] == EntryKind.EVENT,
        author=line(row["author_name"]),
        address=row["address"],
        from_us=row["direction"] == Direction.OUT,
        automatic=row["automatic"],
        text=text,
        whole=whole,
        files=(),
        left_out=tuple(LeftOut(**file) for file in row["left_out"] or ()),
        event=event,
        details=details_of(event, details, for_customers=True) if event and details is not None else None,
    )


def _lines_that_fit(rows: Sequence[TicketLine]) -> int:
    return fitting_lines([(row.subject,) for row in rows])


def _entries_that_fit(rows: Sequence[ThreadEntry]) -> int:
    return fitting([f"{row.text}{row.details or ''}" for row in rows])


# Which tickets: the owner's are all of the customer's, those of other contacts the ones that they take part in.
_THEIRS = tickets.c.customer_id == bindparam("customer_id")
_TAKEN_PART_IN = select(participants.c.ticket_id).where(participants.c.contact_id == bindparam("contact_id"))
VISIBLE: dict[bool, ColumnElement[bool]] = {True: _THEIRS, False: and_(_THEIRS, tickets.c.id.in_(_TAKEN_PART_IN))}
_UNCLOSED = tickets.c.state != State.CLOSED

_LINE = select(tickets.c.id, tickets.c.subject, tickets.c.state, tickets.c.updated_at.label("at"))
_WAITS_FOR_THEM = case((tickets.c.state == State.ANSWERED, 0), else_=1)
_CURRENT = {
    owner: _LINE.where(visible, _UNCLOSED)
    .order_by(_WAITS_FOR_THEM, tickets.c.updated_at.desc(), tickets.c.id.desc())
    .limit(PAGE_ROWS)
    for owner, visible in VISIBLE.items()
}
_OF_ONE_STATE = tickets.c.state == bindparam("state")
_LISTINGS = {
    (owner, of_one_state): Listing(
        _LINE.where(visible, *([_OF_ONE_STATE] if of_one_state else [])),
        _line,
        id=tickets.c.id,
        at=tickets.c.updated_at,
        fits=_lines_that_fit,
    )
    for owner, visible in VISIBLE.items()
    for of_one_state in (False, True)
}
_COUNTS = {
    (owner, unclosed): select(func.count()).select_from(
        select(tickets.c.id).where(visible, *([_UNCLOSED] if unclosed else [])).limit(bindparam("most")).subquery()
    )
    for owner, visible in VISIBLE.items()
    for unclosed in (False, True)
}
_HEADS = {
    owner: _LINE.add_columns(tickets.c.desk, tickets.c.opened_at, tickets.c.merged_into).where(
        tickets.c.id == bindparam("number"), visible
    )
    for owner, visible in VISIBLE.items()
}
_READERS = (
    select(participants.c.name, participants.c.address, participants.c.contact_id)
    .outerjoin(contacts, contacts.c.id == participants.c.contact_id)
    .where(participants.c.ticket_id == bindparam("number"), contacts.c.removed_at.is_(None))
    .order_by(participants.c.contact_id)
)

# Which entries: what came in, and of our answers those that have left, here or in an older system.
_CARRIES = and_(
    outbox.c.template.in_(sorted(CARRYING_ENTRIES)), outbox.c.state.not_in(NOT_LEFT), outbox.c.entry_id.is_not(None)
)
_MOVED_IN = exists().where(spool.c.id == entries.c.spool_id, spool.c.door == Door.IMPORT)


def _is_message(of_its_ticket: ColumnElement[bool]) -> ColumnElement[bool]:
    left = select(outbox.c.entry_id).where(of_its_ticket, _CARRIES)
    seen = or_(entries.c.direction == Direction.IN, entries.c.id.in_(left), _MOVED_IN)
    return and_(entries.c.kind == EntryKind.MESSAGE, seen)


IS_MESSAGE = _is_message(outbox.c.ticket_id == entries.c.ticket_id)  # of whatever ticket
_IS_MESSAGE = and_(entries.c.ticket_id == bindparam("number"), _is_message(outbox.c.ticket_id == bindparam("number")))
_IS_EVENT = and_(
    entries.c.ticket_id == bindparam("number"),
    entries.c.kind == EntryKind.EVENT,
    entries.c.for_customers,
)
_MESSAGE = select(entries.c.id).where(entries.c.id == bindparam("entry_id"), _IS_MESSAGE)
_SOURCE = (
    select(spool.c.id, spool.c.sha256)
    .join(entries, entries.c.spool_id == spool.c.id)
    .where(
        entries.c.id == bindparam("entry_id"),
        or_(entries.c.direction == Direction.IN, spool.c.door == Door.IMPORT),
    )
)
_THREAD = Listing(
    select(
        entries.c.id,
        entries.c.kind,
        entries.c.at,
        entries.c.author_name,
        entries.c.direction,
        entries.c.automatic,
        entries.c.left_out,
        entries.c.event,
        entries.c.details,
        case((entries.c.direction == Direction.IN, entries.c.author_address)).label("address"),
        func.substr(entries.c.text, 1, TEXT_CHARACTERS + 1).label("text"),
    ).where(entries.c.ticket_id == bindparam("number"), or_(_IS_MESSAGE, _IS_EVENT)),
    _entry,
    id=entries.c.id,
    descending=False,
    fits=_entries_that_fit,
)
