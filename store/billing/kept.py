"""Documents of a customer that must be kept, and what is erased of his money when none must be any more."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, String, and_, exists, or_, select, update

from mailgate.billing.document.invoice import DocumentKind
from store.schema import (
    bank_entries,
    bank_proposals,
    charges,
    gifts,
    invoice_lines,
    invoices,
    payments,
    promises,
    services,
)

_WORDS = {DocumentKind.INVOICE: "invoice", DocumentKind.CREDIT_NOTE: "credit note"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that was issued."""

    kind: DocumentKind
    number: str
    issued_on: date

    @property
    def words(self) -> str:
        """Its name for people."""
        return f"{_WORDS[self.kind]} {self.number}"


def issued_since(conn: Connection, customer_id: int, day: date) -> tuple[Kept, ...]:
    """Documents of a customer that were issued on a day or later, the latest first: it is kept the longest."""
    query = select(invoices.c.kind, invoices.c.number, invoices.c.issued_on)
    his = query.where(invoices.c.customer_id == customer_id, invoices.c.issued_on >= day)
    rows = conn.execute(his.order_by(invoices.c.issued_on.desc(), invoices.c.id.desc()))
    return tuple(Kept(DocumentKind(row.kind), row.number, row.issued_on) for row in rows)


def erase_words(conn: Connection, customer_id: int, *, mark: str) -> None:
    """Take every word out of his documents, services and payments; numbers, dates, amounts and digests stay.

    The ledger names nobody, so it stays whole.
    """
    his = select(invoices.c.id).where(invoices.c.customer_id == customer_id)
    conn.execute(update(invoice_lines).where(invoice_lines.c.invoice_id.in_(his)).values(text=mark))
    conn.execute(update(invoices).where(invoices.c.customer_id == customer_id).values(model=""))
    nothing = {"name": mark, "domain": "", "reason": "", "suspended_for": "", "external_id": None}
    conn.execute(update(services).where(services.c.customer_id == customer_id).values(**nothing))
    unnamed = payments.c.id.cast(String)  # each its own, as they must be
    conn.execute(update(payments).where(payments.c.customer_id == customer_id).values(reference=unnamed))
    of_card = payments.c.customer_id == customer_id, payments.c.provider != ""
    conn.execute(update(payments).where(*of_card).values(recorded_by=mark, label=""))
    conn.execute(update(charges).where(charges.c.customer_id == customer_id).values(asked_by=mark))
    conn.execute(update(gifts).where(gifts.c.customer_id == customer_id).values(reason=""))
    conn.execute(update(promises).where(promises.c.customer_id == customer_id).values(said_by=mark))
    _erase_bank_lines(conn, customer_id, mark=mark)


def _erase_bank_lines(conn: Connection, customer_id: int, *, mark: str) -> None:
    """Of lines that are his, and of those that may be nobody else's."""
    paid = select(payments.c.id).where(payments.c.customer_id == customer_id)
    others = bank_proposals.alias("others")
    of_others = exists().where(
        others.c.entry_id == bank_proposals.c.entry_id, others.c.customer_id != bank_proposals.c.customer_id
    )
    proposed = select(bank_proposals.c.entry_id).where(bank_proposals.c.customer_id == customer_id, ~of_others)
    his = or_(
        bank_entries.c.payment_id.in_(paid),
        and_(bank_entries.c.payment_id.is_(None), bank_entries.c.id.in_(proposed)),
    )
    nothing = {"payer": mark, "payer_account": "", "end_to_end": "", "text": ""}
    conn.execute(update(bank_entries).where(his).values(**nothing))
