"""Stripe: cards are given on its own pages, charges and refunds go through its API.

A charge's id is that of a payment intent, whoever has made it: we, for a saved card, or a page that a link leads to.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mailgate.config import read_secret
from mailgate.payments import units
from mailgate.payments.provider import (
    Charge,
    ChargeSeen,
    DisputeSeen,
    Facts,
    Link,
    Offer,
    OfferSeen,
    Page,
    PayoutSeen,
    RefundSeen,
    RefundWanted,
)
from mailgate.payments.stripe import account, charges, news, offers, refunds
from mailgate.payments.stripe.talk import connect

if TYPE_CHECKING:
    from stripe import StripeClient


class Stripe:
    """The account that a key opens, by so many calls at once as may be.

    The file of the key is read by the first call, which may raise SecretUnavailable.
    """

    name = "stripe"

    def __init__(
        self, secret_key_file: Path, *, url: str = "", timeout_seconds: float = 30.0, at_once: int = 16
    ) -> None:
        self._secret_key_file, self._url = secret_key_file, url
        self._timeout_seconds, self._at_once = timeout_seconds, at_once

    @cached_property
    def _client(self) -> "StripeClient":
        return connect(
            read_secret(self._secret_key_file),
            url=self._url,
            timeout_seconds=self._timeout_seconds,
            at_once=self._at_once,
        )

    def expressible_minor(self, amount_minor: int, currency: str) -> int:
        """The most that is not above an amount and that can be charged in it. Raises Unfit."""
        return amount_minor - units.expressed(amount_minor, currency).rest_minor

    def least_minor(self, currency: str) -> int:
        """The least that is charged in a currency. Raises Unfit."""
        return units.least_minor(currency)

    def facts(self) -> Facts:
        """Which account the key belongs to."""
        return account.facts(self._client, key=read_secret(self._secret_key_file))

    def customer(self, *, key: str, customer_id: int, mail: str, name: str) -> str:
        """The token by which a customer is known there."""
        return account.customer(self._client, key=key, customer_id=customer_id, mail=mail, name=name)

    def offer(self, wanted: Offer) -> Link:
        """Make a link."""
        return offers.make(self._client, wanted)

    def close_offer(self, link_id: str) -> None:
        """Nobody can pay by it any more."""
        offers.close(self._client, link_id)

    def look_offer(self, link_id: str) -> OfferSeen:
        """How a link stands."""
        return offers.look(self._client, link_id)

    def start(self, wanted: Charge) -> str:
        """Make a charge that moves no money yet, and return its id."""
        return charges.start(self._client, wanted)

    def confirm(self, charge_id: str, wanted: Charge) -> ChargeSeen:
        """Let the money move."""
        return charges.confirm(self._client, charge_id, wanted)

    def look(self, charge_id: str) -> ChargeSeen:
        """How a charge stands."""
        return charges.look(self._client, charge_id)

    def find(self, key: str, *, customer_token: str) -> str | None:
        """The id of the charge that was made with a key."""
        return charges.find(self._client, key, customer_token=customer_token)

    def cancel(self, charge_id: str) -> ChargeSeen:
        """No money moves by it any more, unless it has already."""
        return charges.cancel(self._client, charge_id)

    def refund(self, wanted: RefundWanted) -> RefundSeen:
        """Send money back."""
        return refunds.make(self._client, wanted)

    def look_refund(self, refund_id: str) -> RefundSeen:
        """How a refund stands."""
        return refunds.look(self._client, refund_id)

    def find_refund(self, key: str, *, charge_id: str) -> RefundSeen | None:
        """The refund that was made with a key."""
        return refunds.find(self._client, key, charge_id=charge_id)

    def forget_card(self, token: str) -> None:
        """The card can be charged no more."""
        account.forget_card(self._client, token)

    def disputes(self, cursor: str) -> Page[DisputeSeen]:
        """Chargebacks that are new or have changed since a cursor."""
        return news.disputes(self._client, cursor)

    def dispute(self, dispute_id: str) -> DisputeSeen:
        """How a chargeback stands."""
        return news.dispute(self._client, dispute_id)

    def payouts(self, cursor: str) -> Page[PayoutSeen]:
        """Payouts that are new or have changed since a cursor."""
        return news.payouts(self._client, cursor)
