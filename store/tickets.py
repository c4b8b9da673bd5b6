"""Rows of tickets, their participants and their history. Entries are appended and never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    RowMapping,
    ScalarSelect,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from mailgate.mail.address import address_key
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
from store.outbox import OutState
from store.schema import attachments, contacts, entries, message_ids, outbox, participants, tickets
from store.search import index as search

MAX_REFERENCES = 50
"""Ids of one message that are looked up and remembered: a thread's References are rarely longer, an attacker's are."""

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
_KNOWING = (
    select(message_ids.c.message_id, message_ids.c.ticket_id)
    .where(message_ids.c.message_id.in_(_THE_IDS))
    .order_by(message_ids.c.referenced, message_ids.c.ticket_id)
)
_CAME = select(entries.c.at.label("at"), literal(1).label("turn"), entries.c.message_id).where(
    entries.c.ticket_id == bindparam("the_id"),
    entries.c.message_id.is_not(None),
    entries.c.direction == Direction.IN,
)
_WENT = select(outbox.c.created_at.label("at"), literal(2).label("turn"), outbox.c.message_id).where(
    outbox.c.ticket_id == bindparam("the_id"),
    outbox.c.to_key == bindparam("the_key"),
    outbox.c.state != OutState.CANCELLED,
)
_THREAD = _CAME.union_all(_WENT).order_by("at", "turn")


def _nth_opened(others: str) -> ScalarSelect[Any]:
    nth_last = (
        select(participants.c.ticket_id)
        .where(participants.c.contact_id == bindparam("the_contact"))
        .order_by(participants.c.ticket_id.desc())
        .limit(1)
        .offset(bindparam(others))
        .scalar_subquery()
    )
    return select(tickets.c.opened_at).where(tickets.c.id == nth_last).scalar_subquery()


_TWO_OPENED = select(_nth_opened("others_of_one"), _nth_opened("others_of_two"))
_OF_STRANGERS = select(func.count()).where(
    tickets.c.customer_id.is_(None),
    tickets.c.updated_at > bindparam("the_since"),  # in the index; whatever was opened since then was also changed
    tickets.c.opened_at > bindparam("the_since"),
)
_LATEST_MAILS = (
    select(entries.c.id)
    .where(
        entries.c.ticket_id == bindparam("the_id"),
        entries.c.direction == Direction.IN,
        entries.c.automatic == bindparam("by_programs"),
        entries.c.at > bindparam("the_since"),
    )
    .order_by(entries.c.id.desc())
    .limit(bindparam("the_most"))
    .subquery()
)
_COUNT_MAILS = select(func.count()).select_from(_LATEST_MAILS)


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


def remember_ids(conn: Connection, ticket_id: int, own: Sequence[str], referenced: Sequence[str] = ()) -> None:
    """A later mail that refers to one of these ids speaks of this ticket, also where we never had that message."""
    seen = list(dict.fromkeys(referenced))[-MAX_REFERENCES:]
    rows = [{"message_id": one, "ticket_id": ticket_id, "referenced": False} for one in own]
    rows += [{"message_id": one, "ticket_id": ticket_id, "referenced": True} for one in seen if one not in own]
    if rows:
        insert_once(conn, message_ids, rows)


def referenced_by(conn: Connection, ids: Sequence[str]) -> tuple[int, ...]:
    """Tickets that know one of these message ids, in the order of the ids; without repetition."""
    wanted = tuple(dict.fromkeys(ids))[:MAX_REFERENCES]
    if not wanted:
        return ()
    rows = conn.execute(_KNOWING, {"the_ids": wanted}).all()
    found = [row.ticket_id for message_id in wanted for row in rows if row.message_id == message_id]
    return tuple(dict.fromkeys(found))


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


def taking_part(conn: Connection, numbers: Iterable[int]) -> tuple[tuple[int, str, int | None], ...]:
    """Who takes part in these tickets: number, key of the address, and contact, None for a stranger."""
    wanted = list(numbers)
    rows = conn.execute(_PARTICIPANTS, {"the_ids": wanted}) if wanted else ()
    return tuple((row.ticket_id, row.address_key, row.contact_id) for row in rows)


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


def thread_ids(conn: Connection, ticket_id: int, reader: str) -> tuple[str, ...]:
    """Message ids of what this reader may have of the thread, oldest first: customers' mails, and ours to him."""
    rows = conn.execute(_THREAD, {"the_id": ticket_id, "the_key": address_key(reader)}).all()
    return tuple(row.message_id for row in rows)


def nth_last_opened(conn: Connection, contact_id: int, one: int, two: int) -> tuple[datetime | None, datetime | None]:
    """When the tickets were opened that are the nth from the end, 1 the last, of those that a contact takes part in."""
    which = {"the_contact": contact_id, "others_of_one": one - 1, "others_of_two": two - 1}
    first, second = conn.execute(_TWO_OPENED, which).one()
    return first, second


def opened_by_strangers(conn: Connection, *, since: datetime) -> int:
    """How many tickets nobody that we know has opened since then."""
    return int(conn.execute(_OF_STRANGERS, {"the_since": since}).scalar_one())


def recent_mails(conn: Connection, ticket_id: int, *, automatic: bool, since: datetime, at_most: int) -> int:
    """How many mails of programs, or of people, came into a ticket since then; counted no further than `at_most`."""
    which = {"the_id": ticket_id, "by_programs": automatic, "the_since": since, "the_most": at_most}
    return int(conn.execute(_COUNT_MAILS, which).scalar_one())


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
        cut_away=row["cut_away"],
    )
