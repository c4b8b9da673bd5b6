"""Rows of tickets, their participants and their history. Entries are appended and never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    RowMapping,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from mailgate.mail.address import address_key
from mailgate.people import Tongue
from mailgate.tickets.files import LeftOut
from mailgate.tickets.ticket import (
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
from store.engine import insert_once
from store.schema import attachments, contacts, customers, entries, participants, tickets
from store.search import index as search

_OPEN = insert(tickets)
_APPEND = insert(entries)
_ATTACH = insert(attachments)
_CHANGE = update(tickets).where(tickets.c.id == bindparam("the_id"))
_THE_IDS: BindParameter[Any] = bindparam("the_ids", expanding=True)
_NUMBERED = select(tickets).where(tickets.c.id.in_(_THE_IDS))
_PARTICIPANTS = (
    select(participants)
    .outerjoin(contacts, contacts.c.id == participants.c.contact_id)
    .where(participants.c.ticket_id.in_(_THE_IDS), contacts.c.removed_at.is_(None))  # who was removed gets no answers
    .order_by(participants.c.contact_id)
)
_TAKING_PART = (
    _PARTICIPANTS.join(tickets, tickets.c.id == participants.c.ticket_id)
    .outerjoin(customers, customers.c.id == tickets.c.customer_id)
    .add_columns(customers.c.language, customers.c.timezone)
)


@dataclass(frozen=True, slots=True)
class TakesPart:
    """Somebody on a ticket, as far as the send gate asks."""

    number: int  # of the ticket
    address_key: str
    contact_id: int | None  # None for a stranger
    tongue: Tongue | None  # of the ticket's customer


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


def open_ticket(
    conn: Connection,
    *,
    desk: str,
    customer_id: int | None,
    subject: str,
    participant: Participant | None,
    linked_to: int | None,
    now: datetime,
    thread_index: str | None = None,
) -> Ticket:
    """Insert an open ticket with its first participant, None when no address is known."""
    values = {
        "desk": desk,
        "customer_id": customer_id,
        "subject": subject,
        "state": State.OPEN,
        "waiting_since": now,
        "linked_to": linked_to,
        "thread_index": thread_index,
        "messages": 0,
        "opened_at": now,
        "updated_at": now,
    }
    inserted = conn.execute(_OPEN, values).inserted_primary_key
    assert inserted is not None
    number = int(inserted[0])
    if participant is not None:
        add_participant(conn, number, participant)
    return Ticket(
        id=number,
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
    )


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
    """This contact gets no more mails of the ticket; returns the ticket as it is now."""
    seat = (participants.c.ticket_id == ticket.id, participants.c.contact_id == contact_id)
    conn.execute(delete(participants).where(*seat))
    return load(conn, (ticket.id,))[ticket.id]


def append(
    conn: Connection, ticket: Ticket, entry: NewEntry, *, event: Event | None, now: datetime
) -> tuple[int, Ticket]:
    """Append one entry, with what it does to the ticket; returns the entry's id and the ticket as it is now.

    `ticket` was read or returned within this transaction; what was changed in it since then is written too.
    """
    values = {
        "ticket_id": ticket.id,
        "kind": entry.kind,
        "at": now,
        "author_name": entry.author_name,
        "author_address": entry.author_address,
        "contact_id": entry.contact_id,
        "staff_id": entry.staff_id,
        "direction": entry.direction,
        "text": entry.text,
        "message_id": entry.message_id,
        "spool_id": entry.spool_id,
        "evidence": entry.evidence,
        "automatic": entry.automatic,
        "event": event,
        "details": entry.details,
        "for_customers": entry.for_customers,
        "left_out": [asdict(file) for file in entry.left_out] or None,
        "cut_away": entry.cut_away,
    }
    inserted = conn.execute(_APPEND, values).inserted_primary_key
    assert inserted is not None
    entry_id = int(inserted[0])
    files = [
        {
            "entry_id": entry_id,
            "position": position,
            "filename": file.filename,
            "content_type": file.content_type,
            "size": file.size,
            "sha256": file.sha256,
            "inline": file.inline,
            "content_id": file.content_id,
        }
        for position, file in enumerate(entry.attachments)
    ]
    if files:
        conn.execute(_ATTACH, files)
    after = after_entry(ticket, entry.kind, event, now=now)
    changed = {
        "state": after.state,
        "waiting_since": after.waiting_since,
        "messages": after.messages,
        "updated_at": after.updated_at,
        "silent_since": after.silent_since,
        "warned_at": after.warned_at,
        "wait_until": after.wait_until,
        "assignee_id": after.assignee_id,
        "merged_into": after.merged_into,
    }
    conn.execute(_CHANGE, {"the_id": ticket.id, **changed})
    if entry.kind is not EntryKind.EVENT:
        search.mark(conn, search.Kind.TICKET, entry_id)
    return entry_id, after


def load(conn: Connection, numbers: Iterable[int]) -> Mapping[int, Ticket]:
    """The tickets that these numbers mean, participants included; of a merged one that is the ticket it went into."""
    found = itself(conn, numbers)
    moved = {number: ticket.merged_into for number, ticket in found.items() if ticket.merged_into is not None}
    if not moved:
        return found
    ends = itself(conn, moved.values())
    return {**found, **{number: ends[end] for number, end in moved.items()}}


def itself(conn: Connection, numbers: Iterable[int]) -> Mapping[int, Ticket]:
    """The tickets with these numbers that exist, merged or not."""
    wanted = set(numbers)
    if not wanted:
        return {}
    rows = conn.execute(_NUMBERED, {"the_ids": list(wanted)}).mappings().all()
    return {ticket.id: ticket for ticket in _with_participants(conn, rows)}


def find(conn: Connection, number: int) -> Ticket | None:
    """The ticket that a number means; None when there is no such number."""
    return load(conn, (number,)).get(number)


def taking_part(conn: Connection, numbers: Iterable[int]) -> tuple[TakesPart, ...]:
    """Who takes part in these tickets."""
    wanted = list(numbers)
    rows = conn.execute(_TAKING_PART, {"the_ids": wanted}) if wanted else ()
    return tuple(
        TakesPart(row.ticket_id, row.address_key, row.contact_id, row.language and Tongue(row.language, row.timezone))
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
    query = select(tickets).where(tickets.c.id > after)
    if state is not None:
        query = query.where(tickets.c.state == state)
    if customer_id is not None:
        query = query.where(tickets.c.customer_id == customer_id)
    return _with_participants(conn, conn.execute(query.order_by(tickets.c.id).limit(limit)).mappings().all())


def history(conn: Connection, ticket_id: int) -> tuple[Entry, ...]:
    """All entries of a ticket, oldest first."""
    rows = conn.execute(select(entries).where(entries.c.ticket_id == ticket_id).order_by(entries.c.id)).mappings().all()
    files: dict[int, list[NewAttachment]] = {row["id"]: [] for row in rows}
    found = select(attachments).where(attachments.c.entry_id.in_(files)).order_by(attachments.c.position)
    for row in conn.execute(found).mappings():
        files[row["entry_id"]].append(
            NewAttachment(
                filename=row["filename"],
                content_type=row["content_type"],
                size=row["size"],
                sha256=row["sha256"],
                inline=row["inline"],
                content_id=row["content_id"],
            )
        )
    return tuple(_entry(row, tuple(files[row["id"]])) for row in rows)


def _with_participants(conn: Connection, rows: Sequence[RowMapping]) -> tuple[Ticket, ...]:
    people: dict[int, list[Participant]] = {row["id"]: [] for row in rows}
    for row in conn.execute(_PARTICIPANTS, {"the_ids": list(people)}).mappings():
        people[row["ticket_id"]].append(Participant(row["name"], row["address"], row["contact_id"]))
    return tuple(_ticket(row, tuple(people[row["id"]])) for row in rows)


def _ticket(row: RowMapping, people: tuple[Participant, ...]) -> Ticket:
    return Ticket(
        id=row["id"],
        desk=row["desk"],
        customer_id=row["customer_id"],
        subject=row["subject"],
        state=State(row["state"]),
        waiting_since=row["waiting_since"],
        linked_to=row["linked_to"],
        assignee_id=row["assignee_id"],
        messages=row["messages"],
        opened_at=row["opened_at"],
        updated_at=row["updated_at"],
        participants=people,
        silent_since=row["silent_since"],
        warned_at=row["warned_at"],
        wait_until=row["wait_until"],
        merged_into=row["merged_into"],
    )


def _entry(row: RowMapping, files: tuple[NewAttachment, ...]) -> Entry:
    direction = row["direction"]
    return Entry(
        id=row["id"],
        kind=EntryKind(row["kind"]),
        at=row["at"],
        author_name=row["author_name"],
        author_address=row["author_address"],
        staff_id=row["staff_id"],
        direction=Direction(direction) if direction else None,
        text=row["text"],
        message_id=row["message_id"],
        spool_id=row["spool_id"],
        evidence=row["evidence"],
        automatic=row["automatic"],
        attachments=files,
        left_out=tuple(LeftOut(**file) for file in row["left_out"] or ()),
        event=Event(row["event"]) if row["event"] else None,
        details=row["details"],
        for_customers=row["for_customers"],
        cut_away=row["cut_away"],
    )
