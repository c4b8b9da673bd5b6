"""A bank line becomes a payment: for an invoice, or kept as a customer's credit."""

from mailgate.billing.payment.bank_line import BankLine
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.money import settle
from store.billing import invoices
from store.billing.bank import BankEntry
from store.billing.payments import Payment

METHOD = "transfer"


def book_for(deal: Deal, invoice_id: int, line: BankLine | BankEntry, key: str) -> int:
    """Book a line for an invoice, whatever is open of it; returns the id of the payment."""
    invoice = invoices.get(deal.conn, invoice_id)
    return settle.record_payment(deal, invoice, _payment(deal, line, key), as_credit=True).payment_id


def book_as_credit(deal: Deal, line: BankEntry) -> int:
    """Keep all of it for the customer; returns the id of the payment."""
    return settle.deposit(deal, _payment(deal, line, line.key), least_minor=0)


def _payment(deal: Deal, line: BankLine | BankEntry, key: str) -> Payment:
    return Payment(
        0,
        deal.payer.customer.id,
        METHOD,
        key,
        line.currency,
        line.amount_minor,
        line.booked_on,
        deal.now,
        deal.by,
    )
