"""What a notification says of a ticket's customer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, select, true

from mailgate.tickets.ticket import State
from store.schema import billing_accounts, customers, tickets

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
_IS_BILLED = exists().where(billing_accounts.c.customer_id == customers.c.id)
_CUSTOMER = (
    select(customers.c.name, customers.c.created_at, _IS_BILLED.label("is_billed"), _EARLIER)
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


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket's customer."""

    name: str
    since: datetime
    is_billed: bool  # there is an account of money
    others: tuple[Earlier, ...]  # the last tickets but this one, what changed last first


def customer(conn: Connection, customer_id: int, number: int) -> Known:
    """Who has written this ticket, by one question."""
    rows = conn.execute(_CUSTOMER, {"customer_id": customer_id, "number": number}).all()
    others = (row for row in rows if row.id is not None)
    found = tuple(Earlier(row.id, row.subject, State(row.state), row.updated_at) for row in others)
    return Known(rows[0].name, rows[0].created_at, bool(rows[0].is_billed), found)
