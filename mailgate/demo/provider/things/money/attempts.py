"""One attempt to have what an intent wants: it pays, is declined, wants the card's owner, or takes days."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things.money import charges, disputes
from mailgate.demo.provider.things.who import methods
from mailgate.demo.provider.things.who.cards import AUTHENTICATED, DECLINES, Behaviour, Decline
from mailgate.demo.provider.wire.refusals import Object, Refusal, card_error, wrong

_WANTS_OWNER = (Behaviour.AUTHENTICATION, Behaviour.AUTHENTICATION_ONCE)
_TAKES_DAYS = (Behaviour.SETTLES, Behaviour.BOUNCES)
_NOT_AUTHENTICATED = Decline(
    "payment_intent_authentication_failure", None, "The provided PaymentMethod has failed authentication."
)
_BOUNCED = Decline(
    "payment_intent_payment_attempt_failed", None, "The payment failed: the bank has returned the debit."
)


def confirm(state: State, intent: Object, method: Object, *, can_act: bool) -> Object:
    """The intent afterwards. Raises Refusal, 402, when the card is declined; the intent then waits for another one.

    `can_act`: the card's owner is there.
    """
    hidden = state.secrets[method["id"]]
    does = hidden["does"]
    intent["next_action"] = None
    if does in DECLINES:
        raise _declined(state, intent, method, does, DECLINES[does])
    if _wants_owner(hidden):
        if not can_act:
            reason = "authentication_required"
            raise _declined(state, intent, method, reason, DECLINES[reason])
        url = f"{state.base_url}/authenticate/{intent['id']}"
        action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": url}}
        intent |= {"next_action": action, "status": "requires_action"}
        state.tell("payment_intent.requires_action", intent)
        return intent
    charge = charges.attempt(state, intent, method)
    intent |= {"last_payment_error": None, "latest_charge": charge["id"]}
    if does in _TAKES_DAYS:
        intent["status"] = "processing"
        state.tell("charge.pending", charge)
        state.tell("payment_intent.processing", intent)
        _keep_method(state, intent, method)
        return intent
    _succeed(state, intent, charge, method)
    return intent


def authenticate(state: State, intent: Object, *, is_owner: bool) -> Object:
    """The card's owner was asked. Raises Refusal when he was not the one."""
    if intent["status"] != "requires_action":
        raise wrong("This PaymentIntent does not wait for authentication.")
    method = state.find("payment_method", intent["payment_method"])
    if not is_owner:
        raise _declined(state, intent, method, None, _NOT_AUTHENTICATED)
    hidden = state.secrets[method["id"]]
    hidden[AUTHENTICATED] = True
    charge = charges.attempt(state, intent, method)
    intent |= {"last_payment_error": None, "latest_charge": charge["id"], "next_action": None}
    _succeed(state, intent, charge, method)
    if hidden["does"] == Behaviour.AUTHENTICATION:
        hidden[AUTHENTICATED] = False
    return intent


def settle(state: State, intent: Object, *, is_paid: bool | None) -> Object:
    """What took days is over; None: as the card behaves."""
    if intent["status"] != "processing":
        raise wrong("This PaymentIntent is not processing.")
    charge = state.find("charge", intent["latest_charge"])
    method = state.find("payment_method", charge["payment_method"])
    if state.secrets[method["id"]]["does"] != Behaviour.BOUNCES if is_paid is None else is_paid:
        _succeed(state, intent, charge, method)
    else:
        _fail(state, intent, method, None, _BOUNCED)
    return intent


def _wants_owner(hidden: Object) -> bool:
    return hidden["does"] in _WANTS_OWNER and not hidden.get(AUTHENTICATED)


def _succeed(state: State, intent: Object, charge: Object, method: Object) -> None:
    charges.succeed(state, charge)
    intent |= {"amount_received": intent["amount"], "status": "succeeded"}
    _keep_method(state, intent, method)
    state.tell("payment_intent.succeeded", intent)
    if state.secrets[method["id"]]["does"] == Behaviour.DISPUTED:
        disputes.open_(state, charge)


def _keep_method(state: State, intent: Object, method: Object) -> None:
    """A card that is not saved with its first payment cannot be used again."""
    if method["customer"] is None:
        if intent["customer"] is not None and intent["setup_future_usage"] is not None:
            methods.bind(state, method, intent["customer"])
        else:
            methods.use_up(state, method)


def _declined(state: State, intent: Object, method: Object, reason: str | None, decline: Decline) -> Refusal:
    intent["latest_charge"] = charges.attempt(state, intent, method)["id"]
    error = _fail(state, intent, method, reason, decline)
    more = {key: value for key, value in error.items() if key not in ("code", "message", "type", "doc_url")}
    return card_error(decline.message, code=decline.code, **more, payment_intent=intent)


def _fail(state: State, intent: Object, method: Object, reason: str | None, decline: Decline) -> Object:
    charge = state.find("charge", intent["latest_charge"])
    charges.fail(state, charge, reason or decline.code, decline)
    error = card_error(
        decline.message,
        code=decline.code,
        decline_code=reason,
        advice_code=decline.advice,
        charge=charge["id"],
        payment_method=dict(method),
    ).error
    intent |= {
        "last_payment_error": error,
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    state.tell("payment_intent.payment_failed", intent)
    return error
