"""Files that were made of issued documents: each once, and the same ever after."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, select

from store.engine import insert_once
from store.schema import document_files, invoices


class Format(StrEnum):
    """What is made of a document."""

    PDF = "pdf"
    CII = "cii"  # the e-invoice that is inside the PDF
    UBL = "ubl"


def digest(conn: Connection, invoice_id: int, form: Format) -> str | None:
    """Of its bytes in the archive; None while nobody has wanted it."""
    query = select(document_files.c.sha256)
    mine = document_files.c.invoice_id == invoice_id, document_files.c.format == form.value
    return conn.execute(query.where(*mine)).scalar()


def keep(
    conn: Connection, invoice_id: int, form: Format, sha256: str, *, now: datetime, missing: Collection[str] = ()
) -> str:
    """Keep these bytes, which the archive has, as the file; returns the digest of whoever was first.

    `missing`: the signs that no font had.
    """
    row = {"invoice_id": invoice_id, "format": form.value, "sha256": sha256, "made_at": now}
    row["missing"] = "".join(sorted(missing))
    insert_once(conn, document_files, row)
    kept = digest(conn, invoice_id, form)
    assert kept is not None
    return kept


def without_glyphs(conn: Connection, *, most: int) -> tuple[tuple[str, str], ...]:
    """The newest documents whose PDF has signs that no font had, by their numbers, and which those are."""
    query = select(invoices.c.number, document_files.c.missing).join(
        invoices, invoices.c.id == document_files.c.invoice_id
    )
    rows = conn.execute(query.where(document_files.c.missing != "").order_by(invoices.c.id.desc()).limit(most))
    return tuple((row.number, row.missing) for row in rows)


def forget(conn: Connection, customer_id: int) -> frozenset[str]:
    """Take the files of a customer's documents away; returns the digests of their bytes."""
    his = document_files.c.invoice_id.in_(select(invoices.c.id).where(invoices.c.customer_id == customer_id))
    found = frozenset(conn.execute(select(document_files.c.sha256).where(his)).scalars())
    conn.execute(delete(document_files).where(his))
    return found
