"""What was given back of an invoice, and by which documents: their lines name it."""

from sqlalchemy import Connection, case, func, select

from mailgate.billing.document.invoice import DocumentKind
from store.billing import invoices
from store.billing.invoices import Issued
from store.schema import invoice_lines
from store.schema import invoices as documents

_GROSS = invoice_lines.c.net_minor + invoice_lines.c.tax_minor


def by(conn: Connection, invoice_id: int) -> tuple[Issued, ...]:
    """The documents that give something of an invoice back: credit notes, and invoices of a change that costs more."""
    about = select(invoice_lines.c.invoice_id).where(invoice_lines.c.original_id == invoice_id).distinct()
    numbers = conn.execute(about.order_by(invoice_lines.c.invoice_id)).scalars().all()
    return tuple(invoices.get(conn, number) for number in numbers)


def notes(conn: Connection, invoice_id: int) -> tuple[Issued, ...]:
    """The credit notes among them."""
    return tuple(one for one in by(conn, invoice_id) if one.kind is DocumentKind.CREDIT_NOTE)


def originals(conn: Connection, document_id: int) -> tuple[int, ...]:
    """The invoices of which a document gives something back, in the order of their issue."""
    query = select(invoice_lines.c.original_id).where(invoice_lines.c.invoice_id == document_id)
    return tuple(sorted(set(conn.execute(query.where(invoice_lines.c.original_id.is_not(None))).scalars())))


def credited_minor(conn: Connection, invoice_id: int) -> int:
    """What was given back of an invoice, with tax, by credit notes and by changes that cost more."""
    signed = case((documents.c.kind == DocumentKind.CREDIT_NOTE.value, _GROSS), else_=-_GROSS)
    query = select(func.coalesce(func.sum(signed), 0)).join_from(
        invoice_lines, documents, documents.c.id == invoice_lines.c.invoice_id
    )
    return int(conn.execute(query.where(invoice_lines.c.original_id == invoice_id)).scalar_one())


def billed_minor(conn: Connection, invoice_id: int) -> int:
    """What an invoice has charged itself, with tax, before what it gives back of others."""
    query = select(func.coalesce(func.sum(_GROSS), 0)).where(invoice_lines.c.invoice_id == invoice_id)
    return int(conn.execute(query.where(invoice_lines.c.original_id.is_(None))).scalar_one())
