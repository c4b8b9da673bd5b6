"""A saved card is charged: what for is written down under the account's lock; `charging` does it."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailgate.billing.payment.allocation import Allocation, allocate
from mailgate.billing.payment.card_words import card_words
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.money.tell_payer import tell_credit_used
from mailgate.log_events import LogEvent
from mailgate.payments.terms import Terms, chargeable
from store.billing import cards, charges, invoices, promises
from store.billing.charges import Charge, State
from store.billing.invoices import Issued
from store.billing.promises import Promise

log = logging.getLogger(__name__)


class Reason(StrEnum):
    """Why no card is charged."""

    NO_PROVIDER = "no-provider"  # nobody handles cards for this company
    NOT_BILLED = "not-billed"  # the account is billed elsewhere, or its customer is gone
    NOTHING_OPEN = "nothing-open"  # credit may have paid it just now: `used` says
    UNDER_WAY = "under-way"  # another charge of this account and currency is
    NO_CARD = "no-card"
    CARD_BLOCKED = "card-blocked"
    CARD_EXPIRED = "card-expired"
    TOO_LITTLE = "too-little"  # the provider takes no charge so small, or not this currency


@dataclass(frozen=True, slots=True)
class Begun:
    """A charge was written down; its job does the rest."""

    charge_id: int
    amount_minor: int
    card: str  # "Visa 4242"
    used: tuple[Allocation, ...] = ()  # of the account's credit, before


@dataclass(frozen=True, slots=True)
class WhyNot:
    """None was."""

    reason: Reason
    used: tuple[Allocation, ...] = ()
    charge_id: int | None = None  # that is under way


def charge_now(
    deal: Deal,
    provider: Terms | None,
    currency: str,
    invoice_ids: Collection[int] | None = None,
    *,
    asked_by: str,
    attempt: int = 0,
    found: Sequence[Issued] | None = None,
) -> Begun | WhyNot:
    """Credit first, then the saved card for the rest: of these invoices, or of all that are due in a currency.

    `attempt`: counted where the schedule asks, whose declines are tried again. The caller enqueues the job, or leaves
    it to the sweep. Of credit that was used the payer hears here, unless a charge of the same invoice follows.
    `found`: what is to be charged, where that was just read of an account without credit.
    """
    busy = charges.under_way(deal.conn, deal.payer.customer.id, currency)
    if busy is not None:
        return WhyNot(Reason.UNDER_WAY, charge_id=busy.id)
    if deal.payer.account.billed_elsewhere or deal.payer.customer.removed_at is not None:
        return WhyNot(Reason.NOT_BILLED)
    used = settle.use_credit(deal, tells=False, early=invoice_ids or ()) if found is None else ()
    wanted = to_charge(deal, currency, invoice_ids) if found is None else found
    begun = (
        _begin(deal, provider, currency, wanted, asked_by=asked_by, attempt=attempt) if wanted else Reason.NOTHING_OPEN
    )
    charged = {one.id for one in wanted} if isinstance(begun, Begun) else set()
    tell_credit_used(deal, [one for one in used if one.invoice_id not in charged])
    if isinstance(begun, Begun):
        log.info(LogEvent.CHARGE_BEGUN(charge=begun.charge_id, customer=deal.payer.customer.id))
        return Begun(begun.charge_id, begun.amount_minor, begun.card, used)
    return WhyNot(begun, used)


def to_charge(deal: Deal, currency: str, invoice_ids: Collection[int] | None) -> tuple[Issued, ...]:
    """Open invoices: those, or all that are due and rest for no promise."""
    number = deal.payer.customer.id
    found = invoices.open_of(deal.conn, number, currency)
    if invoice_ids is not None:
        return tuple(one for one in found if one.id in invoice_ids)
    return due_now(deal, found, promises.running(deal.conn, (number,)).get(number, ()))


def due_now(deal: Deal, open_now: Iterable[Issued], theirs: Iterable[Promise]) -> tuple[Issued, ...]:
    """Those that are due and that no promise of the account lets rest."""
    running = [one for one in theirs if one.until_on >= deal.day]
    return tuple(
        one
        for one in open_now
        if one.due_on <= deal.day and promises.rests_until(running, one.id) is None and is_brought(deal, one)
    )


def is_brought(deal: Deal, invoice: Issued) -> bool:
    """Until its mail goes out an invoice can be undone, and nobody is charged for it."""
    return deal.now >= invoice.issued_at + deal.books.settings.billing.ladder.hold


def _begin(
    deal: Deal, provider: Terms | None, currency: str, wanted: Sequence[Issued], *, asked_by: str, attempt: int
) -> Begun | Reason:
    number = deal.payer.customer.id
    if provider is None:
        return Reason.NO_PROVIDER
    card = cards.kept(deal.conn, number, provider.name)
    if card is None:
        return Reason.NO_CARD
    if not card.works(deal.day):
        return Reason.CARD_BLOCKED if card.blocked_because else Reason.CARD_EXPIRED
    amount_minor = chargeable(provider, sum(one.open_minor for one in wanted), currency)
    if not amount_minor:
        return Reason.TOO_LITTLE
    parts = allocate(amount_minor, invoices.to_settle(wanted)).allocations
    new = Charge(
        0,
        number,
        provider.name,
        currency,
        amount_minor,
        card.id,
        attempt,
        asked_by,
        State.NEW,
        deal.now,
        due_at=deal.now,
    )
    return Begun(charges.add(deal.conn, new, parts), amount_minor, card_words(card.brand, card.last4))
