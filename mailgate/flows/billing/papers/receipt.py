"""Receipts: that a payment came, what it settled and what is left, as the values of its PDF."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date

from sqlalchemy import Connection

from mailgate.billing.party import Buyer, Seller
from mailgate.billing.profile import buyer
from mailgate.config import Settings
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.papers.drawn import drawn_by
from mailgate.letters.notice import MadeFile, Maker
from mailgate.outbound.document.pdf import Pdf
from store import people
from store.billing import accounts, invoices, payments
from store.billing.invoices import Issued
from store.billing.payments import Payment

RECEIPT_PDF = "receipt-pdf"
"""The maker of the file of a receipt."""

_UNSAFE = re.compile(r"[^\w.]+")


def receipt_of(conn: Connection, settings: Settings, payment: Payment, *, made_on: date) -> dict[str, object]:
    """All that the PDF says, as JSON has it: the invoices as they are now, oldest first, and what became credit.

    Raises LookupError for a customer who was forgotten.
    """
    customer = people.find_customer(conn, payment.customer_id)
    if customer is None:
        raise LookupError(f"there is no customer {payment.customer_id}")
    payer = buyer(customer, accounts.account(conn, customer.id))
    taken = payments.set_against(conn, payment.id)
    found = invoices.several(conn, list(taken))
    return _values(settings, payment, payer, taken, found, language=customer.language, made_on=made_on)


def _values(
    settings: Settings,
    payment: Payment,
    payer: Buyer,
    taken: Mapping[int, int],
    found: Sequence[Issued],
    *,
    language: str,
    made_on: date,
) -> dict[str, object]:
    settled = [
        {
            "number": one.number,
            "total_minor": one.total_minor,
            "amount_minor": taken[one.id],
            "open_minor": one.open_minor,
        }
        for one in found
    ]
    return {
        "id": payment.id,
        "made_on": made_on.isoformat(),
        "language": language,
        "seller": _given(settings.seller),
        "buyer": _given(payer),
        "received_on": payment.received_on.isoformat(),
        "method": payment.method,
        "reference": payment.reference,
        "currency": payment.currency,
        "amount_minor": payment.amount_minor,
        "settled": settled,
        "credit_minor": payment.amount_minor - sum(taken.values()),
    }


def _given(party: Seller | Buyer) -> dict[str, object]:
    """What is known of it."""
    return {one.name: value for one in fields(party) if (value := getattr(party, one.name))}


def receipt_file(deal: Deal, payment: Payment, settled: Iterable[Issued]) -> MadeFile:
    """The PDF, which is made when its mail is. `settled`: as they are now, among others that credit has settled."""
    settings, payer = deal.books.settings, deal.payer
    taken = payments.set_against(deal.conn, payment.id)
    found = sorted((one for one in settled if one.id in taken), key=lambda one: one.id)
    values = _values(settings, payment, payer.buyer, taken, found, language=payer.customer.language, made_on=deal.day)
    company = _UNSAFE.sub("-", settings.gate.company).strip("-.")
    return MadeFile(f"{company}_P-{payment.id}.pdf", "application/pdf", RECEIPT_PDF, values)


def receipt_maker(make: Callable[[Mapping[str, object]], Pdf]) -> Maker:
    """Makes the file of a receipt, and tells the log what is wrong with it."""
    return drawn_by(make, lambda values: f"receipt {values['id']}")
