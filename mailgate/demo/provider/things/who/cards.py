"""Magic cards: each behaves in one way, by the names and numbers of Stripe's own test cards where it has one."""

from dataclasses import dataclass
from enum import StrEnum


class Behaviour(StrEnum):
    """What a card does beside being declined."""

    PAYS = "pays"
    AUTHENTICATION = "authentication"  # wants its owner each time
    AUTHENTICATION_ONCE = "authentication_once"  # when it is saved, and not afterwards
    SETTLES = "settles"  # processing, until it is settled by a door
    BOUNCES = "bounces"  # processing, and then it fails
    DISPUTED = "disputed"  # pays, and is disputed at once
    REFUND_PENDING = "refund_pending"
    REFUND_FAILS = "refund_fails"  # later, by a door
    REFUND_FAILED = "refund_failed"  # at once: the card is closed
    REFUND_REFUSED = "refund_refused"  # no refund is made at all


@dataclass(frozen=True, slots=True)
class Decline:
    """How a card is declined."""

    code: str
    advice: str | None
    message: str


_DECLINED = "Your card was declined."
_LATER, _NEVER, _CONFIRM = "try_again_later", "do_not_try_again", "confirm_card_data"
DECLINES = {
    "generic_decline": Decline("card_declined", _LATER, _DECLINED),
    "insufficient_funds": Decline("card_declined", _LATER, "Your card has insufficient funds."),
    "do_not_honor": Decline("card_declined", _LATER, _DECLINED),
    "try_again_later": Decline("card_declined", _LATER, _DECLINED),
    "card_velocity_exceeded": Decline("card_declined", _LATER, "Your card was declined for making repeated attempts."),
    "lost_card": Decline("card_declined", _NEVER, _DECLINED),
    "stolen_card": Decline("card_declined", _NEVER, _DECLINED),
    "pickup_card": Decline("card_declined", _NEVER, _DECLINED),
    "revocation_of_authorization": Decline("card_declined", _NEVER, _DECLINED),
    "do_not_try_again": Decline("card_declined", _NEVER, _DECLINED),
    "fraudulent": Decline("card_declined", _NEVER, _DECLINED),
    "expired_card": Decline("expired_card", _CONFIRM, "Your card has expired."),
    "incorrect_cvc": Decline("incorrect_cvc", _CONFIRM, "Your card's security code is incorrect."),
    "processing_error": Decline("processing_error", _LATER, "An error occurred while processing your card."),
    "authentication_required": Decline(
        "authentication_required", None, "Your card was declined. This transaction requires authentication."
    ),
}
AUTHENTICATED = "is_authenticated"
"""Hidden: the bank has asked for the card's owner, and he has answered."""

BEHAVIOURS = (*Behaviour, *DECLINES)
"""All that a card can be told to do."""


@dataclass(frozen=True, slots=True)
class Magic:
    """A card, or another way to pay, by its name."""

    name: str
    number: str
    brand: str = "visa"
    does: str = Behaviour.PAYS
    is_saved_well: bool = False  # it is taken when it is saved, and declined when it is charged
    kind: str = "card"

    @property
    def last4(self) -> str:
        """All that is shown of it."""
        return self.number[-4:]


_ALL = (
    Magic("pm_card_visa", "4242424242424242"),
    Magic("pm_card_visa_debit", "4000056655665556"),
    Magic("pm_card_mastercard", "5555555555554444", "mastercard"),
    Magic("pm_card_amex", "378282246310005", "amex"),
    Magic("pm_card_chargeDeclined", "4000000000000002", does="generic_decline"),
    Magic("pm_card_visa_chargeDeclined", "4000000000000002", does="generic_decline"),
    Magic("pm_card_chargeDeclinedInsufficientFunds", "4000000000009995", does="insufficient_funds"),
    Magic("pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995", does="insufficient_funds"),
    Magic("pm_card_visa_chargeDeclinedLostCard", "4000000000009987", does="lost_card"),
    Magic("pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", does="stolen_card"),
    Magic("pm_card_chargeDeclinedExpiredCard", "4000000000000069", does="expired_card"),
    Magic("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", does="incorrect_cvc"),
    Magic("pm_card_chargeDeclinedProcessingError", "4000000000000119", does="processing_error"),
    Magic("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975", does="card_velocity_exceeded"),
    Magic("pm_card_chargeDeclinedDoNotHonor", "4000000000000101", does="do_not_honor"),
    Magic("pm_card_chargeCustomerFail", "4000000000000341", does="generic_decline", is_saved_well=True),
    Magic("pm_card_authenticationRequired", "4000002760003184", does=Behaviour.AUTHENTICATION),
    Magic("pm_card_threeDSecure2Required", "4000000000003220", does=Behaviour.AUTHENTICATION),
    Magic("pm_card_authenticationRequiredOnSetup", "4000002500003155", does=Behaviour.AUTHENTICATION_ONCE),
    Magic("pm_card_createDispute", "4000000000000259", does=Behaviour.DISPUTED),
    Magic("pm_card_pendingRefund", "4000000000007726", does=Behaviour.REFUND_PENDING),
    Magic("pm_card_refundFail", "4000000000005126", does=Behaviour.REFUND_FAILS),
    Magic("pm_card_refundFailed", "4000000000005134", does=Behaviour.REFUND_FAILED),
    Magic("pm_card_refundRefused", "4000000000005142", does=Behaviour.REFUND_REFUSED),
    Magic("pm_sepa_debit", "AT611904300234573201", does=Behaviour.SETTLES, kind="sepa_debit"),
    Magic("pm_sepa_debit_fails", "AT861904300235473202", does=Behaviour.BOUNCES, kind="sepa_debit"),
    Magic("pm_paypal", "0000", kind="paypal"),
)
MAGIC = {magic.name: magic for magic in _ALL}
BY_NUMBER = {magic.number: magic for magic in reversed(_ALL)}


def magic_card(name: str) -> Magic | None:
    """The card with this name or number, which may have spaces."""
    return MAGIC.get(name) or BY_NUMBER.get(name.replace(" ", ""))
