"""A payment is charged back: what it had paid is open again, its card is blocked, and staff decide.

What is there of it as credit is taken first; then the invoices that it has paid are open by what is missing, then those
that the credit has paid which it was. Won, all of it is put back as far as it is still wanted.
"""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import CREDIT as CREDIT_ACCOUNT
from mailgate.billing.ledger.accounts import RECEIVABLE
from mailgate.billing.ledger.accounts import provider as account_of
from mailgate.billing.ledger.kinds import Kind
from mailgate.billing.payment.allocation import Allocation
from mailgate.billing.refund import STANDS
from mailgate.errors import Permanent
from mailgate.flows.billing.back.open_again import open_again_by
from mailgate.flows.billing.back.tell_dispute import tell_dispute
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.offers import renew_links
from mailgate.flows.billing.money.after_money import after_settlement
from mailgate.flows.billing.money.refund import keep_what_is_not_sent
from mailgate.flows.billing.money.settle import CREDIT, PAYMENT
from mailgate.flows.billing.money.tell_payer import tell_returned
from mailgate.flows.billing.told.letters import Taken
from mailgate.flows.billing.told.tell_hooks import tell_paid
from mailgate.log_events import LogEvent
from mailgate.payments.provider import DisputeSeen, DisputeState
from store.billing import cards, disputes, dunning, invoices, ledger, owed, refunds, reopened
from store.billing.disputes import Dispute, State
from store.billing.invoices import Settled
from store.billing.payments import Payment

log = logging.getLogger(__name__)

RESTS = timedelta(days=7)
"""So long the ladder waits for staff: a chargeback is often a mistake."""


class NotOpen(Permanent):
    """A dispute that is over, or about which staff have decided; `str()` says so."""


@dataclass(slots=True)
class _Missing:
    """What is still to be taken from somewhere, and what was: by invoice."""

    left_minor: int
    by_invoice: dict[int, int]

    def take(self, deal: Deal, found: Settled, *, most_minor: int) -> int:
        """Take of what settles an invoice, which is open by it; returns how much."""
        taken = min(self.left_minor, most_minor, found.amount_minor)
        if taken > 0:
            open_again_by(deal, found, taken)
            self.by_invoice[found.invoice_id] = self.by_invoice.get(found.invoice_id, 0) + taken
            self.left_minor -= taken
        return max(0, taken)


def hear(deal: Deal, payment: Payment, seen: DisputeSeen) -> Dispute:
    """What the provider says of a dispute of a payment of this account; said twice, or late, it changes nothing."""
    one = disputes.find_theirs(deal.conn, payment.provider, seen.id)
    is_known = one is not None
    one = one or _open(deal, payment, seen)
    one = _with_fee(deal, one, seen)
    if one.state is State.OPEN and seen.state is DisputeState.WON:
        one = _win(deal, payment, one, tells=is_known)
    elif one.state is State.OPEN and seen.state is DisputeState.LOST:
        one = _over(deal, one, State.LOST)
    return one


def accept(deal: Deal, one: Dispute, *, by: str) -> Dispute:
    """Staff have looked: the ladder goes on with what is open. Raises NotOpen."""
    if one.rests_until is None:
        raise NotOpen(f"dispute {one.id} is {one.state}, and nothing waits for it any more")
    decided = replace(one, rests_until=None, decided_by=by)
    disputes.write(deal.conn, decided)
    dunning.look_soon(deal.conn, one.customer_id, now=deal.now)
    return decided


def blocked_because(one: Dispute) -> str:
    """Why the card of its payer is not charged."""
    return f"dispute {one.id}"


def _open(deal: Deal, payment: Payment, seen: DisputeSeen) -> Dispute:
    conn = deal.conn
    one = Dispute(
        0,
        payment.customer_id,
        payment.id,
        payment.provider,
        seen.id,
        payment.currency,
        min(seen.amount_minor, payment.amount_minor),
        0,
        State.OPEN,
        seen.reason,
        seen.opened_at,
        rests_until=deal.now + RESTS,
    )
    became_credit = _became_credit(deal, payment)
    one = replace(one, id=disputes.add(conn, one))
    missing = _Missing(one.amount_minor, {})
    has = ledger.credit(conn, payment.customer_id, payment.currency)
    from_credit = min(missing.left_minor, became_credit, has)
    missing.left_minor -= from_credit
    for line in reversed(reopened.set_by(conn, PAYMENT, payment.id)):
        missing.take(deal, line, most_minor=line.amount_minor)
    spent = became_credit - from_credit
    for line in reopened.set_of(conn, payment.customer_id, payment.currency, CREDIT):
        spent -= missing.take(deal, line, most_minor=spent)
    whose = events.Whose(payment.customer_id, deal.issue_day, payment.currency)
    booked = events.dispute(
        one.id,
        whose,
        amount_minor=one.amount_minor,
        allocations=missing.by_invoice,
        credit_minor=from_credit,
        fee_minor=0,
        provider=account_of(payment.provider),
    )
    ledger.book(conn, [booked], now=deal.now)
    renew_links(conn, deal.books.settings, payment.customer_id, now=deal.now)
    card = cards.kept(conn, payment.customer_id, payment.provider)
    if card is not None and not card.blocked_because:
        cards.block(conn, card.id, because=blocked_because(one))
    tell_dispute(deal, one, tuple(missing.by_invoice), owed_minor=missing.left_minor)
    if seen.state is not DisputeState.WON:  # else it came and went before anybody heard of it
        taken = Taken(is_charged_back=True, blocks_card=card is not None, owed_minor=missing.left_minor)
        ids = tuple(missing.by_invoice)
        tell_returned(deal, payment, ids, on=deal.day, taken=taken, amount_minor=one.amount_minor)
    log.warning(LogEvent.DISPUTED(dispute=one.id, customer=one.customer_id, state=one.state.value))
    return one


def _became_credit(deal: Deal, payment: Payment) -> int:
    """What of a payment is at no invoice, was not charged back before, and was not sent back by staff."""
    kept_minor = keep_what_is_not_sent(deal, payment)
    paid = sum(line.amount_minor for line in reopened.set_by(deal.conn, PAYMENT, payment.id))
    sent = sum(one.amount_minor for one in refunds.of_payment(deal.conn, payment.id, STANDS) if not one.credit_note_id)
    before = disputes.charged_back(deal.conn, payment.id)
    return max(0, payment.amount_minor + kept_minor - paid - sent - before)


def _with_fee(deal: Deal, one: Dispute, seen: DisputeSeen) -> Dispute:
    """The fee as the provider has it by now: taken when it was opened, and perhaps given back at its end."""
    more = seen.fee_minor - one.fee_minor
    if not more:
        return one
    kind = Kind.DISPUTE_FEE if more > 0 else Kind.DISPUTE_FEE_BACK
    if ledger.find(deal.conn, f"{kind.value}:{one.id}") is not None:
        return one  # a second one of these is for a person to look at
    whose = events.Whose(one.customer_id, deal.issue_day, seen.fee_currency or one.currency)
    booked = events.dispute_fee(
        one.id, whose, amount_minor=abs(more), provider=account_of(one.provider), is_back=more < 0
    )
    ledger.book(deal.conn, [booked], now=deal.now)
    changed = replace(one, fee_minor=seen.fee_minor)
    disputes.write(deal.conn, changed)
    return changed


def _win(deal: Deal, payment: Payment, one: Dispute, *, tells: bool) -> Dispute:
    """The money is ours again: it pays what it paid before, as far as that is open still; the rest is credit."""
    conn = deal.conn
    before = ledger.find(conn, f"{Kind.DISPUTE.value}:{one.id}")
    assert before is not None
    anew = []
    for entry in before.entries:
        if entry.account == RECEIVABLE and entry.invoice_id is not None:
            taken = min(entry.amount_minor, invoices.get(conn, entry.invoice_id).open_minor)
            if taken:
                anew.append(Allocation(entry.invoice_id, taken))
    without_invoice = owed.part_of(before)
    was_paid, was_given_up = (
        ledger.find(conn, f"{kind.value}:{before.id}") is not None for kind in (Kind.OWED_PAID, Kind.OWED_GIVEN_UP)
    )
    given_up = without_invoice if was_given_up else 0
    still_owed = 0 if was_paid or was_given_up else without_invoice
    back_to_credit = sum(entry.amount_minor for entry in before.entries if entry.account == CREDIT_ACCOUNT)
    invoices.settle(conn, anew, source=PAYMENT, source_id=one.payment_id, now=deal.now)
    by_invoice = {allocation.invoice_id: allocation.amount_minor for allocation in anew}
    credit_minor = one.amount_minor - sum(by_invoice.values()) - still_owed - given_up
    assert credit_minor >= back_to_credit
    booked = events.dispute_won(
        one.id,
        events.Whose(one.customer_id, deal.issue_day, one.currency),
        amount_minor=one.amount_minor,
        allocations=by_invoice,
        credit_minor=credit_minor,
        given_up_minor=given_up,
        fee_minor=0,
        provider=account_of(one.provider),
    )
    ledger.book(conn, [booked], now=deal.now)
    card = cards.kept(conn, one.customer_id, one.provider)
    if card is not None and card.blocked_because == blocked_because(one):
        cards.block(conn, card.id, because="")
    tell_paid(deal, by_invoice)
    if tells:
        tell_returned(
            deal,
            payment,
            tuple(by_invoice),
            on=deal.day,
            taken=Taken(is_charged_back=True, is_won=True),
            amount_minor=one.amount_minor,
            credit_minor=credit_minor,
        )
    after_settlement(deal, set(by_invoice))
    return _over(deal, one, State.WON)


def _over(deal: Deal, one: Dispute, state: State) -> Dispute:
    """Lost, what is open stays so: staff write it off, or the ladder goes on when they say so, or in its time."""
    ended = replace(one, state=state, ended_at=deal.now, rests_until=one.rests_until if state is State.LOST else None)
    disputes.write(deal.conn, ended)
    tell_dispute(deal, ended)
    log.warning(LogEvent.DISPUTED(dispute=one.id, customer=one.customer_id, state=state.value))
    return ended
