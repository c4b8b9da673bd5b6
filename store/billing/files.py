"""Files that were made of issued documents: each once, and the same ever after."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, select

from store.engine import insert_once
from store.schema import document_files, invoices


class Format(StrEnum):
    """What is made of a document."""

    PDF = "pdf"


def digest(conn: Connection, invoice_id: int, form: Format) -> str | None:
    """Of its bytes in the archive; None while nobody has wanted it."""
    query = select(document_files.c.sha256)
    mine = document_files.c.invoice_id == invoice_id, document_files.c.format == form.value
    return conn.execute(query.where(*mine)).scalar()


def keep(conn: Connection, invoice_id: int, form: Format, sha256: str, *, now: datetime) -> str:
    """Keep these bytes, which the archive has, as the file; returns the digest of whoever was first."""
    row = {"invoice_id": invoice_id, "format": form.value, "sha256": sha256, "made_at": now}
    insert_once(conn, document_files, row)
    kept = digest(conn, invoice_id, form)
    assert kept is not None
    return kept


def forget(conn: Connection, customer_id: int) -> frozenset[str]:
    """Take the files of a customer's documents away; returns the digests of their bytes."""
    his = document_files.c.invoice_id.in_(select(invoices.c.id).where(invoices.c.customer_id == customer_id))
    found = frozenset(conn.execute(select(document_files.c.sha256).where(his)).scalars())
    conn.execute(delete(document_files).where(his))
    return found
