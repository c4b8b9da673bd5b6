"""Files of a document for pages: what it said when it was issued, which of its files are kept, and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from store.schema import allocations, document_files, invoices


@dataclass(frozen=True, slots=True)
class Paper:
    """A document, and the digests of its files by their formats."""

    id: int
    kind: DocumentKind
    number: str
    currency: str
    due_on: date
    issued_at: datetime
    settled_at: datetime | None
    state: DocumentState
    total_minor: int
    open_minor: int
    reference: str
    model: str  # "" once its customer was erased
    kept: Mapping[str, str]
    changes: int  # how often something was set against it, or taken back


def find(conn: Connection, number: str, kind: DocumentKind, *, customer_id: int | None) -> Paper | None:
    """A document by its number, of this customer alone unless that is None; None where there is none."""
    values = {"the_number": number, "the_kind": kind.value}
    row = conn.execute(_DOCUMENT, values).mappings().first()
    if row is None or customer_id not in (None, row["customer_id"]):
        return None
    its = {"the_id": row["id"]}
    return Paper(
        id=row["id"],
        kind=kind,
        number=row["number"],
        currency=row["currency"],
        due_on=row["due_on"],
        issued_at=row["issued_at"],
        settled_at=row["settled_at"],
        state=DocumentState(row["state"]),
        total_minor=row["total_minor"],
        open_minor=row["open_minor"],
        reference=row["reference"],
        model=row["model"],
        kept={found.format: found.sha256 for found in conn.execute(_FILES, its)},
        changes=int(conn.execute(_CHANGES, its).scalar_one()),
    )


_DOCUMENT = select(invoices).where(
    invoices.c.number == bindparam("the_number"), invoices.c.kind == bindparam("the_kind")
)
_FILES = select(document_files.c.format, document_files.c.sha256).where(
    document_files.c.invoice_id == bindparam("the_id")
)
_CHANGES = select(func.count() + func.count(allocations.c.reversed_at)).where(
    allocations.c.invoice_id == bindparam("the_id")
)
