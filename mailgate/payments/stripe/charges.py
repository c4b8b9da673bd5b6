"""Charges of saved cards: payment intents, made first and confirmed when their id is on record."""

from typing import TYPE_CHECKING

from mailgate.payments.provider import Charge, ChargeSeen, ChargeState
from mailgate.payments.stripe.reading import charge_seen, mark_of, marks, units_of
from mailgate.payments.stripe.talk import PAGE, Away, FailedAgain, Object, Refused, answer, by_key, listed, once

if TYPE_CHECKING:
    from stripe import StripeClient
    from stripe.params import PaymentIntentConfirmParams, PaymentIntentCreateParams

_EXPAND = ["latest_charge.balance_transaction"]
_MADE = "requires_confirmation"
_CAN_BE_CANCELLED = (ChargeState.MADE, ChargeState.DECLINED, ChargeState.WANTS_CUSTOMER)


def retrieve(client: "StripeClient", charge_id: str) -> Object:
    """The payment intent with its charge, and that with its entry in their books."""
    return answer(client.v1.payment_intents.retrieve, charge_id, {"expand": _EXPAND})


def look(client: "StripeClient", charge_id: str) -> ChargeSeen:
    """How a charge stands."""
    return charge_seen(retrieve(client, charge_id))


def start(client: "StripeClient", wanted: Charge) -> str:
    """Make the intent, by which no money moves yet. Two of them would do no harm: one of them is confirmed."""
    params: PaymentIntentCreateParams = {
        "amount": units_of(wanted.amount_minor, wanted.currency),
        "currency": wanted.currency.lower(),
        "customer": wanted.card.customer_token,
        "payment_method": wanted.card.token,
        "allowed_payment_method_types": ["card"],
        "description": wanted.text,
        "metadata": marks(wanted.key, wanted.customer_id),
    }
    made = once(wanted.key, lambda key: answer(client.v1.payment_intents.create, params, by_key(key)))
    return str(made["id"])


def confirm(client: "StripeClient", charge_id: str, wanted: Charge) -> ChargeSeen:
    """Let the money move, once; a decline is an answer.

    No payment method is named again: a decline takes it off the intent, which then cannot be confirmed a second time.
    """
    params: PaymentIntentConfirmParams = {"off_session": True, "expand": _EXPAND}
    confirmed = f"{wanted.key}-confirm"
    for key in (confirmed, f"{confirmed}-again"):
        try:
            return charge_seen(answer(client.v1.payment_intents.confirm, charge_id, params, by_key(key)))
        except (Refused, FailedAgain) as failure:  # declined, or it had moved already: the intent says which
            seen = retrieve(client, charge_id)
            if seen["status"] != _MADE:
                return charge_seen(seen)
            if isinstance(failure, Refused):
                raise
    raise Away(f"Stripe fails whenever {charge_id} is confirmed")


def find(client: "StripeClient", key: str, *, customer_token: str) -> str | None:
    """The intent that was made with a key: listed, since what they can search is a minute old."""
    made = listed(client.v1.payment_intents.list, {"customer": customer_token, "limit": PAGE})
    return next((str(one["id"]) for one in made if mark_of(one) == key), None)


def cancel(client: "StripeClient", charge_id: str) -> ChargeSeen:
    """No money moves by it any more, unless it has."""
    try:
        answer(client.v1.payment_intents.cancel, charge_id)
    except Refused:
        seen = look(client, charge_id)
        if seen.state in _CAN_BE_CANCELLED:
            raise
        return seen
    return look(client, charge_id)
