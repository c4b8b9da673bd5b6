"""Payers hear what became of a charge of their card, and when a card of theirs ends."""

from datetime import date

from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.dunning.ladder import tell_declined
from mailgate.flows.billing.told.charge_words import declined_charge
from mailgate.flows.story.act import Act
from mailgate.payments.provider import Decline
from store.billing import charges
from store.billing.cards import SavedCard
from store.billing.charges import Charge


def tell_failed(deal: Deal, charge: Charge, card: SavedCard, decline: Decline, again_on: date | None) -> None:
    """A charge was declined: what happened, when it is tried again, and how else to pay, in the reminder's place."""
    if deal.is_quiet:
        return
    act = Act.begin(deal.conn, deal.books.settings, deal.now)
    ids = [one.invoice_id for one in charges.parts(deal.conn, charge.id)]
    tell_declined(act, deal.payer, ids, declined_charge(charge, card, decline, again_on))
