"""Rows of what staff have noted about customers: appended, and gone when the customer is forgotten."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from mailgate.people import Staff
from store.rows import insert_row
from store.schema import customer_notes


@dataclass(frozen=True, slots=True)
class CustomerNote:
    """One of them."""

    author: str  # by the name of then
    at: datetime
    text: str


def add(conn: Connection, customer_id: int, text: str, *, writer: Staff, spool_id: int | None, now: datetime) -> None:
    """Append one, under the name that its writer has now; `spool_id`: the mail that brought it."""
    values = {"staff_id": writer.id, "author": writer.name, "spool_id": spool_id, "at": now, "text": text}
    insert_row(conn, insert(customer_notes), {"customer_id": customer_id, **values})


def of_customer(conn: Connection, customer_id: int) -> tuple[CustomerNote, ...]:
    """All notes on a customer, the newest last."""
    columns = customer_notes.c.author, customer_notes.c.at, customer_notes.c.text
    query = select(*columns).where(customer_notes.c.customer_id == customer_id).order_by(customer_notes.c.id)
    return tuple(CustomerNote(*row) for row in conn.execute(query))
