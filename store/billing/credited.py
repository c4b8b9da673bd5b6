"""What was given back of an invoice, and by which documents: their lines name it."""

from sqlalchemy import Connection, case, func, or_, select

from mailgate.billing.change import Left, TaxGroup
from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.tax.groups import read_rate
from store.billing import invoices
from store.billing.invoices import Issued
from store.schema import invoice_lines
from store.schema import invoices as documents


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


def left(conn: Connection, invoice_id: int) -> dict[TaxGroup, Left]:
    """What an invoice has charged itself, by its taxes, less what credit notes and dearer changes gave back of it."""
    is_note = documents.c.kind == DocumentKind.CREDIT_NOTE.value
    is_own = invoice_lines.c.original_id.is_(None)
    sign = case((is_own, 1), (is_note, -1), else_=1)  # what an invoice gives back stands below zero on it
    query = (
        select(
            invoice_lines.c.tax_category,
            invoice_lines.c.tax_rate,
            func.sum(sign * invoice_lines.c.net_minor),
            func.sum(sign * invoice_lines.c.tax_minor),
        )
        .join_from(invoice_lines, documents, documents.c.id == invoice_lines.c.invoice_id)
        .where(or_((invoice_lines.c.invoice_id == invoice_id) & is_own, invoice_lines.c.original_id == invoice_id))
        .group_by(invoice_lines.c.tax_category, invoice_lines.c.tax_rate)
    )
    found: dict[TaxGroup, Left] = {}
    for category, rate, net, tax in conn.execute(query).all():
        group = category, read_rate(rate)
        before = found.get(group, Left(0, 0))
        found[group] = Left(before.net_minor + int(net), before.tax_minor + int(tax))
    return {group: one.no_less_than_nothing() for group, one in found.items()}
