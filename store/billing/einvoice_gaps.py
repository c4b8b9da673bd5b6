"""Rows of why there is no e-invoice of documents: staff hear of each reason once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from store.engine import insert_once
from store.schema import einvoice_gaps, invoices


@dataclass(frozen=True, slots=True)
class Gap:
    """A reason, what it is about, and the first document that has it."""

    reason: str
    about: str  # the customer's number, the currency, or "" for the company
    number: str
    kind: str
    customer_id: int


def note(conn: Connection, reason: str, about: str, invoice_id: int, *, now: datetime) -> None:
    """Keep that a document lacks one; the first of a reason counts."""
    row = {"reason": reason, "about": about, "invoice_id": invoice_id, "found_at": now, "told_at": None}
    insert_once(conn, einvoice_gaps, row)


def untold_since(conn: Connection) -> datetime | None:
    """Since when there is one of which staff have not heard."""
    query = select(func.min(einvoice_gaps.c.found_at)).where(einvoice_gaps.c.told_at.is_(None))
    return conn.execute(query).scalar()


def untold(conn: Connection) -> tuple[Gap, ...]:
    """Those of which staff have not heard, the oldest first."""
    named = einvoice_gaps.c.reason, einvoice_gaps.c.about, invoices.c.number, invoices.c.kind, invoices.c.customer_id
    query = select(*named).join(invoices, invoices.c.id == einvoice_gaps.c.invoice_id)
    rows = conn.execute(
        query.where(einvoice_gaps.c.told_at.is_(None)).order_by(einvoice_gaps.c.found_at, einvoice_gaps.c.invoice_id)
    )
    return tuple(Gap(*row) for row in rows)


def tell(conn: Connection, told: Sequence[Gap], *, now: datetime) -> bool:
    """Staff are told of these now; False when somebody else told one of them meanwhile."""
    changed = 0
    for gap in told:
        its = einvoice_gaps.c.reason == gap.reason, einvoice_gaps.c.about == gap.about
        row = update(einvoice_gaps).where(*its, einvoice_gaps.c.told_at.is_(None)).values(told_at=now)
        changed += conn.execute(row).rowcount
    return changed == len(told)
