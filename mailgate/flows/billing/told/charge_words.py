"""What mails say of a charge: of which card, how much, when."""

from collections.abc import Mapping
from datetime import date

from mailgate.billing.payment.card_words import card_words
from mailgate.flows.story.act import Act
from mailgate.payments.provider import Decline
from mailgate.payments.terms import chargeable, terms_of
from store.billing.cards import SavedCard
from store.billing.charges import Charge


def announced_charge(
    act: Act, card: SavedCard, amount_minor: int, currency: str, on: date
) -> Mapping[str, object] | None:
    """One that is to come; None where nothing is left to charge, or too little."""
    terms = terms_of(act.settings.payments)
    taken = chargeable(terms, amount_minor, currency) if terms is not None and amount_minor > 0 else 0
    if not taken:
        return None
    return {
        "card": card_words(card.brand, card.last4),
        "amount_minor": taken,
        "currency": currency,
        "on": on.isoformat(),
    }


def declined_charge(charge: Charge, card: SavedCard, decline: Decline, again_on: date | None) -> Mapping[str, object]:
    """One that came to nothing. `why` is the word of `Decline`."""
    return {
        "card": card_words(card.brand, card.last4),
        "amount_minor": charge.amount_minor,
        "currency": charge.currency,
        "why": decline.value,
        "again_on": again_on.isoformat() if again_on else None,
    }
