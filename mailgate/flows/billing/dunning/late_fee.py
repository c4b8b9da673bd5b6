"""What an invoice costs more because it was paid late: an invoice of its own, since no tax may stand beside it."""

import re
from datetime import timedelta

from sqlalchemy import Connection

from mailgate.billing.document.invoice import Charge, DocumentKind, LineKind, TaxedAs
from mailgate.billing.money.amount import read_amount
from mailgate.billing.tax.groups import read_rate
from mailgate.billing.tax.vat import LATE_PAYMENT, NOT_SUBJECT
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.issue import Wanted, issue
from mailgate.outbound.document.layouts import words_of
from mailgate.outbound.templates import built_in_directory
from store.billing import invoices, lines
from store.billing.invoices import Issued
from store.billing.series import ClockWentBack

LATE_FEE = "late-fee"
"""The step of the invoice that it is for, and the account of its income."""


def charge_late_fee(deal: Deal, invoice: Issued) -> bool:
    """Issue it, if the settings have one in the currency of the invoice; True when that was done.

    Not for a fee itself, and not while the clock is behind the last number.
    """
    settings = deal.books.settings
    fee, currency = settings.billing.late_fee, settings.gate.currency
    if not fee or invoice.currency != currency:
        return False
    if any(line.kind == LineKind.FEE.value for line in lines.of(deal.conn, invoice.id)):
        return False
    words = words_of((built_in_directory() / "documents",), deal.payer.customer.language)[1]
    taxed = TaxedAs(False, read_rate("0"), NOT_SUBJECT, "", LATE_PAYMENT)
    text = words[LATE_FEE].format(number=invoice.number)
    charge = Charge(LineKind.FEE, text, LATE_FEE, None, None, read_amount(fee, currency), taxed)
    due_on = deal.day + timedelta(days=settings.billing.least_days_to_pay)
    wanted = Wanted(DocumentKind.INVOICE, deal.payer, currency, due_on, (charge,))
    try:
        issue(deal.conn, [wanted], settings=settings, on=deal.issue_day, now=deal.now)
    except ClockWentBack:
        return False
    return True


def late_fee_of(conn: Connection, invoice: Issued) -> Issued | None:
    """The fee that was charged because this invoice was paid late, while something of it is open."""
    named = re.compile(rf"(?<![\w/-]){re.escape(invoice.number)}(?![\w/-])")
    for one in invoices.open_of(conn, invoice.customer_id, invoice.currency):
        if any(line.kind == LineKind.FEE.value and named.search(line.text) for line in lines.of(conn, one.id)):
            return one
    return None
