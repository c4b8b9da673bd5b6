"""Payment intents: an amount that is to be had, through as many attempts as it takes."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.money import attempts
from mailgate.demo.provider.things.money.amounts import check_chargeable, currency_of
from mailgate.demo.provider.things.who import customers, methods
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, Refusal, malformed, missing, wrong

_WORDS = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "setup_future_usage")
_CONFIRMING = (
    "payment_method",
    "off_session",
    "return_url",
    "error_on_requires_action",
    "mandate",
    "mandate_data",
    "payment_method_options",
    "allowed_payment_method_types",
    "receipt_email",
    "setup_future_usage",
    "use_stripe_sdk",
)
_CREATING = (
    *_WORDS,
    *_CONFIRMING,
    "amount",
    "automatic_payment_methods",
    "capture_method",
    "confirm",
    "confirmation_method",
    "currency",
    "customer",
    "metadata",
)
_UPDATABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(state: State, fields: Fields, _: str) -> Object:
    """POST /v1/payment_intents"""
    fields.only(*_CREATING)
    amount = fields.number("amount")
    if amount is None:
        raise malformed("Missing required param: amount.", param="amount", code="parameter_missing")
    currency = currency_of(fields)
    check_chargeable(amount, currency, "amount")
    is_confirmed = bool(fields.flag("confirm"))
    if "off_session" in fields and not is_confirmed:
        raise malformed("You can only use `off_session` with `confirm` set to true.", param="off_session")
    fields.choice("capture_method", "automatic", "automatic_async")
    customer = fields.text("customer")
    if customer is not None:
        customers.alive(state, customer)
    types = fields.texts("allowed_payment_method_types")
    redirects = fields.part("automatic_payment_methods").choice("allow_redirects", "always", "never")
    if is_confirmed:
        _check_return(fields, types, redirects)
    intent = new(state, amount, currency, customer, metadata=fields.metadata(), types=types)
    intent |= {word: fields.text(word) for word in _WORDS}
    if not types:
        intent["automatic_payment_methods"] = {"allow_redirects": redirects or "always", "enabled": True}
    if fields.text("payment_method") is not None:
        _choose(state, intent, fields.needed("payment_method"))
    state.put(intent)
    state.tell("payment_intent.created", intent)
    return _confirmed(state, intent, fields) if is_confirmed else intent


def new(
    state: State, amount: int, currency: str, customer: str | None, *, metadata: Object, types: list[str]
) -> Object:
    """One that nothing has come of yet, and that is not kept yet."""
    ident = state.new_id("pi")
    return {
        "id": ident,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{ident}_secret_{ident[-8:]}",
        "confirmation_method": "automatic",
        "created": state.now,
        "currency": currency,
        "customer": customer,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata,
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": types or ["card", "paypal", "sepa_debit"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def update(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/payment_intents/ID"""
    fields.only(*_WORDS, "amount", "metadata", "payment_method", "customer")
    intent = state.find("payment_intent", ident)
    is_only_words = not {"amount", "payment_method", "customer"} & set(fields.names)
    if intent["status"] not in _UPDATABLE and not is_only_words:
        raise unexpected(intent, "This PaymentIntent could not be updated")
    amount = fields.number("amount")
    if amount is not None:
        check_chargeable(amount, intent["currency"], "amount")
        intent["amount"] = amount
    if fields.text("customer") is not None:
        intent["customer"] = customers.alive(state, fields.needed("customer"))["id"]
    if fields.text("payment_method") is not None:
        _choose(state, intent, fields.needed("payment_method"))
    intent |= {word: fields.text(word) for word in _WORDS if word in fields}
    words = {**intent["metadata"], **fields.metadata()}
    intent["metadata"] = {key: value for key, value in words.items() if value}
    return intent


def confirm(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/payment_intents/ID/confirm"""
    fields.only(*_CONFIRMING)
    intent = state.find("payment_intent", ident)
    if intent["status"] not in _UPDATABLE:
        raise unexpected(intent, "You cannot confirm this PaymentIntent")
    automatic = intent["automatic_payment_methods"]
    _check_return(
        fields, intent["payment_method_types"] if automatic is None else [], (automatic or {}).get("allow_redirects")
    )
    if fields.text("payment_method") is not None:
        _choose(state, intent, fields.needed("payment_method"))
    if fields.text("setup_future_usage") is not None:
        intent["setup_future_usage"] = fields.text("setup_future_usage")
    return _confirmed(state, intent, fields)


def cancel(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/payment_intents/ID/cancel"""
    fields.only("cancellation_reason")
    reason = fields.choice("cancellation_reason", "duplicate", "fraudulent", "requested_by_customer", "abandoned")
    intent = state.find("payment_intent", ident)
    if intent["status"] not in _UPDATABLE:
        raise unexpected(intent, "You cannot cancel this PaymentIntent")
    intent |= {"canceled_at": state.now, "cancellation_reason": reason, "next_action": None, "status": "canceled"}
    state.tell("payment_intent.canceled", intent)
    return intent


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/payment_intents/ID"""
    fields.only("client_secret")
    return state.find("payment_intent", ident)


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/payment_intents, of one customer perhaps."""
    fields.only("customer", *lists.PAGE_FIELDS)
    customer = fields.text("customer")
    found = (one for one in state.all("payment_intent") if customer in (None, one["customer"]))
    return lists.page(found, fields, "/v1/payment_intents")


def search(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/payment_intents/search"""
    return lists.search(state, "payment_intent", fields, "/v1/payment_intents/search")


def unexpected(intent: Object, doing: str) -> Refusal:
    """What is said of an intent that is past that."""
    return wrong(
        f"{doing} because it has a status of {intent['status']}.", code="payment_intent_unexpected_state"
    ).about(payment_intent=intent)


def _confirmed(state: State, intent: Object, fields: Fields) -> Object:
    if intent["payment_method"] is None:
        raise unexpected(intent, "You cannot confirm this PaymentIntent without a payment method")
    method = state.find("payment_method", intent["payment_method"])
    off_session = fields.text("off_session") not in (None, "false")
    can_act = not off_session and not fields.flag("error_on_requires_action")
    return attempts.confirm(state, intent, method, can_act=can_act)


def _choose(state: State, intent: Object, ident: str) -> None:
    method = methods.usable(state, ident)
    owner = method["customer"]
    if owner is not None and intent["customer"] is None:
        raise malformed(
            f"The payment method {method['id']} belongs to the Customer {owner}. Please include the Customer in the "
            "`customer` parameter on the PaymentIntent.",
            param="payment_method",
        )
    if owner not in (None, intent["customer"]):
        raise missing("PaymentMethod", ident, param="payment_method", status=400)
    if method["type"] not in intent["payment_method_types"]:
        raise malformed(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent.",
            param="payment_method",
        )
    if method["type"] == "sepa_debit" and intent["currency"] != "eur":
        raise malformed("The payment method type sepa_debit takes eur only.", param="payment_method")
    intent |= {"payment_method": method["id"], "status": "requires_confirmation"}


def _check_return(fields: Fields, types: list[str], redirects: str | None) -> None:
    # Some of an account's methods lead the payer elsewhere; whoever is not there cannot be led.
    is_away = fields.text("off_session") not in (None, "false")
    if not types and redirects != "never" and not is_away and fields.text("return_url") is None:
        raise malformed(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. As some of these "
            "might redirect your customer off of your page, you must provide a `return_url`, or, not to accept them, "
            "set `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )
