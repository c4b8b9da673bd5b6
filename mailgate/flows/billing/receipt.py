"""Receipts: that a payment came, what it settled and what is left, as the values of its PDF."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date

from sqlalchemy import Connection

from mailgate.billing.profile import buyer
from mailgate.config import Settings
from mailgate.flows.billing.drawn import drawn_by
from mailgate.flows.story.act import Act
from mailgate.letters.notice import MadeFile, Maker
from mailgate.outbound.document.pdf import Pdf
from store import people
from store.billing import accounts, invoices, payments
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
        "language": customer.language,
        "seller": {name: value for name, value in asdict(settings.seller).items() if value},
        "buyer": {name: value for name, value in asdict(payer).items() if value},
        "received_on": payment.received_on.isoformat(),
        "method": payment.method,
        "reference": payment.reference,
        "currency": payment.currency,
        "amount_minor": payment.amount_minor,
        "settled": settled,
        "credit_minor": payment.amount_minor - sum(taken.values()),
    }


def receipt_file(act: Act, payment: Payment, *, made_on: date) -> MadeFile:
    """The PDF, which is made when its mail is."""
    values = receipt_of(act.conn, act.settings, payment, made_on=made_on)
    company = _UNSAFE.sub("-", act.settings.gate.company).strip("-.")
    return MadeFile(f"{company}_P-{payment.id}.pdf", "application/pdf", RECEIPT_PDF, values)


def receipt_maker(make: Callable[[Mapping[str, object]], Pdf]) -> Maker:
    """Makes the file of a receipt, and tells the log what is wrong with it."""
    return drawn_by(make, lambda values: f"receipt {values['id']}")
