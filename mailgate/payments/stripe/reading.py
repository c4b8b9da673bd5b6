"""What Stripe's objects say, in our values; of a card: its token, brand, last four digits and expiry, nothing else."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from mailgate.payments.provider import Card, ChargeSeen, ChargeState, Decline, Unfit
from mailgate.payments.stripe.talk import Object
from mailgate.payments.units import expressed, minor_of, nearest_minor

MARK = "mailgate"
"""The name in their metadata under which our key stands."""

_STATES: Mapping[str, ChargeState] = {
    "requires_confirmation": ChargeState.MADE,
    "requires_payment_method": ChargeState.MADE,  # or declined: then there is an error beside it
    "requires_action": ChargeState.WANTS_CUSTOMER,
    "processing": ChargeState.PROCESSING,
    "requires_capture": ChargeState.PROCESSING,
    "succeeded": ChargeState.SUCCEEDED,
    "canceled": ChargeState.CANCELLED,
}

_WANTS_OWNER = frozenset(("authentication_required", "authentication_not_handled"))
_HARD_ADVICE = frozenset(("do_not_try_again", "confirm_card_data"))
_HARD = """
    lost_card stolen_card pickup_card restricted_card expired_card incorrect_number invalid_number invalid_account
    invalid_expiry_month invalid_expiry_year fraudulent merchant_blacklist security_violation highest_risk_level
    transaction_not_allowed card_not_supported currency_not_supported not_permitted service_not_allowed
    stop_payment_order revocation_of_authorization revocation_of_all_authorizations no_account account_closed
    bank_account_unusable debit_not_authorized payment_method_not_available testmode_decline test_mode_live_card
    live_mode_test_card
"""
"""No later attempt mends these: https://docs.stripe.com/declines/codes, and what their own retries leave out."""

_HARD_CODES = frozenset(_HARD.split())


def marks(key: str, customer_id: int) -> dict[str, str]:
    """The metadata of what we make there."""
    return {MARK: key, "customer": str(customer_id)}


def mark_of(thing: Object) -> str:
    """Our key in the metadata; "" for what somebody else has made."""
    return str((thing.get("metadata") or {}).get(MARK, ""))


def units_of(amount_minor: int, currency: str) -> int:
    """A whole number of their units. Raises Unfit for what cannot be expressed in them."""
    crossing = expressed(amount_minor, currency)
    if crossing.rest_minor or amount_minor <= 0:
        raise Unfit(f"{amount_minor} minor units of {currency} cannot be charged as they are")
    return crossing.units


def currency_of(thing: Object) -> str:
    """The code as ISO 4217 has it; they write it small."""
    return str(thing["currency"]).upper()


def amount_of(thing: Object, name: str = "amount") -> int:
    """An amount of a thing in our minor units, in the thing's currency."""
    return minor_of(int(thing[name]), currency_of(thing))


def reckoned_of(thing: Object, name: str) -> int:
    """An amount of a thing that they have reckoned, such as a fee."""
    return nearest_minor(int(thing[name]), currency_of(thing))


def instant(seconds: int) -> datetime:
    """Their seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def id_of(reference: Any) -> str:
    """The id of what stands there whole, as its id, or not at all: ""."""
    return str(reference["id"] if isinstance(reference, Mapping) else reference or "")


def card_of(details: Object, *, token: str, customer_token: str) -> Card:
    """A card by what they tell of it."""
    return Card(token, customer_token, str(details["brand"]), str(details["last4"]), _last_day(details))


def _last_day(details: Object) -> date | None:
    year, month = details.get("exp_year"), details.get("exp_month")
    return date(year, month, monthrange(year, month)[1]) if year and month else None


def card_of_method(method: Object | None) -> Card | None:
    """A payment method that somebody has left there, when it is a card that can be charged again."""
    if method is None or method["type"] != "card" or not method.get("customer"):
        return None
    return card_of(method["card"], token=str(method["id"]), customer_token=id_of(method["customer"]))


def charge_seen(intent: Object) -> ChargeSeen:
    """A payment intent as a charge."""
    charge = intent.get("latest_charge")
    details = charge if isinstance(charge, Mapping) else {}
    method = details.get("payment_method_details") or {}
    state, decline, code = _outcome(intent)
    is_paid = state is ChargeState.SUCCEEDED
    fee_minor, fee_currency = _fee(details.get("balance_transaction"))
    return ChargeSeen(
        id=str(intent["id"]),
        state=state,
        currency=currency_of(intent),
        amount_minor=amount_of(intent),
        method=str(method.get("type") or "card").replace("_", "-"),
        card=_card_used(intent, method),
        decline=decline,
        code=code,
        received_at=instant(details.get("created") or intent["created"]) if is_paid else None,
        fee_minor=fee_minor,
        fee_currency=fee_currency,
        refunded_minor=amount_of(details, "amount_refunded") if details.get("amount_refunded") else 0,
    )


def saved_card(intent: Object) -> Card | None:
    """The card that was paid with, when its owner agreed to be charged again."""
    charge = intent.get("latest_charge")
    if intent.get("setup_future_usage") != "off_session" or not isinstance(charge, Mapping):
        return None
    card = _card_used(intent, charge.get("payment_method_details") or {})
    return card if card and card.token and card.customer_token else None


def _card_used(intent: Object, method: Object) -> Card | None:
    if method.get("type") != "card" or not method.get("card"):
        return None
    return card_of(
        method["card"], token=id_of(intent.get("payment_method")), customer_token=id_of(intent.get("customer"))
    )


def _outcome(intent: Object) -> tuple[ChargeState, Decline | None, str]:
    error, state = intent.get("last_payment_error"), _STATES.get(intent["status"], ChargeState.PROCESSING)
    if state is ChargeState.WANTS_CUSTOMER:
        return state, Decline.AUTHENTICATION, str((error or {}).get("code") or "authentication_required")
    if intent["status"] != "requires_payment_method" or not error:
        return state, None, ""
    decline, code = _meaning(error)
    return (ChargeState.WANTS_CUSTOMER if decline is Decline.AUTHENTICATION else ChargeState.DECLINED), decline, code


def _meaning(error: Object) -> tuple[Decline, str]:
    """What a decline means for the next attempt, and their most exact word for it."""
    code, exact = str(error.get("code") or ""), str(error.get("decline_code") or "")
    if not _WANTS_OWNER.isdisjoint((code, exact)):
        return Decline.AUTHENTICATION, exact or code
    if error.get("advice_code") in _HARD_ADVICE or not _HARD_CODES.isdisjoint((code, exact)):
        return Decline.HARD, exact or code
    return Decline.SOFT, exact or code


def _fee(transaction: Any) -> tuple[int, str]:
    """What they kept of a payment, as far as the entry in their books is there already."""
    if not isinstance(transaction, Mapping):
        return 0, ""
    return reckoned_of(transaction, "fee"), currency_of(transaction)
