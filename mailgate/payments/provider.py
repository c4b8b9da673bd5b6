"""What a payment provider does for us: the protocol that each keeps, and the values that cross it.

Amounts are minor units of ISO 4217 beside their currency, and such as the provider can express: `expressible_minor`
says which. Every method is one conversation with the provider. It raises Temporary when nothing is known of what came
of it (a broken connection, too many calls, their failure), and Permanent when it would fail again; a card that is
declined is an answer, no error. Nothing of a card crosses but a token, its brand, the last four digits and its expiry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from mailgate.errors import Permanent

T = TypeVar("T")


class NotOffered(Permanent):
    """This provider cannot do that, as by hand nobody can charge a card."""


class Unfit(Permanent):
    """An amount or currency that the provider does not take."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card that the provider keeps, by its token there. All that we know of it."""

    token: str
    customer_token: str
    brand: str
    last4: str
    expires_on: date | None  # its last day


class OfferKind(StrEnum):
    """What a link is for."""

    INVOICE = "invoice"  # lives until it is closed, and is paid once
    PAY = "pay"  # somebody asked for it now: it ends within a day
    DEPOSIT = "deposit"  # the same, for credit
    CARD = "card"  # the same, to give a card without paying


@dataclass(frozen=True, slots=True)
class Offer:
    """A link as it is wanted."""

    key: str  # the same key is the same link
    kind: OfferKind
    customer_id: int
    customer_token: str  # "" where the provider does not know the customer yet
    mail: str  # filled in for the payer
    language: str
    currency: str
    amount_minor: int  # 0 for a card
    text: str  # what is paid for, as the payer reads it: "Invoice 2027-0031"
    return_url: str  # of a page of ours that shows something and does nothing; "" for the provider's own
    saves_card: bool = False
    lasts_seconds: int = 23 * 3600  # of what is asked for now


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is there."""

    id: str
    url: str
    expires_at: datetime | None  # None: it lives until it is closed


class OfferState(StrEnum):
    """How a link stands at the provider."""

    OPEN = "open"
    COMPLETED = "completed"
    CLOSED = "closed"  # or expired


@dataclass(frozen=True, slots=True)
class OfferSeen:
    """What has become of a link."""

    state: OfferState
    charges: tuple["ChargeSeen", ...] = ()  # of whoever has paid by it; more than one only where two were quick
    card: Card | None = None  # that was saved with it


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge of a saved card as it is wanted, while its owner is not there."""

    key: str  # the provider's idempotency key, and the charge's name in its metadata
    customer_id: int
    card: Card
    currency: str
    amount_minor: int
    text: str  # for the statement of the card's owner


class ChargeState(StrEnum):
    """How a charge stands at the provider."""

    MADE = "made"  # and not confirmed: no money moves
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    WANTS_CUSTOMER = "wants-customer"  # the bank wants to see its owner
    CANCELLED = "cancelled"


class Decline(StrEnum):
    """What a decline means for the next attempt."""

    SOFT = "soft"  # it may succeed in some days
    HARD = "hard"  # it never will: lost, stolen, closed, "do not try again"
    AUTHENTICATION = "authentication"  # with its owner there it may


@dataclass(frozen=True, slots=True)
class ChargeSeen:
    """What has become of a charge."""

    id: str
    state: ChargeState
    currency: str
    amount_minor: int
    method: str = "card"  # or "paypal", "sepa-debit", …: as the provider names it, with hyphens
    card: Card | None = None
    decline: Decline | None = None
    code: str = ""  # the provider's word for the decline
    received_at: datetime | None = None  # of money that came
    fee_minor: int = 0  # what the provider has kept of it, in `fee_currency`
    fee_currency: str = ""  # "": it does not know its fee yet
    refunded_minor: int = 0


class RefundState(StrEnum):
    """How a refund stands at the provider."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"  # it was never made: the card is closed or too old, or nothing is left


@dataclass(frozen=True, slots=True)
class RefundWanted:
    """Money that is to go back by the way it came."""

    key: str
    charge_id: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """What has become of a refund."""

    id: str  # "" where it was refused
    state: RefundState
    currency: str
    amount_minor: int
    code: str = ""


class DisputeState(StrEnum):
    """How a chargeback stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """A payment that its payer's bank has taken back."""

    id: str
    charge_id: str
    state: DisputeState
    currency: str
    amount_minor: int
    fee_minor: int
    fee_currency: str
    opened_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PayoutSeen:
    """Money that the provider has sent to the company's bank, or has not managed to."""

    id: str
    currency: str
    amount_minor: int
    arrives_on: date
    has_arrived: bool
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and where it goes on; "" at its end."""

    items: Sequence[T]
    cursor: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the account at the provider is, for `doctor`."""

    account: str
    is_live: bool
    details: Mapping[str, str] = field(default_factory=dict)


class Provider(Protocol):
    """Who handles cards."""

    name: str
    """As it stands in rows, and in the ledger as `assets:<name>`."""

    def expressible_minor(self, amount_minor: int, currency: str) -> int:
        """The most that is not above an amount and that can be charged in it. Raises Unfit. Asks nobody."""

    def least_minor(self, currency: str) -> int:
        """The least that is charged in a currency. Raises Unfit. Asks nobody."""

    def facts(self) -> Facts:
        """Which account the key belongs to."""

    def customer(self, *, key: str, customer_id: int, mail: str, name: str) -> str:
        """The token by which a customer is known there; the same key is the same customer."""

    def offer(self, wanted: Offer) -> Link:
        """Make a link."""

    def close_offer(self, link_id: str) -> None:
        """Nobody can pay by it any more; one that is closed or paid stays so."""

    def look_offer(self, link_id: str) -> OfferSeen:
        """How a link stands."""

    def start(self, wanted: Charge) -> str:
        """Make a charge that moves no money yet, and return its id. The same key is the same charge."""

    def confirm(self, charge_id: str, wanted: Charge) -> ChargeSeen:
        """Let the money move. One that has moved already is only looked at."""

    def look(self, charge_id: str) -> ChargeSeen:
        """How a charge stands."""

    def find(self, key: str, *, customer_token: str) -> str | None:
        """The id of the charge that was made with a key, when it is not known whether one was."""

    def cancel(self, charge_id: str) -> ChargeSeen:
        """No money moves by it any more, unless it has already: the answer says."""

    def refund(self, wanted: RefundWanted) -> RefundSeen:
        """Send money back. The same key is the same refund."""

    def look_refund(self, refund_id: str) -> RefundSeen:
        """How a refund stands."""

    def find_refund(self, key: str, *, charge_id: str) -> RefundSeen | None:
        """The refund that was made with a key, when it is not known whether one was."""

    def forget_card(self, token: str) -> None:
        """The card can be charged no more; one that is forgotten already stays so."""

    def disputes(self, cursor: str) -> Page[DisputeSeen]:
        """Chargebacks that are new or have changed since a cursor, oldest first; "" begins at the beginning."""

    def dispute(self, dispute_id: str) -> DisputeSeen:
        """How a chargeback stands."""

    def payouts(self, cursor: str) -> Page[PayoutSeen]:
        """Payouts that are new or have changed since a cursor, oldest first; "" begins at the beginning."""
