"""Nobody who handles cards: customers send money by themselves, and staff or a bank's file say that it came."""

from typing import NoReturn

from mailgate.billing.money.currencies import CURRENCIES
from mailgate.payments.provider import (
    Charge,
    ChargeSeen,
    DisputeSeen,
    Facts,
    Link,
    NotOffered,
    Offer,
    OfferSeen,
    Page,
    PayoutSeen,
    RefundSeen,
    RefundWanted,
    Unfit,
)


def _not_offered(what: str) -> NoReturn:
    raise NotOffered(f'payments.provider = "manual" {what}; set it to a provider who does')


class Manual:
    """Money moves where mailgate sees nothing of it, in any currency and to the last minor unit."""

    name = "manual"

    def expressible_minor(self, amount_minor: int, currency: str) -> int:
        """All of it. Raises Unfit for what is no currency."""
        if currency not in CURRENCIES:
            raise Unfit(f"nobody pays in {currency[:20]!r}")
        return amount_minor

    def least_minor(self, currency: str) -> int:
        """One minor unit: no provider wants more. Raises Unfit for what is no currency."""
        return self.expressible_minor(1, currency)

    def facts(self) -> Facts:
        """There is no account."""
        _not_offered("has no account with anybody")

    def customer(self, *, key: str, customer_id: int, mail: str, name: str) -> str:
        """Nobody knows them elsewhere."""
        _not_offered("keeps no customers anywhere else")

    def offer(self, wanted: Offer) -> Link:
        """There is no page to pay on."""
        _not_offered("makes no links to pay by")

    def close_offer(self, link_id: str) -> None:
        """A link that is there is another provider's."""
        _not_offered("closes no links")

    def look_offer(self, link_id: str) -> OfferSeen:
        """A link that is there is another provider's."""
        _not_offered("knows no links to pay by")

    def start(self, wanted: Charge) -> str:
        """Nobody can charge a card by hand."""
        _not_offered("charges no cards")

    def confirm(self, charge_id: str, wanted: Charge) -> ChargeSeen:
        """Nobody can charge a card by hand."""
        _not_offered("charges no cards")

    def look(self, charge_id: str) -> ChargeSeen:
        """A charge that is there is another provider's."""
        _not_offered("knows no charges")

    def find(self, key: str, *, customer_token: str) -> str | None:
        """None was made, with any key."""
        return None

    def cancel(self, charge_id: str) -> ChargeSeen:
        """A charge that is there is another provider's."""
        _not_offered("knows no charges")

    def refund(self, wanted: RefundWanted) -> RefundSeen:
        """Staff send it back by themselves."""
        _not_offered("sends no money back")

    def look_refund(self, refund_id: str) -> RefundSeen:
        """A refund that is there is another provider's."""
        _not_offered("knows no refunds")

    def find_refund(self, key: str, *, charge_id: str) -> RefundSeen | None:
        """None was made, with any key."""
        return None

    def forget_card(self, token: str) -> None:
        """It cannot be charged anyhow, so whoever wants it forgotten is not told that it cannot be."""

    def disputes(self, cursor: str) -> Page[DisputeSeen]:
        """Nobody tells of any."""
        return Page((), cursor)

    def dispute(self, dispute_id: str) -> DisputeSeen:
        """A chargeback that is there is another provider's."""
        _not_offered("knows no chargebacks")

    def payouts(self, cursor: str) -> Page[PayoutSeen]:
        """Nobody tells of any."""
        return Page((), cursor)
