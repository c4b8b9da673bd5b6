"""Rows of mails to many customers: whom each goes to, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from mailgate.billing.service import State
from mailgate.confirmation import ConfirmKind, ConfirmState
from mailgate.people import Contact, Role
from store.engine import insert_new
from store.people import read_contact
from store.rows import Rows
from store.schema import announcements, confirmations, contacts, customers, products, services

READERS = frozenset({Role.OWNER, Role.GENERAL})
"""Who of a customer's contacts gets it."""

_GOING_ON = (State.ACTIVE, State.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Announcement:
    """A mail to many customers that is on its way, or was."""

    id: int
    staff_id: int
    desk: str
    subject: str
    text: str
    contact_ids: tuple[int, ...]
    sent: int
    due_at: datetime | None


_ROW = Rows(Announcement)


def whom(conn: Connection, *, sku: str | None) -> tuple[Contact, ...]:
    """The contacts of all customers who get such a mail, each address once; with `sku` of those who have that."""
    query = select(contacts).join(customers, customers.c.id == contacts.c.customer_id)
    query = query.where(contacts.c.removed_at.is_(None), customers.c.removed_at.is_(None))
    if sku is not None:
        having = select(services.c.customer_id).join(products, products.c.id == services.c.product_id)
        query = query.where(
            contacts.c.customer_id.in_(having.where(products.c.sku == sku, services.c.state.in_(_GOING_ON)))
        )
    found: dict[str, Contact] = {}
    for row in conn.execute(query.order_by(contacts.c.id)).mappings():
        contact = read_contact(row)
        if READERS & set(contact.roles):
            found.setdefault(row["address_key"], contact)
    return tuple(found.values())


def is_sold(conn: Connection, sku: str) -> bool:
    """There is, or was, a product of this name."""
    return conn.execute(select(products.c.id).where(products.c.sku == sku).limit(1)).first() is not None


def is_confirmed(conn: Connection, spool_id: int) -> bool:
    """The writer of this mail has said yes to it, to whoever let it in besides."""
    said = select(confirmations.c.id).where(
        confirmations.c.spool_id == spool_id,
        confirmations.c.kind == ConfirmKind.STAFF_MAIL,
        confirmations.c.state == ConfirmState.DONE,
    )
    return conn.execute(said.limit(1)).first() is not None


def begin(
    conn: Connection,
    *,
    staff_id: int,
    spool_id: int,
    desk: str,
    subject: str,
    text: str,
    contact_ids: Sequence[int],
    now: datetime,
) -> bool:
    """Insert one that goes to these contacts from now on; False when this mail has begun one before."""
    values = {
        "staff_id": staff_id,
        "spool_id": spool_id,
        "desk": desk,
        "subject": subject,
        "text": text,
        "contact_ids": list(contact_ids),
        "sent": 0,
        "due_at": now,
        "created_at": now,
    }
    return insert_new(conn, announcements, values) is not None


def begun_since(conn: Connection, since: datetime) -> int:
    """How many have begun."""
    return int(
        conn.execute(select(func.count()).select_from(announcements).where(announcements.c.created_at > since)).scalar()
        or 0
    )


def overdue(conn: Connection, *, at: datetime) -> list[tuple[int, datetime]]:
    """(id, due_at) of those whose next readers are to be written to."""
    query = select(announcements.c.id, announcements.c.due_at).where(announcements.c.due_at <= at)
    return [(row.id, row.due_at) for row in conn.execute(query.order_by(announcements.c.due_at))]


def locked(conn: Connection, number: int) -> Announcement | None:
    """One that nobody else changes until the commit; None when it has come to its end."""
    query = select(announcements).where(announcements.c.id == number, announcements.c.due_at.is_not(None))
    row = conn.execute(query.with_for_update()).mappings().first()
    return _ROW.read(row) if row else None


def go_on(conn: Connection, number: int, *, sent: int, due_at: datetime | None) -> None:
    """So many have had their turn; `due_at`: when the next ones have theirs, None at the end."""
    conn.execute(update(announcements).where(announcements.c.id == number).values(sent=sent, due_at=due_at))


def stop_all(conn: Connection) -> tuple[int, int, int]:
    """Whoever has not had his turn gets none; how many were stopped, how many people had theirs, and of how many."""
    going = conn.execute(select(announcements).where(announcements.c.due_at.is_not(None)).with_for_update()).mappings()
    found = [_ROW.read(row) for row in going]
    for one in found:
        go_on(conn, one.id, sent=one.sent, due_at=None)
    return len(found), sum(one.sent for one in found), sum(len(one.contact_ids) for one in found)
