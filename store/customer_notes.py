"""Rows of what staff have noted about customers: appended, and gone when the customer is forgotten."""

from datetime import datetime

from sqlalchemy import Connection, insert

from mailgate.people import Staff
from store.rows import insert_row
from store.schema import customer_notes


def add(conn: Connection, customer_id: int, text: str, *, writer: Staff, spool_id: int | None, now: datetime) -> None:
    """Append one, under the name that its writer has now; `spool_id`: the mail that brought it."""
    values = {"staff_id": writer.id, "author": writer.name, "spool_id": spool_id, "at": now, "text": text}
    insert_row(conn, insert(customer_notes), {"customer_id": customer_id, **values})
