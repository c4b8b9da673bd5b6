"""What is booked for each event. Amounts that are given are positive, in minor units; sums of nothing leave no posting.

Every function takes the id of the row that it is about, by which its key is unique, and returns the transaction.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailgate.billing.ledger.accounts import (
    BANK,
    CREDIT,
    FEES,
    GIFTS,
    OPENING,
    RECEIVABLE,
    REFUNDS,
    WRITE_OFFS,
    income,
    tax,
)
from mailgate.billing.ledger.transaction import BadTransaction, Posting, Transaction


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


@dataclass(frozen=True, slots=True)
class Sides:
    """What a kind of event debits and credits, in words for people; the functions below are what counts."""

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
    Kind.DISPUTE_WON: Sides("provider", "receivable: what it pays again; credit: the rest; fees: what comes back"),
    Kind.DISPUTE_FEE: Sides("fees: in another currency than the payment", "provider"),
    Kind.DISPUTE_FEE_BACK: Sides("provider", "fees"),
    Kind.PAYOUT: Sides("bank", "provider"),
    Kind.PAYOUT_FAILED: Sides("provider", "bank"),
    Kind.FEE: Sides("fees", "provider"),
    Kind.RETURNED: Sides("receivable: what it had paid; credit: what it had left", "bank, cash or provider"),
    Kind.UNSETTLED: Sides("receivable", "credit"),
}
"""One row a kind: which side of which account."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom an event is about, on which day, in which currency."""

    customer_id: int
    on_date: date
    currency: str


@dataclass(frozen=True, slots=True)
class Sale:
    """What a document comes to, in minor units. A part may be below zero, the sum may not."""

    net_minor: Mapping[str, int]  # by kind of product
    tax_minor: Mapping[str, int]  # by the name of its rule
    document_sha256: str  # of the frozen document


def invoice(invoice_id: int, whose: Whose, sale: Sale) -> Transaction:
    """An invoice is issued."""
    sales = _sales(sale, sign=-1)
    owed = _receivable(whose, {invoice_id: -sum(one.amount_minor for one in sales)}, sign=1)
    return _booked(Kind.INVOICE, invoice_id, "invoice", whose, (*owed, *sales), sale.document_sha256)


def credit_note(
    credit_note_id: int, whose: Whose, sale: Sale, *, against: Mapping[int, int], refunds_minor: int = 0
) -> Transaction:
    """A credit note is issued: it is set `against` invoices, so much of the rest is to be refunded, what is left is
    credit."""
    taken_back = _sales(sale, sign=1)
    rest = sum(one.amount_minor for one in taken_back) - sum(against.values()) - refunds_minor
    postings = (
        *taken_back,
        *_receivable(whose, against, sign=-1),
        *_kept(whose, REFUNDS, refunds_minor),
        *_kept(whose, CREDIT, rest),
    )
    return _booked(Kind.CREDIT_NOTE, credit_note_id, "credit-note", whose, postings, sale.document_sha256)


def void(credit_note_id: int, whose: Whose, sale: Sale, *, invoice_id: int, returned_minor: int) -> Transaction:
    """A whole invoice is taken back by a credit note; what had been set against it returns to the customer's credit."""
    taken_back = _sales(sale, sign=1)
    gross = sum(one.amount_minor for one in taken_back)
    open_again = _receivable(whose, {invoice_id: gross - returned_minor}, sign=-1)
    postings = (*taken_back, *open_again, *_kept(whose, CREDIT, returned_minor))
    return _booked(Kind.VOID, credit_note_id, "credit-note", whose, postings, sale.document_sha256)


def payment(
    payment_id: int, whose: Whose, *, amount_minor: int, into: str, allocations: Mapping[int, int]
) -> Transaction:
    """Money came in: so much of it is set against invoices, what is more becomes credit."""
    rest = amount_minor - sum(allocations.values())
    came = _once(into, amount_minor)
    postings = (*came, *_receivable(whose, allocations, sign=-1), *_kept(whose, CREDIT, rest))
    return _booked(Kind.PAYMENT, payment_id, "payment", whose, postings)


def deposit(payment_id: int, whose: Whose, *, amount_minor: int, into: str) -> Transaction:
    """Money came in for no invoice: all of it is credit."""
    postings = (*_once(into, amount_minor), *_kept(whose, CREDIT, amount_minor))
    return _booked(Kind.DEPOSIT, payment_id, "payment", whose, postings)


def settle(allocation_id: int, whose: Whose, *, invoice_id: int, amount_minor: int) -> Transaction:
    """Credit pays for an invoice."""
    taken = Posting(CREDIT, _positive(amount_minor), whose.customer_id)
    postings = (taken, *_receivable(whose, {invoice_id: amount_minor}, sign=-1))
    return _booked(Kind.SETTLE, allocation_id, "allocation", whose, postings)


def gift(gift_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """Credit is given, and no money came for it."""
    postings = (*_once(GIFTS, amount_minor), *_kept(whose, CREDIT, amount_minor))
    return _booked(Kind.GIFT, gift_id, "gift", whose, postings)


def opening(opening_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """What a customer had in an older system came along as credit."""
    postings = (*_once(OPENING, amount_minor), *_kept(whose, CREDIT, amount_minor))
    return _booked(Kind.OPENING, opening_id, "opening-balance", whose, postings)


def write_off(
    allocation_id: int, whose: Whose, *, invoice_id: int, amount_minor: int, cost: str = WRITE_OFFS
) -> Transaction:
    """What is open of an invoice is given up; `cost`: WRITE_OFFS, ROUNDING or DIFFERENCES."""
    postings = (*_once(cost, amount_minor), *_receivable(whose, {invoice_id: amount_minor}, sign=-1))
    return _booked(Kind.WRITE_OFF, allocation_id, "allocation", whose, postings)


def refund(refund_id: int, whose: Whose, *, amount_minor: int, out_of: str = REFUNDS, by: str) -> Transaction:
    """Money has been sent back, `out_of` REFUNDS or CREDIT, `by` a bank, the cash box or a provider."""
    return _booked(Kind.REFUND, refund_id, "refund", whose, _sent_back(whose, amount_minor, out_of, by, sign=1))


def refund_failed(refund_id: int, whose: Whose, *, amount_minor: int, out_of: str = REFUNDS, by: str) -> Transaction:
    """It came back: the refund is undone."""
    return _booked(Kind.REFUND_FAILED, refund_id, "refund", whose, _sent_back(whose, amount_minor, out_of, by, sign=-1))


def set_aside(refund_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """Credit is to be sent back: nothing else is paid from it."""
    taken = Posting(CREDIT, _positive(amount_minor), whose.customer_id)
    return _booked(Kind.SET_ASIDE, refund_id, "refund", whose, (taken, *_kept(whose, REFUNDS, amount_minor)))


def refund_kept(refund_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """What was to be sent back is not: it is credit."""
    postings = (*_once(REFUNDS, amount_minor), *_kept(whose, CREDIT, amount_minor))
    return _booked(Kind.REFUND_KEPT, refund_id, "refund", whose, postings)


def dispute(
    dispute_id: int,
    whose: Whose,
    *,
    amount_minor: int,
    allocations: Mapping[int, int],
    credit_minor: int = 0,
    fee_minor: int,
    provider: str,
) -> Transaction:
    """A payment was charged back: the invoices that it had paid are open again, what it left as credit is taken, and
    the provider takes a fee."""
    postings = _disputed(whose, amount_minor, allocations, credit_minor, fee_minor, provider, sign=1)
    return _booked(Kind.DISPUTE, dispute_id, "dispute", whose, postings)


def dispute_won(
    dispute_id: int,
    whose: Whose,
    *,
    amount_minor: int,
    allocations: Mapping[int, int],
    credit_minor: int = 0,
    fee_minor: int,
    provider: str,
) -> Transaction:
    """The money is ours again; `fee_minor`: what the provider gives back of its fee."""
    postings = _disputed(whose, amount_minor, allocations, credit_minor, fee_minor, provider, sign=-1)
    return _booked(Kind.DISPUTE_WON, dispute_id, "dispute", whose, postings)


def dispute_fee(
    dispute_id: int, whose: Whose, *, amount_minor: int, provider: str, is_back: bool = False
) -> Transaction:
    """The fee for a dispute where it is in another currency than the payment; `is_back`: the provider returns it."""
    amount = -_positive(amount_minor) if is_back else _positive(amount_minor)
    kind = Kind.DISPUTE_FEE_BACK if is_back else Kind.DISPUTE_FEE
    return _booked(kind, dispute_id, "dispute", whose, (Posting(FEES, amount), Posting(provider, -amount)))


def payout(
    payout_id: int, *, on_date: date, currency: str, amount_minor: int, provider: str, has_failed: bool = False
) -> Transaction:
    """The provider has sent what it kept for us to the bank, or has taken it back from there.

    Below zero it has taken from the bank what it lacked.
    """
    kind, amount = (Kind.PAYOUT_FAILED, -amount_minor) if has_failed else (Kind.PAYOUT, amount_minor)
    return Transaction(
        key=f"{kind.value}:{payout_id}",
        kind=kind.value,
        on_date=on_date,
        customer_id=None,
        currency=currency,
        object_kind="payout",
        object_id=payout_id,
        postings=(Posting(BANK, amount), Posting(provider, -amount)),
    )


def fee(payment_id: int, whose: Whose, *, amount_minor: int, provider: str) -> Transaction:
    """The provider keeps so much of a payment, in a currency that may be its own."""
    postings = (*_once(FEES, amount_minor), Posting(provider, -_positive(amount_minor)))
    return _booked(Kind.FEE, payment_id, "payment", whose, postings)


def returned(
    entry_id: int,
    whose: Whose,
    *,
    amount_minor: int,
    out_of: str,
    allocations: Mapping[int, int],
    credit_minor: int,
) -> Transaction:
    """The bank has taken a payment back, by a line of its own: what it had paid is open again, its credit is gone.

    What neither of them has any more, since it was paid out, is owed without an invoice.
    """
    taken = list(_receivable(whose, allocations, sign=1))
    if credit_minor:
        taken.append(Posting(CREDIT, _positive(credit_minor), whose.customer_id))
    if rest := amount_minor - credit_minor - sum(allocations.values()):
        taken.append(Posting(RECEIVABLE, _positive(rest), whose.customer_id))
    postings = (*taken, Posting(out_of, -_positive(amount_minor)))
    return _booked(Kind.RETURNED, entry_id, "bank-entry", whose, postings)


def unsettled(allocation_id: int, whose: Whose, *, invoice_id: int, amount_minor: int) -> Transaction:
    """Credit that had paid for an invoice is needed elsewhere: the invoice is open again."""
    owed = _receivable(whose, {invoice_id: amount_minor}, sign=1)
    return _booked(Kind.UNSETTLED, allocation_id, "allocation", whose, (*owed, *_kept(whose, CREDIT, amount_minor)))


def _booked(  # noqa: PLR0917 - called in this file alone, always in this order
    kind: Kind,
    object_id: int,
    object_kind: str,
    whose: Whose,
    postings: Iterable[Posting],
    document_sha256: str = "",
) -> Transaction:
    return Transaction(
        key=f"{kind.value}:{object_id}",
        kind=kind.value,
        on_date=whose.on_date,
        customer_id=whose.customer_id,
        currency=whose.currency,
        object_kind=object_kind,
        object_id=object_id,
        postings=tuple(postings),
        document_sha256=document_sha256,
    )


def _sales(sale: Sale, *, sign: int) -> tuple[Posting, ...]:
    """Income and tax; two names of one account are one posting."""
    by_account: dict[str, int] = {}
    for account, minor in (
        *((income(kind), minor) for kind, minor in sale.net_minor.items()),
        *((tax(name), minor) for name, minor in sale.tax_minor.items()),
    ):
        by_account[account] = by_account.get(account, 0) + sign * minor
    return tuple(Posting(account, minor) for account, minor in by_account.items() if minor)


def _receivable(whose: Whose, by_invoice: Mapping[int, int], *, sign: int) -> Iterator[Posting]:
    for invoice_id, minor in by_invoice.items():
        if minor:
            yield Posting(RECEIVABLE, sign * _positive(minor), whose.customer_id, invoice_id)


def _kept(whose: Whose, account: str, amount_minor: int) -> Iterator[Posting]:
    """What a customer has in hand with us; nothing for nothing."""
    if amount_minor:
        yield Posting(account, -_positive(amount_minor), whose.customer_id if account == CREDIT else None)


def _once(account: str, amount_minor: int) -> tuple[Posting]:
    return (Posting(account, _positive(amount_minor)),)


def _sent_back(whose: Whose, amount_minor: int, out_of: str, by: str, *, sign: int) -> Iterator[Posting]:
    amount = sign * _positive(amount_minor)
    yield Posting(out_of, amount, whose.customer_id if out_of == CREDIT else None)
    yield Posting(by, -amount)


def _disputed(  # noqa: PLR0917 - called in this file alone, always in this order
    whose: Whose,
    amount_minor: int,
    by_invoice: Mapping[int, int],
    credit_minor: int,
    fee_minor: int,
    provider: str,
    *,
    sign: int,
) -> Iterator[Posting]:
    """What is neither an invoice's nor credit is owed without an invoice: it was credit, and was sent back before."""
    yield from _receivable(whose, by_invoice, sign=sign)
    if rest := amount_minor - sum(by_invoice.values()) - credit_minor:
        yield Posting(RECEIVABLE, sign * _positive(rest), whose.customer_id)
    if credit_minor:
        yield Posting(CREDIT, sign * _positive(credit_minor), whose.customer_id)
    if fee_minor:
        yield Posting(FEES, sign * _positive(fee_minor))
    yield Posting(provider, -sign * _positive(amount_minor + fee_minor))


def _positive(minor: int) -> int:
    if minor <= 0:
        raise BadTransaction(f"an amount of {minor} where there must be some")
    return minor
