"""Rows of what customers had in an older system and have here since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from store.rows import Rows, insert_row
from store.schema import opening_balances


@dataclass(frozen=True, slots=True)
class Opening:
    """One balance that was taken over."""

    id: int
    customer_id: int
    currency: str
    amount_minor: int
    booked_at: datetime
    booked_by: str


_OPENING = Rows(Opening)


def add(conn: Connection, one: Opening) -> int:
    """Write it down and return its id; the account is locked, and has none in this currency."""
    return insert_row(conn, insert(opening_balances), _OPENING.columns(one))


def find(conn: Connection, customer_id: int, currency: str) -> Opening | None:
    """What was taken over for a customer."""
    query = select(opening_balances).where(
        opening_balances.c.customer_id == customer_id, opening_balances.c.currency == currency
    )
    row = conn.execute(query).mappings().first()
    return _OPENING.read(row) if row else None
