"""Checkout sessions: a page for what is asked for now; it dies within a day."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.money.amounts import currency_of
from mailgate.demo.provider.things.offers import items, links
from mailgate.demo.provider.things.who import customers, setups
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, malformed, wrong

_URL = "/v1/checkout/sessions"
_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
_SLACK = 60  # on the way here
_CREATING = (
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "currency",
    "custom_text",
    "customer",
    "customer_creation",
    "customer_email",
    "customer_update",
    "expires_at",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "payment_method_options",
    "allowed_payment_method_types",
    "saved_payment_method_options",
    "setup_intent_data",
    "submit_type",
    "success_url",
    "ui_mode",
)
_INTENT_DATA = ("description", "metadata", "receipt_email", "setup_future_usage", "statement_descriptor_suffix")


def create(state: State, fields: Fields, _: str) -> Object:
    """POST /v1/checkout/sessions"""
    fields.only(*_CREATING)
    mode = fields.choice("mode", "payment", "setup")
    if mode is None:
        raise malformed("Missing required param: mode.", param="mode", code="parameter_missing")
    success_url, types = fields.needed("success_url"), fields.texts("allowed_payment_method_types")
    customer, email = fields.text("customer"), fields.text("customer_email")
    if customer is not None and email is not None:
        raise malformed("You may only specify one of these parameters: customer, customer_email.", param="customer")
    if customer is not None:
        customers.alive(state, customer)
    if mode == "setup" and "line_items" in fields:
        raise malformed("You can not pass `line_items` in `setup` mode.", param="line_items")
    if mode == "setup" and "payment_intent_data" in fields:
        raise malformed("You can not pass `payment_intent_data` in `setup` mode.", param="payment_intent_data")
    lines = items.read(state, fields) if mode == "payment" else []
    currency = lines[0]["currency"] if lines else _setup_currency(fields, types)
    session = new(state, mode, lines, currency, expires_at=_expiry(state, fields))
    session |= {
        "cancel_url": fields.text("cancel_url"),
        "client_reference_id": fields.text("client_reference_id"),
        "customer": customer,
        "customer_creation": None if customer or mode == "setup" else fields.text("customer_creation") or "if_required",
        "customer_email": email,
        "locale": fields.text("locale"),
        "metadata": fields.metadata(),
        "submit_type": fields.text("submit_type"),
        "success_url": success_url,
    }
    session["payment_method_types"] = types or session["payment_method_types"]
    data = fields.part("payment_intent_data")
    data.only(*_INTENT_DATA)
    hidden = state.secrets[session["id"]]
    hidden["payment_intent_data"] = {
        "description": data.text("description"),
        "metadata": data.metadata(),
        "setup_future_usage": data.choice("setup_future_usage", "off_session", "on_session"),
    }
    if mode == "setup":
        about = fields.part("setup_intent_data")
        about.only("description", "metadata")
        intent = setups.new(state, customer, about.metadata(), types)
        session["setup_intent"] = intent["id"]
    return session


def new(state: State, mode: str, lines: list[Object], currency: str | None, *, expires_at: int) -> Object:
    """An open one, whose page somebody may have before him."""
    ident = state.new_id("cs_test")
    amount = items.total(lines) if lines else None
    session: Object = {
        "id": ident,
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": None,
        "client_reference_id": None,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": state.now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "customer": None,
        "customer_creation": None,
        "customer_details": None,
        "customer_email": None,
        "discounts": [] if lines else None,
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": None,
        "metadata": {},
        "mode": mode,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "always",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card", "paypal", "sepa_debit"],
        "payment_status": "unpaid" if lines else "no_payment_required",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0} if lines else None,
        "ui_mode": "hosted_page",
        "url": f"{state.base_url}/pay/{ident}",
        "wallet_options": None,
    }
    state.secrets[ident] = {"line_items": lines, "payment_intent_data": {}}
    state.expiring[ident] = expires_at
    return state.put(session)


def of_link(state: State, link: Object) -> Object:
    """What a payer gets who opens a link."""
    if not link["active"] or links.is_used_up(link):
        raise wrong("This payment link is not active.", code="payment_link_inactive")
    lines = state.secrets[link["id"]]["line_items"]
    session = new(state, "payment", lines, link["currency"], expires_at=state.now + _LONGEST)
    data = link["payment_intent_data"] or {}
    after = link["after_completion"]
    session |= {
        "customer_creation": link["customer_creation"],
        "metadata": dict(link["metadata"]),
        "payment_link": link["id"],
        "payment_method_types": link["payment_method_types"] or session["payment_method_types"],
        "success_url": after["redirect"]["url"] if after["type"] == "redirect" else None,
    }
    state.secrets[session["id"]]["payment_intent_data"] = {
        word: data.get(word) for word in ("description", "metadata", "setup_future_usage")
    }
    return session


def expire(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/checkout/sessions/ID/expire"""
    fields.only()
    session = state.find("checkout.session", ident)
    if session["status"] != "open":
        raise wrong(f"Only Checkout Sessions with a status of `open` can be expired, not {session['status']}.")
    return _end(state, session)


def expire_all(state: State) -> None:
    """Those whose time is over."""
    for ident in [ident for ident, at in state.expiring.items() if at <= state.now]:
        _end(state, state.objects["checkout.session"][ident])


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/checkout/sessions/ID"""
    fields.only()
    return state.find("checkout.session", ident)


def line_items(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/checkout/sessions/ID/line_items"""
    return items.listed(state, fields, "checkout.session", ident, _URL)


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/checkout/sessions, of one link, customer, intent or status perhaps."""
    words = ("payment_link", "customer", "payment_intent", "status")
    fields.only("customer_details", *words, *lists.PAGE_FIELDS)
    wanted = {word: fields.text(word) for word in words if fields.text(word) is not None}
    if "payment_link" in wanted:
        state.find("payment_link", fields.needed("payment_link"), param="payment_link")
    found = (one for one in state.all("checkout.session") if all(one[word] == value for word, value in wanted.items()))
    return lists.page(found, fields, _URL)


def _end(state: State, session: Object) -> Object:
    session |= {"status": "expired", "url": None}
    state.expiring.pop(session["id"], None)
    state.tell("checkout.session.expired", session)
    return session


def _expiry(state: State, fields: Fields) -> int:
    at = fields.number("expires_at")
    if at is None:
        return state.now + _LONGEST
    if not _SHORTEST - _SLACK <= at - state.now <= _LONGEST + _SLACK:
        message = "The `expires_at` timestamp must be from 30 minutes to 24 hours after the session is created."
        raise malformed(message, param="expires_at")
    return at


def _setup_currency(fields: Fields, types: list[str]) -> str | None:
    if "currency" in fields:
        return currency_of(fields)
    if not types:
        raise malformed(
            "You must provide `currency` in `setup` mode when `allowed_payment_method_types` is not set.",
            param="currency",
            code="parameter_missing",
        )
    return None
