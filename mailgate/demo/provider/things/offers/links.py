"""Payment links: they live until they are switched off, or were paid as often as they may be."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.offers import items
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, malformed

_URL = "/v1/payment_links"
_DESCRIBED = (
    "after_completion",
    "allow_promotion_codes",
    "billing_address_collection",
    "custom_text",
    "customer_creation",
    "inactive_message",
    "metadata",
    "payment_intent_data",
    "payment_method_types",
    "restrictions",
    "submit_type",
)
_INTENT_DATA = ("description", "metadata", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix")


def create(state: State, fields: Fields, _: str) -> Object:
    """POST /v1/payment_links"""
    fields.only("currency", "line_items", "phone_number_collection", *_DESCRIBED)
    lines = items.read(state, fields)
    ident = state.new_id("plink")
    link: Object = {
        "id": ident,
        "object": "payment_link",
        "active": True,
        "after_completion": {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"},
        "allow_promotion_codes": False,
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": "auto",
        "consent_collection": None,
        "currency": lines[0]["currency"],
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "customer_creation": "if_required",
        "inactive_message": None,
        "invoice_creation": None,
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "payment_intent_data": None,
        "payment_method_collection": "always",
        "payment_method_types": None,
        "phone_number_collection": {"enabled": False},
        "restrictions": None,
        "shipping_address_collection": None,
        "shipping_options": [],
        "submit_type": "auto",
        "subscription_data": None,
        "tax_id_collection": {"enabled": False, "required": "never"},
        "transfer_data": None,
        "url": f"{state.base_url}/pay/{ident}",
    }
    _fill(link, fields)
    state.secrets[ident] = {"line_items": lines}
    state.put(link)
    state.tell("payment_link.created", link)
    return link


def update(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/payment_links/ID"""
    fields.only("active", *_DESCRIBED)
    link = state.find("payment_link", ident)
    changed = {**link}
    _fill(changed, fields)
    link |= changed
    state.tell("payment_link.updated", link)
    return link


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/payment_links/ID"""
    fields.only()
    return state.find("payment_link", ident)


def line_items(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/payment_links/ID/line_items"""
    return items.listed(state, fields, "payment_link", ident, _URL)


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/payment_links"""
    fields.only("active", "limit", "starting_after", "ending_before")
    is_active = fields.flag("active")
    found = (one for one in state.all("payment_link") if is_active in (None, one["active"]))
    return lists.page(found, fields, _URL)


def is_used_up(link: Object) -> bool:
    """Whether it was paid as often as it may be."""
    sessions = (link["restrictions"] or {}).get("completed_sessions")
    return sessions is not None and sessions["count"] >= sessions["limit"]


def count(state: State, link: Object) -> None:
    """It was paid once more."""
    if link["restrictions"] is not None:
        link["restrictions"]["completed_sessions"]["count"] += 1
        if is_used_up(link):
            link["active"] = False
            state.tell("payment_link.updated", link, {"active": True})


def _fill(link: Object, fields: Fields) -> None:
    if "active" in fields:
        link["active"] = bool(fields.flag("active"))
    for word in ("inactive_message", "submit_type", "billing_address_collection"):
        if word in fields:
            link[word] = fields.text(word)
    if "customer_creation" in fields:
        link["customer_creation"] = fields.choice("customer_creation", "always", "if_required")
    if "payment_method_types" in fields:
        link["payment_method_types"] = fields.texts("payment_method_types") or None
    words = {**link["metadata"], **fields.metadata()}
    link["metadata"] = {key: value for key, value in words.items() if value}
    _fill_completion(link, fields.part("after_completion"))
    sessions = fields.part("restrictions").part("completed_sessions")
    if "limit" in sessions:
        limit, before = sessions.number("limit"), (link["restrictions"] or {}).get("completed_sessions") or {"count": 0}
        if limit is None or limit < 1:
            raise malformed("Invalid limit", param=sessions.at("limit"), code="parameter_invalid_integer")
        link["restrictions"] = {"completed_sessions": {"count": before["count"], "limit": limit}}
    elif "restrictions" in fields:
        link["restrictions"] = None
    data = fields.part("payment_intent_data")
    data.only(*_INTENT_DATA)
    if "payment_intent_data" in fields:
        link["payment_intent_data"] = {
            "capture_method": None,
            "description": data.text("description"),
            "metadata": data.metadata(),
            "setup_future_usage": data.choice("setup_future_usage", "off_session", "on_session"),
            "statement_descriptor": data.text("statement_descriptor"),
            "statement_descriptor_suffix": data.text("statement_descriptor_suffix"),
            "transfer_group": None,
        }


def _fill_completion(link: Object, after: Fields) -> None:
    after.only("type", "redirect", "hosted_confirmation")
    kind = after.choice("type", "redirect", "hosted_confirmation")
    if kind == "redirect":
        url = after.part("redirect").needed("url")
        link["after_completion"] = {"redirect": {"url": url}, "type": "redirect"}
    elif kind is not None:
        message = after.part("hosted_confirmation").text("custom_message")
        link["after_completion"] = {"hosted_confirmation": {"custom_message": message}, "type": kind}
