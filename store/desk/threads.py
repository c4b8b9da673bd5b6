"""What names a ticket's thread to mail clients, and what a notification says of its customer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from mailgate.tickets.ticket import State
from store.schema import customers, tickets

LISTED = 3
"""Earlier tickets that a notification names."""

_NAMES = select(tickets.c.thread_index, tickets.c.opened_at).where(tickets.c.id == bindparam("number"))
_CUSTOMER = select(customers.c.name, customers.c.created_at).where(customers.c.id == bindparam("customer_id"))
_EARLIER = (
    select(tickets.c.id, tickets.c.subject, tickets.c.state, tickets.c.updated_at)
    .where(
        tickets.c.customer_id == bindparam("customer_id"),
        tickets.c.id != bindparam("number"),
        tickets.c.merged_into.is_(None),
    )
    .order_by(tickets.c.updated_at.desc(), tickets.c.id.desc())
    .limit(LISTED)
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another ticket of the same customer."""

    id: int
    subject: str
    state: State
    updated_at: datetime


def names(conn: Connection, number: int) -> tuple[str | None, datetime]:
    """Outlook's name of a thread, if the mail that began it brought one, and when it began."""
    row = conn.execute(_NAMES, {"number": number}).one()
    return row.thread_index, row.opened_at


def customer(conn: Connection, customer_id: int) -> tuple[str, datetime]:
    """Name, and since when."""
    row = conn.execute(_CUSTOMER, {"customer_id": customer_id}).one()
    return row.name, row.created_at


def earlier(conn: Connection, customer_id: int, number: int) -> tuple[Earlier, ...]:
    """The customer's last tickets but this one, what changed last first."""
    rows = conn.execute(_EARLIER, {"customer_id": customer_id, "number": number})
    return tuple(Earlier(row.id, row.subject, State(row.state), row.updated_at) for row in rows)
