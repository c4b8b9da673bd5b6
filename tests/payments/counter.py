"""Counter: a provider under test, and whoever stands before it: payers, cards, banks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailgate.payments.manual import Manual
from mailgate.payments.provider import Card, Charge, ChargeSeen, NotOffered, Offer, OfferKind, Provider, RefundWanted
from mailgate.payments.stripe import Stripe
from tests.servers.provider import KEY, ProviderDouble

ANNE = 7
"""Her number as a customer of ours."""


def stripe_at(url: str, directory: Path, *, key: str = KEY, timeout_seconds: float = 20.0) -> Stripe:
    """The provider as it is built from settings."""
    file = directory / "stripe.key"
    file.write_text(f"{key}\n")
    return Stripe(file, url=url, timeout_seconds=timeout_seconds)


@dataclass(frozen=True)
class Counter:
    """`double` plays payers and banks; None: nobody does, since this provider offers nothing."""

    provider: Provider
    double: ProviderDouble | None = None

    @contextmanager
    def offered(self) -> Iterator[ProviderDouble]:
        """What is told within holds, or is not offered: then the first call says so in plain words, as Permanent."""
        if self.double is None:
            with pytest.raises(NotOffered, match=r'payments\.provider = "manual"'):
                yield ProviderDouble("http://nobody.invalid")
            return
        yield self.double

    def anne(self) -> str:
        """Her token there."""
        return self.provider.customer(key="customer-7", customer_id=ANNE, mail="anne@customer.example", name="Anne")

    def card(self, name: str = "pm_card_visa") -> Card:
        """A card that she has saved there."""
        customer = self.anne()
        assert self.double is not None
        return Card(self.double.card(customer, name), customer, "visa", "4242", date(2031, 1, 31))

    def charged(self, amount_minor: int = 1190, currency: str = "EUR", *, key: str = "charge-1") -> ChargeSeen:
        """Money that has come by a card."""
        wanted = charge(self.card(), amount_minor, currency, key=key)
        return self.provider.confirm(self.provider.start(wanted), wanted)


def charge(card: Card, amount_minor: int = 1190, currency: str = "EUR", *, key: str = "charge-1") -> Charge:
    """A charge of a card."""
    return Charge(key, ANNE, card, currency, amount_minor, "Invoice 2027-0031")


def some_card() -> Card:
    """A card that nobody has."""
    return Card("pm_nobodys", "cus_nobody", "visa", "4242", date(2031, 1, 31))


def offer(kind: OfferKind = OfferKind.INVOICE, amount_minor: int = 1190, currency: str = "EUR", **more: Any) -> Offer:
    """A link for Anne."""
    wanted = Offer(
        key="offer-1",
        kind=kind,
        customer_id=ANNE,
        customer_token="",
        mail="anne@customer.example",
        language="de",
        currency=currency,
        amount_minor=amount_minor,
        text="Invoice 2027-0031",
        return_url="https://gate.example/payment-done",
    )
    return replace(wanted, **more)


def back(charge_id: str, amount_minor: int, currency: str = "EUR", *, key: str = "refund-1") -> RefundWanted:
    """Money that is to go back."""
    return RefundWanted(key, charge_id, currency, amount_minor)


def by_hand() -> Counter:
    """Nobody handles cards."""
    return Counter(Manual())
