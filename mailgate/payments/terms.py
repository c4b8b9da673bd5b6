"""What a provider takes, as its published tables say: asked of nobody, so a transaction may ask it."""

from dataclasses import dataclass
from typing import Protocol

from mailgate.config.settings.payments import Payments, ProviderName
from mailgate.payments import units
from mailgate.payments.provider import Unfit


class Terms(Protocol):
    """The part of a provider that needs no conversation with it."""

    @property
    def name(self) -> str:
        """As it stands in rows, and in the ledger as `assets:<name>`."""

    def expressible_minor(self, amount_minor: int, currency: str) -> int:
        """The most that is not above an amount and that can be charged in it. Raises Unfit."""

    def least_minor(self, currency: str) -> int:
        """The least that is charged in a currency. Raises Unfit."""


@dataclass(frozen=True, slots=True)
class ByTable:
    """The tables that stand in `units`."""

    name: str

    def expressible_minor(self, amount_minor: int, currency: str) -> int:
        """See Terms."""
        try:
            return amount_minor - units.expressed(amount_minor, currency).rest_minor
        except units.UnsupportedCurrency as unsupported:
            raise Unfit(str(unsupported)) from unsupported

    def least_minor(self, currency: str) -> int:
        """See Terms."""
        try:
            return units.least_minor(currency)
        except units.UnsupportedCurrency as unsupported:
            raise Unfit(str(unsupported)) from unsupported


def terms_of(payments: Payments) -> Terms | None:
    """What the provider of the settings takes; None where nobody can charge a card."""
    return ByTable(ProviderName.STRIPE.value) if payments.provider is ProviderName.STRIPE else None


def chargeable(terms: Terms, amount_minor: int, currency: str) -> int:
    """How much of an amount is charged: 0 where it is below the least, or in a currency that is not taken."""
    try:
        found = terms.expressible_minor(amount_minor, currency)
        return found if found >= terms.least_minor(currency) else 0
    except Unfit:
        return 0
