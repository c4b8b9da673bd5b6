"""Setup intents: a card that is to be saved without a payment."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.who import customers, methods
from mailgate.demo.provider.things.who.cards import AUTHENTICATED, Behaviour
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, Refusal, wrong

_CONFIRMING = ("payment_method", "return_url", "mandate_data", "payment_method_options", "use_stripe_sdk")
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(state: State, fields: Fields, _: str) -> Object:
    """POST /v1/setup_intents"""
    fields.only(
        *_CONFIRMING,
        "automatic_payment_methods",
        "confirm",
        "customer",
        "description",
        "metadata",
        "allowed_payment_method_types",
        "usage",
    )
    customer = fields.text("customer")
    if customer is not None:
        customers.alive(state, customer)
    intent = new(state, customer, fields.metadata(), fields.texts("allowed_payment_method_types"))
    intent["description"] = fields.text("description")
    intent["usage"] = fields.choice("usage", "off_session", "on_session") or "off_session"
    if fields.text("payment_method") is not None:
        method = methods.usable(state, fields.needed("payment_method"))
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    if fields.flag("confirm"):
        return save(state, intent, can_act=False)
    return intent


def new(state: State, customer: str | None, metadata: Object, types: list[str]) -> Object:
    """One that waits for a card."""
    ident = state.new_id("seti")
    intent = {
        "id": ident,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None if types else {"allow_redirects": "always", "enabled": True},
        "cancellation_reason": None,
        "client_secret": f"{ident}_secret_{ident[-8:]}",
        "created": state.now,
        "customer": customer,
        "description": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": metadata,
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {},
        "payment_method_types": types or ["card", "paypal", "sepa_debit"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": "off_session",
    }
    state.put(intent)
    state.tell("setup_intent.created", intent)
    return intent


def confirm(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/setup_intents/ID/confirm"""
    fields.only(*_CONFIRMING)
    intent = state.find("setup_intent", ident)
    if intent["status"] not in _OPEN:
        raise _unexpected(intent, "confirm")
    if fields.text("payment_method") is not None:
        intent["payment_method"] = methods.usable(state, fields.needed("payment_method"))["id"]
    return save(state, intent, can_act=False)


def save(state: State, intent: Object, *, can_act: bool) -> Object:
    """Have the card saved. Raises Refusal, 402, when it is declined. `can_act`: its owner is there, and agrees."""
    if intent["payment_method"] is None:
        raise _unexpected(intent, "confirm")
    method = state.find("payment_method", intent["payment_method"])
    hidden = state.secrets[method["id"]]
    try:
        methods.check_saved(state, method)
    except Refusal as refusal:
        intent |= {"last_setup_error": dict(refusal.error), "payment_method": None, "status": "requires_payment_method"}
        state.tell("setup_intent.setup_failed", intent)
        raise refusal.about(setup_intent=intent) from None
    wants_owner = hidden["does"] in (Behaviour.AUTHENTICATION, Behaviour.AUTHENTICATION_ONCE)
    if wants_owner and not can_act:
        url = f"{state.base_url}/authenticate/{intent['id']}"
        action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": url}}
        intent |= {"next_action": action, "status": "requires_action"}
        state.tell("setup_intent.requires_action", intent)
        return intent
    hidden[AUTHENTICATED] = hidden["does"] == Behaviour.AUTHENTICATION_ONCE
    if intent["customer"] is not None:
        methods.bind(state, method, intent["customer"])
    intent |= {"last_setup_error": None, "next_action": None, "status": "succeeded"}
    state.tell("setup_intent.succeeded", intent)
    return intent


def cancel(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/setup_intents/ID/cancel"""
    fields.only("cancellation_reason")
    intent = state.find("setup_intent", ident)
    if intent["status"] not in _OPEN:
        raise _unexpected(intent, "cancel")
    intent |= {"cancellation_reason": fields.text("cancellation_reason"), "status": "canceled"}
    state.tell("setup_intent.canceled", intent)
    return intent


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/setup_intents/ID"""
    fields.only("client_secret")
    return state.find("setup_intent", ident)


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/setup_intents"""
    fields.only("customer", "payment_method", *lists.PAGE_FIELDS)
    customer, method = fields.text("customer"), fields.text("payment_method")
    found = (
        one
        for one in state.all("setup_intent")
        if customer in (None, one["customer"]) and method in (None, one["payment_method"])
    )
    return lists.page(found, fields, "/v1/setup_intents")


def _unexpected(intent: Object, doing: str) -> Refusal:
    message = f"You cannot {doing} this SetupIntent because it has a status of {intent['status']}."
    return wrong(message, code="setup_intent_unexpected_state").about(setup_intent=intent)
