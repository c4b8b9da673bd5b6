"""What is booked for each event. Amounts that are given are positive, in minor units; sums of nothing leave no posting.

Every function takes the id of the row that it is about, by which its key is unique, and returns the transaction.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mailgate.billing.ledger.accounts import BANK, CREDIT, FEES, GIFTS, OPENING, RECEIVABLE, REFUNDS, WRITE_OFFS
from mailgate.billing.ledger.kinds import Kind
from mailgate.billing.ledger.postings import kept, once, positive, receivable, sales, sent_back
from mailgate.billing.ledger.transaction import Posting, Transaction


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
    sold = sales(sale.net_minor, sale.tax_minor, sign=-1)
    owed = receivable(whose.customer_id, {invoice_id: -sum(one.amount_minor for one in sold)}, sign=1)
    return _booked(Kind.INVOICE, invoice_id, "invoice", whose, (*owed, *sold), sale.document_sha256)


def credit_note(
    credit_note_id: int, whose: Whose, sale: Sale, *, against: Mapping[int, int], refunds_minor: int = 0
) -> Transaction:
    """A credit note is issued: it is set `against` invoices, so much of the rest is to be refunded, what is left is
    credit."""
    taken_back = sales(sale.net_minor, sale.tax_minor, sign=1)
    rest = sum(one.amount_minor for one in taken_back) - sum(against.values()) - refunds_minor
    postings = (
        *taken_back,
        *receivable(whose.customer_id, against, sign=-1),
        *kept(whose.customer_id, REFUNDS, refunds_minor),
        *kept(whose.customer_id, CREDIT, rest),
    )
    return _booked(Kind.CREDIT_NOTE, credit_note_id, "credit-note", whose, postings, sale.document_sha256)


def void(credit_note_id: int, whose: Whose, sale: Sale, *, invoice_id: int, returned_minor: int) -> Transaction:
    """A whole invoice is taken back by a credit note; what had been set against it returns to the customer's credit."""
    taken_back = sales(sale.net_minor, sale.tax_minor, sign=1)
    gross = sum(one.amount_minor for one in taken_back)
    open_again = receivable(whose.customer_id, {invoice_id: gross - returned_minor}, sign=-1)
    postings = (*taken_back, *open_again, *kept(whose.customer_id, CREDIT, returned_minor))
    return _booked(Kind.VOID, credit_note_id, "credit-note", whose, postings, sale.document_sha256)


def payment(
    payment_id: int, whose: Whose, *, amount_minor: int, into: str, allocations: Mapping[int, int]
) -> Transaction:
    """Money came in: so much of it is set against invoices, what is more becomes credit."""
    rest = amount_minor - sum(allocations.values())
    came = once(into, amount_minor)
    postings = (*came, *receivable(whose.customer_id, allocations, sign=-1), *kept(whose.customer_id, CREDIT, rest))
    return _booked(Kind.PAYMENT, payment_id, "payment", whose, postings)


def deposit(payment_id: int, whose: Whose, *, amount_minor: int, into: str) -> Transaction:
    """Money came in for no invoice: all of it is credit."""
    postings = (*once(into, amount_minor), *kept(whose.customer_id, CREDIT, amount_minor))
    return _booked(Kind.DEPOSIT, payment_id, "payment", whose, postings)


def settle(allocation_id: int, whose: Whose, *, invoice_id: int, amount_minor: int) -> Transaction:
    """Credit pays for an invoice."""
    taken = Posting(CREDIT, positive(amount_minor), whose.customer_id)
    postings = (taken, *receivable(whose.customer_id, {invoice_id: amount_minor}, sign=-1))
    return _booked(Kind.SETTLE, allocation_id, "allocation", whose, postings)


def gift(gift_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """Credit is given, and no money came for it."""
    postings = (*once(GIFTS, amount_minor), *kept(whose.customer_id, CREDIT, amount_minor))
    return _booked(Kind.GIFT, gift_id, "gift", whose, postings)


def opening(opening_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """What a customer had in an older system came along as credit."""
    postings = (*once(OPENING, amount_minor), *kept(whose.customer_id, CREDIT, amount_minor))
    return _booked(Kind.OPENING, opening_id, "opening-balance", whose, postings)


def write_off(
    allocation_id: int, whose: Whose, *, invoice_id: int, amount_minor: int, cost: str = WRITE_OFFS
) -> Transaction:
    """What is open of an invoice is given up; `cost`: WRITE_OFFS, ROUNDING or DIFFERENCES."""
    postings = (*once(cost, amount_minor), *receivable(whose.customer_id, {invoice_id: amount_minor}, sign=-1))
    return _booked(Kind.WRITE_OFF, allocation_id, "allocation", whose, postings)


def refund(refund_id: int, whose: Whose, *, amount_minor: int, out_of: str = REFUNDS, by: str) -> Transaction:
    """Money has been sent back, `out_of` REFUNDS or CREDIT, `by` a bank, the cash box or a provider."""
    return _booked(
        Kind.REFUND, refund_id, "refund", whose, sent_back(whose.customer_id, amount_minor, out_of, by, sign=1)
    )


def refund_failed(refund_id: int, whose: Whose, *, amount_minor: int, out_of: str = REFUNDS, by: str) -> Transaction:
    """It came back: the refund is undone."""
    return _booked(
        Kind.REFUND_FAILED, refund_id, "refund", whose, sent_back(whose.customer_id, amount_minor, out_of, by, sign=-1)
    )


def set_aside(refund_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """Credit is to be sent back: nothing else is paid from it."""
    taken = Posting(CREDIT, positive(amount_minor), whose.customer_id)
    return _booked(Kind.SET_ASIDE, refund_id, "refund", whose, (taken, *kept(whose.customer_id, REFUNDS, amount_minor)))


def refund_kept(refund_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """What was to be sent back is not: it is credit."""
    postings = (*once(REFUNDS, amount_minor), *kept(whose.customer_id, CREDIT, amount_minor))
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
    given_up_minor: int = 0,
    fee_minor: int,
    provider: str,
) -> Transaction:
    """The money is ours again; `fee_minor`: what the provider gives back of its fee.

    `given_up_minor`: what was owed without an invoice, and given up meanwhile.
    """
    rest = amount_minor - given_up_minor
    postings = list(_disputed(whose, rest, allocations, credit_minor, fee_minor, provider, sign=-1))
    if given_up_minor:
        postings += [Posting(WRITE_OFFS, -positive(given_up_minor)), Posting(provider, given_up_minor)]
    return _booked(Kind.DISPUTE_WON, dispute_id, "dispute", whose, postings)


def dispute_fee(
    dispute_id: int, whose: Whose, *, amount_minor: int, provider: str, is_back: bool = False
) -> Transaction:
    """The fee for a dispute where it is in another currency than the payment; `is_back`: the provider returns it."""
    amount = -positive(amount_minor) if is_back else positive(amount_minor)
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
    postings = (*once(FEES, amount_minor), Posting(provider, -positive(amount_minor)))
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
    taken = list(receivable(whose.customer_id, allocations, sign=1))
    if credit_minor:
        taken.append(Posting(CREDIT, positive(credit_minor), whose.customer_id))
    if rest := amount_minor - credit_minor - sum(allocations.values()):
        taken.append(Posting(RECEIVABLE, positive(rest), whose.customer_id))
    postings = (*taken, Posting(out_of, -positive(amount_minor)))
    return _booked(Kind.RETURNED, entry_id, "bank-entry", whose, postings)


def unsettled(allocation_id: int, whose: Whose, *, invoice_id: int, amount_minor: int) -> Transaction:
    """Credit that had paid for an invoice is needed elsewhere: the invoice is open again."""
    owed = receivable(whose.customer_id, {invoice_id: amount_minor}, sign=1)
    return _booked(
        Kind.UNSETTLED, allocation_id, "allocation", whose, (*owed, *kept(whose.customer_id, CREDIT, amount_minor))
    )


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


def owed_paid(booking_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """What a chargeback or a return has left owed without an invoice is paid from credit; `booking_id`: of that."""
    taken = Posting(CREDIT, positive(amount_minor), whose.customer_id)
    return _booked(Kind.OWED_PAID, booking_id, "booking", whose, (taken, _owed(whose, -amount_minor)))


def owed_given_up(booking_id: int, whose: Whose, *, amount_minor: int) -> Transaction:
    """The same is asked for no more."""
    postings = (*once(WRITE_OFFS, amount_minor), _owed(whose, -amount_minor))
    return _booked(Kind.OWED_GIVEN_UP, booking_id, "booking", whose, postings)


def _owed(whose: Whose, amount_minor: int) -> Posting:
    return Posting(RECEIVABLE, amount_minor, whose.customer_id)


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
    yield from receivable(whose.customer_id, by_invoice, sign=sign)
    if rest := amount_minor - sum(by_invoice.values()) - credit_minor:
        yield Posting(RECEIVABLE, sign * positive(rest), whose.customer_id)
    if credit_minor:
        yield Posting(CREDIT, sign * positive(credit_minor), whose.customer_id)
    if fee_minor:
        yield Posting(FEES, sign * positive(fee_minor))
    if amount_minor + fee_minor:
        yield Posting(provider, -sign * positive(amount_minor + fee_minor))
