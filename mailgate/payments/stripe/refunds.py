"""Money that goes back by the way it came."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mailgate.payments.provider import RefundSeen, RefundState, RefundWanted
from mailgate.payments.stripe.reading import MARK, amount_of, currency_of, mark_of, units_of
from mailgate.payments.stripe.talk import PAGE, KeyRefused, Object, OtherWish, Refused, answer, by_key, listed, once

if TYPE_CHECKING:
    from stripe import StripeClient
    from stripe.params import RefundCreateParams

_STATES: Mapping[str, RefundState] = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}


def make(client: "StripeClient", wanted: RefundWanted) -> RefundSeen:
    """Send money back; the same key is the same refund. What they will not do is an answer, no error."""
    params: RefundCreateParams = {
        "payment_intent": wanted.charge_id,
        "amount": units_of(wanted.amount_minor, wanted.currency),
        "metadata": {MARK: wanted.key},
    }
    try:
        return _seen(
            once(
                wanted.key,
                lambda key: answer(client.v1.refunds.create, params, by_key(key)),
                lambda: _find(client, wanted.key, wanted.charge_id),
            )
        )
    except Refused as refused:
        if _is_our_mistake(refused):
            raise
        return RefundSeen("", RefundState.REFUSED, wanted.currency, wanted.amount_minor, refused.code or "refused")


def look(client: "StripeClient", refund_id: str) -> RefundSeen:
    """How a refund stands."""
    return _seen(answer(client.v1.refunds.retrieve, refund_id))


def find(client: "StripeClient", key: str, *, charge_id: str) -> RefundSeen | None:
    """The refund that was made with a key."""
    found = _find(client, key, charge_id)
    return _seen(found) if found else None


def _find(client: "StripeClient", key: str, charge_id: str) -> Object | None:
    made = listed(client.v1.refunds.list, {"payment_intent": charge_id, "limit": PAGE})
    return next((one for one in made if mark_of(one) == key), None)


def _is_our_mistake(refused: Refused) -> bool:
    """It says nothing about the money: no such charge, a key that may not do it, parameters that are none."""
    return (
        isinstance(refused, KeyRefused | OtherWish)
        or refused.code == "resource_missing"
        or refused.code.startswith("parameter_")
    )


def _seen(refund: Object) -> RefundSeen:
    return RefundSeen(
        id=str(refund["id"]),
        state=_STATES.get(refund["status"], RefundState.PENDING),
        currency=currency_of(refund),
        amount_minor=amount_of(refund),
        code=str(refund.get("failure_reason") or ""),
    )
