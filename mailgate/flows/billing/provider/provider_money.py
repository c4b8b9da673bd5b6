"""Money that a provider has taken for us: the one door by which it comes into the books, whatever it was paid by."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import provider as account_of_provider
from mailgate.billing.ledger.transaction import Transaction
from mailgate.billing.payment.card_words import card_words
from mailgate.billing.period import local_date
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.money import settle
from mailgate.log_events import LogEvent
from mailgate.payments.provider import ChargeSeen, Unfit
from mailgate.payments.terms import Terms
from store.billing import invoices as documents
from store.billing import ledger, payments
from store.billing.invoices import Issued
from store.billing.payments import Payment

log = logging.getLogger(__name__)

UNITS = (1, 10, 100)
"""The least steps in which a provider may count a currency, in minor units."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of money that a provider has taken."""

    payment_id: int
    is_new: bool  # it was not in the books before
    allocated_minor: int = 0
    credit_minor: int = 0  # what is more than was open
    settled: tuple[str, ...] = ()  # numbers of invoices of which nothing is open any more


def receive(deal: Deal, seen: ChargeSeen, *, invoices: Collection[int], provider: Terms) -> Received:
    """Book money that has come, once, however often it is seen: it pays these invoices, the rest becomes credit.

    Credit settles what else has fallen due. The payer gets one receipt, or hears that it is credit now. Of invoices in
    another currency, or of another account, nothing is paid.
    """
    before = payments.by_provider(deal.conn, provider.name, seen.id)
    if before is not None:
        return Received(before.id, is_new=False)
    payment = payment_of(deal, seen, provider)
    wanted = _meant(deal, invoices, seen.currency)
    found = settle.take_in(
        deal,
        payment,
        wanted,
        unit_minor=unit_of(provider, seen.currency),
        costs=lambda number: _fee(deal, seen, number, provider),
    )
    log.info(
        LogEvent.PAYMENT_TAKEN(
            payment=found.payment_id, customer=payment.customer_id, amount=seen.amount_minor, currency=seen.currency
        )
    )
    return Received(found.payment_id, True, found.allocated_minor, found.credit_minor, found.settled)


def payment_of(deal: Deal, seen: ChargeSeen, provider: Terms) -> Payment:
    """Money that has come, as it is written down: of the account's day on which it came."""
    came_on = local_date(seen.received_at, deal.payer.zone) if seen.received_at else deal.day
    return Payment(
        0,
        deal.payer.customer.id,
        seen.method,
        seen.id,
        seen.currency,
        seen.amount_minor,
        min(came_on, deal.day),
        deal.now,
        deal.by,
        provider.name,
        label_of(seen),
        None if seen.fee_currency else deal.now + timedelta(seconds=deal.books.settings.payments.poll_seconds),
    )


def label_of(seen: ChargeSeen) -> str:
    """By what it was paid, for people: "Visa 4242"; "" where the method says it."""
    return card_words(seen.card.brand, seen.card.last4) if seen.card else ""


def book_fee(deal: Deal, seen: ChargeSeen, payment_id: int, provider: Terms) -> None:
    """What the provider has kept of a payment, in the currency in which it counts that.

    Where it does not say so yet, the payment is asked for once more: `late_fees`.
    """
    ledger.book(deal.conn, _fee(deal, seen, payment_id, provider), now=deal.now)


def _fee(deal: Deal, seen: ChargeSeen, payment_id: int, provider: Terms) -> list[Transaction]:
    if seen.fee_minor <= 0:
        return []
    about = events.Whose(deal.payer.customer.id, deal.day, seen.fee_currency or seen.currency)
    account = account_of_provider(provider.name)
    return [events.fee(payment_id, about, amount_minor=seen.fee_minor, provider=account)]


def unit_of(provider: Terms, currency: str) -> int:
    """The least step in which a provider counts a currency, in minor units; 1 where it does not take it."""
    try:
        return next((one for one in UNITS if provider.expressible_minor(one, currency) == one), 1)
    except Unfit:
        return 1


def _meant(deal: Deal, ids: Collection[int], currency: str) -> list[Issued]:
    """Those of this account and currency; of what is settled or was taken back nothing is paid."""
    number = deal.payer.customer.id
    return [one for one in documents.several(deal.conn, ids) if (one.customer_id, one.currency) == (number, currency)]
