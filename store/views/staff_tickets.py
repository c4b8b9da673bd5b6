"""A ticket as the staff see it: every line of it, with what is known of its sender."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from mailgate.tickets.files import LeftOut
from mailgate.tickets.ticket import Direction, EntryKind, Event
from mailgate.tickets.wording import Tell, words_of
from store.post.outbox import OutState
from store.schema import entries, outbox, participants, tickets
from store.views.arrivals import Arrival, arrivals
from store.views.bound import Bound, bound_to
from store.views.files import File, file_of, files_of
from store.views.paging import Listing, Page, Turn
from store.views.staff_queue import LINE, StaffTicketLine, line_in
from store.views.weight import CUT_CHARACTERS, TEXT_CHARACTERS, cut, fitting, line


@dataclass(frozen=True, slots=True)
class StaffTicketHead:
    """A ticket above its history."""

    line: StaffTicketLine
    opened_at: datetime
    linked_to: int | None
    merged_into: int | None
    wait_until: datetime | None
    readers: tuple[tuple[str, str], ...]  # name and address
    followers: tuple[int, ...]  # ids of staff
    muted_by: tuple[int, ...]
    invoices: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of ours that carries an entry to somebody."""

    id: int
    to_address: str
    state: OutState


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """A message, a note or a line of the audit trail."""

    id: int
    kind: EntryKind
    at: datetime
    author: str
    address: str | None
    from_us: bool
    automatic: bool
    text: str
    whole: bool
    cut_away: str  # quotes and signature, or the beginning of them
    spool_id: int | None
    left_out: tuple[LeftOut, ...]  # files that are in the mail alone
    event: Event | None = None  # what the entry did to the ticket
    details: Mapping[str, Any] | None = None  # of a line of the audit trail: its values
    arrival: Arrival | None = None
    files: tuple[File, ...] = ()
    sent: tuple[Sent, ...] = ()


def find(conn: Connection, number: int) -> StaffTicketHead | None:
    """One ticket; None when there is no such number."""
    row = conn.execute(_HEAD, {"number": number}).mappings().first()
    if row is None:
        return None
    people = select(participants.c.name, participants.c.address).where(participants.c.ticket_id == number)
    readers = tuple(
        (reader.name, reader.address) for reader in conn.execute(people.order_by(participants.c.contact_id))
    )
    return StaffTicketHead(
        line=line_in(row),
        opened_at=row["opened_at"],
        linked_to=row["linked_to"],
        merged_into=row["merged_into"],
        wait_until=row["wait_until"],
        readers=readers,
        followers=tuple(row["followers"] or ()),
        muted_by=tuple(row["muted_by"] or ()),
        invoices=bound_to(conn, number),
    )


def thread(conn: Connection, number: int, turn: Turn, tell: Tell) -> Page[StaffEntry]:
    """A page of the ticket's history, oldest first; `tell` makes the words of the audit trail."""
    page = _THREAD.page(conn, turn, number=number)
    ids = [entry.id for entry in page.rows]
    files = files_of(conn, ids)
    came = arrivals(conn, [entry.spool_id for entry in page.rows if entry.spool_id is not None])
    sent = _sent(conn, number, [entry.id for entry in page.rows if entry.from_us])
    rows = [
        replace(
            entry,
            files=files.get(entry.id, ()),
            arrival=came.get(entry.spool_id or 0),
            sent=tuple(sent.get(entry.id, ())),
            text=words_of(entry.event, entry.details, entry.text, entry.author, tell),
        )
        for entry in page.rows
    ]
    return Page(tuple(rows), page.onward, page.back)


def text_of(conn: Connection, number: int, entry_id: int) -> str | None:
    """The whole text of a message or a note."""
    said = entries.c.kind != EntryKind.EVENT
    query = select(entries.c.text).where(entries.c.id == entry_id, entries.c.ticket_id == number, said)
    return conn.execute(query).scalar_one_or_none()


def file(conn: Connection, number: int, entry_id: int, position: int) -> File | None:
    """One file of an entry."""
    there = select(entries.c.id).where(entries.c.id == entry_id, entries.c.ticket_id == number)
    return file_of(conn, entry_id, position) if conn.execute(there).first() else None


def _entry(row: RowMapping) -> StaffEntry:
    text, whole = cut(row["text"])
    return StaffEntry(
        id=row["id"],
        kind=EntryKind(row["kind"]),
        at=row["at"],
        author=line(row["author_name"]),
        address=row["author_address"],
        from_us=row["direction"] == Direction.OUT,
        automatic=row["automatic"],
        text=text,
        whole=whole,
        cut_away=row["cut_away"] or "",
        spool_id=row["spool_id"],
        left_out=tuple(LeftOut(**file) for file in row["left_out"] or ()),
        event=Event(row["event"]) if row["event"] else None,
        details=row["details"],
    )


def _sent(conn: Connection, number: int, entry_ids: Iterable[int]) -> Mapping[int, list[Sent]]:
    found: dict[int, list[Sent]] = {}
    query = select(outbox.c.id, outbox.c.to_address, outbox.c.state, outbox.c.entry_id)
    query = query.where(outbox.c.ticket_id == number, outbox.c.entry_id.in_(set(entry_ids))).order_by(outbox.c.id)
    for row in conn.execute(query):
        found.setdefault(row.entry_id, []).append(Sent(row.id, row.to_address, OutState(row.state)))
    return found


def _entries_that_fit(rows: Sequence[StaffEntry]) -> int:
    return fitting([f"{row.text}{row.details or ''}{row.cut_away}{row.address or ''}" for row in rows])


_HEAD = LINE.add_columns(
    tickets.c.updated_at.label("at"),
    tickets.c.opened_at,
    tickets.c.linked_to,
    tickets.c.merged_into,
    tickets.c.wait_until,
    tickets.c.followers,
    tickets.c.muted_by,
).where(tickets.c.id == bindparam("number"))

_THREAD = Listing(
    select(
        entries.c.id,
        entries.c.kind,
        entries.c.at,
        entries.c.author_name,
        entries.c.author_address,
        entries.c.direction,
        entries.c.automatic,
        entries.c.spool_id,
        entries.c.left_out,
        entries.c.event,
        entries.c.details,
        func.substr(entries.c.text, 1, TEXT_CHARACTERS + 1).label("text"),
        func.substr(entries.c.cut_away, 1, CUT_CHARACTERS).label("cut_away"),
    ).where(entries.c.ticket_id == bindparam("number")),
    _entry,
    id=entries.c.id,
    descending=False,
    fits=_entries_that_fit,
)
