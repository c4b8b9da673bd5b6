"""Rows of tickets, their participants and their history. Entries are appended and never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from mailgate.mail.address import address_key
from mailgate.people import Tongue
from mailgate.tickets.files import LeftOut
from mailgate.tickets.ticket import (
    CHANGES_STATE,
    Direction,
    EntryKind,
    Event,
    NewAttachment,
    NewEntry,
    Participant,
    State,
    Ticket,
    after_entry,
)
from store import locks
from store.engine import insert_once
from store.rows import Rows, insert_row
from store.schema import attachments, contacts, customers, entries, participants, suppressions, tickets
from store.search import index as search

_OPEN = insert(tickets)
_APPEND = insert(entries)
_ATTACH = insert(attachments)
_CHANGE = (
    update(tickets)
    .where(tickets.c.id == bindparam("the_id"))
    .values(messages=tickets.c.messages + bindparam("the_messages"))
)
_THE_IDS: BindParameter[Any] = bindparam("the_ids", expanding=True)
# Who was removed gets no answers.
_IS_THERE = ~exists().where(contacts.c.id == participants.c.contact_id, contacts.c.removed_at.is_not(None))
_ENDS = select(tickets.c.merged_into).where(tickets.c.id.in_(_THE_IDS), tickets.c.merged_into.is_not(None))
# Rows that refer to the ticket may come meanwhile: they change nothing in it.
_LOCK = select(tickets.c.id).where(tickets.c.id.in_(_THE_IDS)).order_by(tickets.c.id).with_for_update(key_share=True)
_NUMBERED = (
    select(tickets, participants.c.contact_id, participants.c.name, participants.c.address)
    .select_from(tickets)
    .outerjoin(participants, and_(participants.c.ticket_id == tickets.c.id, _IS_THERE))
    .where(tickets.c.id.in_(_THE_IDS))
    .order_by(tickets.c.id, participants.c.contact_id)
)
_TAKING_PART = (
    select(participants, customers.c.language, customers.c.timezone, suppressions.c.reason)
    .select_from(participants)
    .join(tickets, tickets.c.id == participants.c.ticket_id)
    .outerjoin(customers, customers.c.id == tickets.c.customer_id)
    .outerjoin(
        suppressions,
        and_(suppressions.c.address_key == participants.c.address_key, suppressions.c.until > bindparam("now")),
    )
    .where(participants.c.ticket_id.in_(_THE_IDS), _IS_THERE)
)


@dataclass(frozen=True, slots=True)
class TakesPart:
    """Somebody on a ticket, as far as the send gate asks."""

    number: int  # of the ticket
    address_key: str
    contact_id: int | None  # None for a stranger
    tongue: Tongue | None  # of the ticket's customer
    dead: str | None  # why nothing is sent to the address


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a ticket's history."""

    id: int
    kind: EntryKind
    at: datetime
    author_name: str
    author_address: str | None
    staff_id: int | None
    direction: Direction | None
    text: str
    message_id: str | None
    spool_id: int | None
    evidence: str | None
    automatic: bool
    attachments: tuple[NewAttachment, ...]
    left_out: tuple[LeftOut, ...]
    event: Event | None
    details: Mapping[str, Any] | None  # of an event: None of one that has a text, from before its values were kept
    for_customers: bool | None  # of an event
    cut_away: str | None


_TICKET = Rows(Ticket, given=("participants",))
_PARTICIPANT = Rows(Participant)
_NEW_ENTRY = Rows(NewEntry, given=("attachments",))
_ENTRY = Rows(Entry, given=("attachments",))
_FILE = Rows(NewAttachment)

_CHANGING = (
    "state",
    "waiting_since",
    "updated_at",
    "silent_since",
    "warned_at",
    "wait_until",
    "assignee_id",
    "merged_into",
    "staff_ids",
    "followers",
    "muted_by",
    "left_by",
    "priority",
    "tags",
)
"""What an entry may change of its ticket, besides the count of its messages."""


class NotLocked(Exception):
    """A story writes to a ticket that it has not asked for: what it read may be no longer so. A mistake of ours."""


def lock(conn: Connection, numbers: Iterable[int]) -> None:
    """Wait until nobody else changes these tickets, nor those that they lead to, and have them until the commit.

    What was read of them before may be no longer so: they are read after this.
    """
    mine = locks.tickets_of(conn)
    wanted = set(numbers) - mine
    mine |= wanted
    while wanted and not locks.has_one_writer(conn):
        wanted |= set(conn.execute(_ENDS, {"the_ids": list(wanted)}).scalars()) - mine
        conn.execute(_LOCK, {"the_ids": list(wanted)})
        mine |= wanted
        # One of them may have been merged while this waited for it.
        wanted = set(conn.execute(_ENDS, {"the_ids": list(wanted)}).scalars()) - mine


def locked(conn: Connection, numbers: Iterable[int]) -> Mapping[int, Ticket]:
    """`load`, of tickets that nobody else changes from now on."""
    wanted = set(numbers)
    lock(conn, wanted)
    return load(conn, wanted)


def open_ticket(
    conn: Connection,
    first: NewEntry,
    *,
    event: Event | None,
    desk: str,
    customer_id: int | None,
    subject: str,
    participant: Participant | None,
    linked_to: int | None,
    now: datetime,
    thread_index: str | None = None,
) -> tuple[int, Ticket]:
    """Insert an open ticket with its first entry and its first participant, None when no address is known.

    Returns the id of the entry and the ticket as it is now.
    """
    ticket = Ticket(
        id=0,
        desk=desk,
        customer_id=customer_id,
        subject=subject,
        state=State.OPEN,
        waiting_since=now,
        linked_to=linked_to,
        assignee_id=None,
        messages=0,
        opened_at=now,
        updated_at=now,
        participants=(participant,) if participant else (),
        thread_index=thread_index,
    )
    ticket = after_entry(ticket, first.kind, event, writer_id=first.staff_id, now=now)
    number = insert_row(conn, _OPEN, _TICKET.columns(ticket))
    locks.tickets_of(conn).add(number)
    if participant is not None:
        add_participant(conn, number, participant)
    return _enter(conn, number, first, event=event, now=now), replace(ticket, id=number)


def add_participant(conn: Connection, ticket_id: int, participant: Participant) -> None:
    """Somebody takes part from now on; nothing happens when he does already."""
    person = {
        "ticket_id": ticket_id,
        "address_key": address_key(participant.address),
        "contact_id": participant.contact_id,
        "name": participant.name,
        "address": participant.address,
    }
    insert_once(conn, participants, person)


def admit(conn: Connection, ticket: Ticket, participant: Participant) -> Ticket:
    """One more person gets the ticket's mails; returns the ticket as it is now."""
    add_participant(conn, ticket.id, participant)
    return load(conn, (ticket.id,))[ticket.id]


def dismiss(conn: Connection, ticket: Ticket, contact_id: int) -> Ticket:
    """This contact gets no more mails of the ticket, and what he writes still joins it; returns it as it is now."""
    seat = (participants.c.ticket_id == ticket.id, participants.c.contact_id == contact_id)
    conn.execute(delete(participants).where(*seat))
    left_by = tuple(dict.fromkeys((*ticket.left_by, contact_id)))
    return replace(load(conn, (ticket.id,))[ticket.id], left_by=left_by)


def remove_participant(conn: Connection, ticket: Ticket, address: str) -> Ticket:
    """Nobody at this address takes part any more; returns the ticket as it is now."""
    seat = (participants.c.ticket_id == ticket.id, participants.c.address_key == address_key(address))
    conn.execute(delete(participants).where(*seat))
    return load(conn, (ticket.id,))[ticket.id]


def append(
    conn: Connection, ticket: Ticket, entry: NewEntry, *, event: Event | None, now: datetime
) -> tuple[int, Ticket]:
    """Append one entry, with what it does to the ticket; returns the entry's id and the ticket as it is now.

    `ticket` was read or returned within this transaction, after it was locked; what was changed in it since then is
    written too. Raises NotLocked.
    """
    if ticket.id not in locks.tickets_of(conn):
        raise NotLocked(f"ticket {ticket.id} was not locked before it was changed")
    entry_id = _enter(conn, ticket.id, entry, event=event, now=now)
    after = after_entry(ticket, entry.kind, event, writer_id=entry.staff_id, now=now)
    columns = _TICKET.columns(after)
    changed = {name: columns[name] for name in _CHANGING}
    conn.execute(_CHANGE, {"the_id": ticket.id, "the_messages": after.messages - ticket.messages, **changed})
    return entry_id, after


def _enter(conn: Connection, number: int, entry: NewEntry, *, event: Event | None, now: datetime) -> int:
    values = {"ticket_id": number, "at": now, "event": event, **_NEW_ENTRY.columns(entry)}
    entry_id = insert_row(conn, _APPEND, {**values, "left_out": values["left_out"] or None})
    files = [
        {"entry_id": entry_id, "position": position, **_FILE.columns(file)}
        for position, file in enumerate(entry.attachments)
    ]
    if files:
        conn.execute(_ATTACH, files)
    if entry.kind is not EntryKind.EVENT:
        search.mark(conn, search.Kind.TICKET, entry_id)
    return entry_id


def load(conn: Connection, numbers: Iterable[int]) -> Mapping[int, Ticket]:
    """The tickets that these numbers mean, participants included; of a merged one that is the ticket it went into."""
    found = itself(conn, numbers)
    moved = {number: ticket.merged_into for number, ticket in found.items() if ticket.merged_into is not None}
    if not moved:
        return found
    mine = locks.tickets_of(conn)
    mine.update(end for number, end in moved.items() if number in mine)
    ends = itself(conn, moved.values())
    return {**found, **{number: ends[end] for number, end in moved.items()}}


def itself(conn: Connection, numbers: Iterable[int]) -> Mapping[int, Ticket]:
    """The tickets with these numbers that exist, merged or not."""
    wanted = set(numbers)
    if not wanted:
        return {}
    rows = conn.execute(_NUMBERED, {"the_ids": list(wanted)}).mappings()
    found = ((number, list(some)) for number, some in groupby(rows, key=lambda row: int(row["id"])))
    return {number: _TICKET.read(some[0], participants=_participants(some)) for number, some in found}


def find(conn: Connection, number: int) -> Ticket | None:
    """The ticket that a number means; None when there is no such number."""
    return load(conn, (number,)).get(number)


def get(conn: Connection, number: int) -> Ticket:
    """The same of a number that was read from a row of ours. Raises LookupError when there is none after all."""
    ticket = find(conn, number)
    if ticket is None:
        raise LookupError(f"there is no ticket {number}")
    return ticket


def taking_part(conn: Connection, numbers: Iterable[int], *, now: datetime) -> tuple[TakesPart, ...]:
    """Who takes part in these tickets."""
    wanted = list(numbers)
    rows = conn.execute(_TAKING_PART, {"the_ids": wanted, "now": now}) if wanted else ()
    return tuple(
        TakesPart(
            row.ticket_id,
            row.address_key,
            row.contact_id,
            row.language and Tongue(row.language, row.timezone),
            row.reason,
        )
        for row in rows
    )


def listing(
    conn: Connection,
    *,
    state: State | None = None,
    customer_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Ticket, ...]:
    """Tickets behind number `after`, newest last."""
    query = select(tickets.c.id).where(tickets.c.id > after)
    if state is not None:
        query = query.where(tickets.c.state == state)
    if customer_id is not None:
        query = query.where(tickets.c.customer_id == customer_id)
    return tuple(itself(conn, conn.execute(query.order_by(tickets.c.id).limit(limit)).scalars()).values())


def history(conn: Connection, ticket_id: int) -> tuple[Entry, ...]:
    """All entries of a ticket, oldest first."""
    rows = conn.execute(select(entries).where(entries.c.ticket_id == ticket_id).order_by(entries.c.id)).mappings().all()
    files: dict[int, list[NewAttachment]] = {row["id"]: [] for row in rows}
    found = select(attachments).where(attachments.c.entry_id.in_(files)).order_by(attachments.c.position)
    for row in conn.execute(found).mappings():
        files[row["entry_id"]].append(_FILE.read(row))
    return tuple(_ENTRY.read(row, attachments=tuple(files[row["id"]])) for row in rows)


def last_change(conn: Connection, ticket_id: int) -> Event | None:
    """What last said whose turn it is; None when nothing has."""
    query = select(entries.c.event).where(entries.c.ticket_id == ticket_id, entries.c.event.in_(CHANGES_STATE))
    event = conn.execute(query.order_by(entries.c.id.desc()).limit(1)).scalar()
    return Event(event) if event else None


def _participants(rows: Sequence[RowMapping]) -> tuple[Participant, ...]:
    """Of one ticket's rows, one of which has nobody when there is nobody."""
    return tuple(_PARTICIPANT.read(row) for row in rows if row["address"] is not None)
