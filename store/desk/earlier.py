"""What a notification says of a ticket's customer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, true

from mailgate.tickets.ticket import State
from store.schema import customers, tickets

LISTED = 3
"""Earlier tickets that a notification names."""

_EARLIER = (
    select(tickets.c.id, tickets.c.subject, tickets.c.state, tickets.c.updated_at)
    .where(
        tickets.c.customer_id == bindparam("customer_id"),
        tickets.c.id != bindparam("number"),
        tickets.c.merged_into.is_(None),
    )
    .order_by(tickets.c.updated_at.desc(), tickets.c.id.desc())
    .limit(LISTED)
    .subquery()
)
_CUSTOMER = (
    select(customers.c.name, customers.c.created_at, _EARLIER)
    .select_from(customers.outerjoin(_EARLIER, true()))
    .where(customers.c.id == bindparam("customer_id"))
    .order_by(_EARLIER.c.updated_at.desc(), _EARLIER.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another ticket of the same customer."""

    id: int
    subject: str
    state: State
    updated_at: datetime


def customer(conn: Connection, customer_id: int, number: int) -> tuple[str, datetime, tuple[Earlier, ...]]:
    """Name, since when, and the last tickets but this one, what changed last first."""
    rows = conn.execute(_CUSTOMER, {"customer_id": customer_id, "number": number}).all()
    others = (row for row in rows if row.id is not None)
    found = tuple(Earlier(row.id, row.subject, State(row.state), row.updated_at) for row in others)
    return rows[0].name, rows[0].created_at, found
