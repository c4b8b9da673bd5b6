"""Message ids that name tickets: of what came and went, and of what was only ever referred to.

Those of our own mails stand in their rows of the outbox, those of mails whose words are in a ticket in its entries.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, literal, select

from mailgate.mail.address import address_key
from mailgate.tickets.ticket import Direction
from store.engine import insert_once
from store.post.outbox import OutState
from store.schema import entries, message_ids, outbox

MAX_REFERENCES = 50
"""Ids of one message that are looked up and remembered: a thread's References are rarely longer, an attacker's are."""

_THE_IDS: BindParameter[Any] = bindparam("the_ids", expanding=True)
_OURS = select(outbox.c.message_id, outbox.c.ticket_id, literal(False).label("referenced")).where(
    outbox.c.message_id.in_(_THE_IDS), outbox.c.ticket_id.is_not(None)
)
_IN_TICKETS = select(entries.c.message_id, entries.c.ticket_id, literal(False).label("referenced")).where(
    entries.c.message_id.in_(_THE_IDS)
)
_KNOWING = (
    select(message_ids.c.message_id, message_ids.c.ticket_id, message_ids.c.referenced)
    .where(message_ids.c.message_id.in_(_THE_IDS))
    .union_all(_OURS, _IN_TICKETS)
    .order_by("referenced", "ticket_id")
)
_WROTE = (
    select(entries.c.staff_id)
    .join(outbox, outbox.c.entry_id == entries.c.id)
    .where(outbox.c.message_id.in_(_THE_IDS), entries.c.staff_id.is_not(None))
)
_CARRIED = select(outbox.c.entry_id).where(outbox.c.message_id.in_(_THE_IDS), outbox.c.entry_id.is_not(None))
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


def remember(conn: Connection, ticket_id: int, own: Sequence[str] = (), referenced: Sequence[str] = ()) -> None:
    """A later mail that refers to one of these ids speaks of this ticket, also where we never had that message.

    `own`: of a mail to the ticket of which no entry bears the id.
    """
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


def of_thread(conn: Connection, ticket_id: int, reader: str) -> tuple[str, ...]:
    """Message ids of what this reader may have of the thread, oldest first: customers' mails, and ours to him."""
    rows = conn.execute(_THREAD, {"the_id": ticket_id, "the_key": address_key(reader)}).all()
    return tuple(row.message_id for row in rows)


def staff_answered_by(conn: Connection, ids: Sequence[str]) -> frozenset[int]:
    """Who of the staff wrote the words that these mails of ours carry."""
    wanted = tuple(dict.fromkeys(ids))[:MAX_REFERENCES]
    return frozenset(conn.execute(_WROTE, {"the_ids": wanted}).scalars()) if wanted else frozenset()


def entries_of(conn: Connection, ids: Sequence[str]) -> frozenset[int]:
    """The entries that these mails of ours carry or are about."""
    wanted = tuple(dict.fromkeys(ids))[:MAX_REFERENCES]
    return frozenset(conn.execute(_CARRIED, {"the_ids": wanted}).scalars()) if wanted else frozenset()
