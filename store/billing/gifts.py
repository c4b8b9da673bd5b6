"""Rows of credit that was given without money."""

from datetime import datetime

from sqlalchemy import Connection, insert

from store.rows import insert_row
from store.schema import gifts


def add(
    conn: Connection, customer_id: int, currency: str, amount_minor: int, *, reason: str, by: str, now: datetime
) -> int:
    """Write down a gift and return its id; the account is locked."""
    values = {
        "customer_id": customer_id,
        "currency": currency,
        "amount_minor": amount_minor,
        "reason": reason,
        "given_at": now,
        "given_by": by,
    }
    return insert_row(conn, insert(gifts), values)
