"""The bank takes a payment back: what it had paid is open again, what it had left is gone, and the payer is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mailgate.billing.ledger import events
from mailgate.flows.billing.back.open_again import open_again
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.money.refund import keep_what_is_not_sent
from mailgate.flows.billing.money.settle import CREDIT, PAYMENT, into, use_credit
from mailgate.flows.billing.money.tell_payer import tell_returned
from mailgate.flows.billing.told.letters import Taken
from store.billing import dunning, invoices, ledger, reopened
from store.billing.invoices import Settled
from store.billing.payments import Payment


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of it."""

    open_again: tuple[str, ...]  # numbers of the invoices that the payment, or its credit, had paid
    credit_minor: int  # what was taken from the credit
    owed_minor: int  # what neither had any more


def take_payment_back(deal: Deal, payment: Payment, *, entry_id: int, on: date) -> TakenBack:
    """A bank line took a payment of this account back, on a day: once, which its caller sees to.

    Its credit may have paid other invoices since. As far as it is missing these are open again too, the newest first.
    """
    conn = deal.conn
    keep_what_is_not_sent(deal, payment)
    paid = reopened.set_by(conn, PAYMENT, payment.id)
    rest = payment.amount_minor - sum(one.amount_minor for one in paid)
    about = events.Whose(payment.customer_id, on, payment.currency)
    spent = _spent(deal, payment, rest)
    open_again(deal, (*paid, *spent))
    unsettled = [
        events.unsettled(one.id, about, invoice_id=one.invoice_id, amount_minor=one.amount_minor) for one in spent
    ]
    ledger.book(conn, unsettled, now=deal.now)
    credit = min(rest, ledger.credit(conn, payment.customer_id, payment.currency))
    booked = events.returned(
        entry_id,
        about,
        amount_minor=payment.amount_minor,
        out_of=into(payment.method),
        allocations=_by_invoice(paid),
        credit_minor=credit,
    )
    ledger.book(conn, [booked], now=deal.now)
    use_credit(deal, tells=False)
    ids = list(_by_invoice((*paid, *spent)))
    tell_returned(deal, payment, ids, on=on, taken=Taken(owed_minor=rest - credit))
    dunning.look_soon(conn, payment.customer_id, now=deal.now)
    found = {one.id: one for one in invoices.several(conn, ids)}
    numbers = tuple(found[one].number for one in ids if found[one].open_minor)
    return TakenBack(numbers, credit, rest - credit)


def _spent(deal: Deal, payment: Payment, rest: int) -> tuple[Settled, ...]:
    """What the account's credit has paid, as far as there is too little of it now; the newest first."""
    missing = rest - ledger.credit(deal.conn, payment.customer_id, payment.currency)
    found: list[Settled] = []
    if missing > 0:
        for one in reopened.set_of(deal.conn, payment.customer_id, payment.currency, CREDIT):
            if missing <= 0:
                break
            found.append(one)
            missing -= one.amount_minor
    return tuple(found)


def _by_invoice(settled: Sequence[Settled]) -> dict[int, int]:
    """Minor units by the id of the invoice."""
    found: dict[int, int] = {}
    for one in settled:
        found[one.invoice_id] = found.get(one.invoice_id, 0) + one.amount_minor
    return found
