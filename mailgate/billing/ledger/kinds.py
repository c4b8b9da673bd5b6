"""Kinds of events that are booked, and which side of which account each debits and credits."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What happened."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    VOID = "void"
    PAYMENT = "payment"
    DEPOSIT = "deposit"
    SETTLE = "settle"
    GIFT = "gift"
    OPENING = "opening"
    WRITE_OFF = "write-off"
    SET_ASIDE = "set-aside"
    REFUND = "refund"
    REFUND_FAILED = "refund-failed"
    REFUND_KEPT = "refund-kept"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute-won"
    DISPUTE_FEE = "dispute-fee"
    DISPUTE_FEE_BACK = "dispute-fee-back"
    PAYOUT = "payout"
    PAYOUT_FAILED = "payout-failed"
    FEE = "fee"
    RETURNED = "returned"
    UNSETTLED = "unsettled"
    OWED_PAID = "owed-paid"
    OWED_GIVEN_UP = "owed-given-up"


@dataclass(frozen=True, slots=True)
class Sides:
    """What a kind of event debits and credits, in words for people; the functions of `events` are what counts."""

    debit: str
    credit: str


SIDES: Mapping[Kind, Sides] = {
    Kind.INVOICE: Sides("receivable: gross", "income by kind: net; tax by rule"),
    Kind.CREDIT_NOTE: Sides(
        "income by kind: net; tax by rule", "receivable: set against invoices; credit or refunds: the rest"
    ),
    Kind.VOID: Sides(
        "income by kind: net; tax by rule", "receivable: what was open; credit: what had been set against it"
    ),
    Kind.PAYMENT: Sides("bank, cash or provider", "receivable: set against invoices; credit: the rest"),
    Kind.DEPOSIT: Sides("bank, cash or provider", "credit"),
    Kind.SETTLE: Sides("credit", "receivable"),
    Kind.GIFT: Sides("gifts", "credit"),
    Kind.OPENING: Sides("opening balances", "credit"),
    Kind.WRITE_OFF: Sides("write-offs, rounding or differences", "receivable"),
    Kind.SET_ASIDE: Sides("credit", "refunds"),
    Kind.REFUND: Sides("refunds or credit", "bank, cash or provider"),
    Kind.REFUND_FAILED: Sides("bank, cash or provider", "refunds or credit"),
    Kind.REFUND_KEPT: Sides("refunds", "credit"),
    Kind.DISPUTE: Sides("receivable: what it had paid; credit: what of it was left; fees: what it costs", "provider"),
    Kind.DISPUTE_WON: Sides(
        "provider",
        "receivable: what it pays again; credit: the rest; write-offs: what was given up of it; fees: what comes back",
    ),
    Kind.DISPUTE_FEE: Sides("fees: in another currency than the payment", "provider"),
    Kind.DISPUTE_FEE_BACK: Sides("provider", "fees"),
    Kind.PAYOUT: Sides("bank", "provider"),
    Kind.PAYOUT_FAILED: Sides("provider", "bank"),
    Kind.FEE: Sides("fees", "provider"),
    Kind.RETURNED: Sides("receivable: what it had paid; credit: what it had left", "bank, cash or provider"),
    Kind.UNSETTLED: Sides("receivable", "credit"),
    Kind.OWED_PAID: Sides("credit", "receivable, of no invoice"),
    Kind.OWED_GIVEN_UP: Sides("write-offs", "receivable, of no invoice"),
}
"""One row a kind: which side of which account."""
