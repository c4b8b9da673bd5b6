"""Customers."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, malformed

_WORDS = ("email", "name", "description", "phone")
_OTHERS = ("metadata", "preferred_locales", "address", "invoice_settings", "payment_method", "tax_exempt")
_LONGEST_MAIL = 512


def create(state: State, fields: Fields, _: str) -> Object:
    """POST /v1/customers"""
    customer = _filled(state, fields, {**_empty(), "id": state.new_id("cus"), "created": state.now})
    state.put(customer)
    state.tell("customer.created", customer)
    return customer


def update(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/customers/ID"""
    customer = alive(state, ident, param=None)
    customer |= _filled(state, fields, customer)
    state.tell("customer.updated", customer)
    return customer


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/customers/ID: one that was deleted says only that."""
    fields.only()
    customer = state.find("customer", ident)
    return {"id": ident, "object": "customer", "deleted": True} if customer.get("deleted") else customer


def delete(state: State, fields: Fields, ident: str) -> Object:
    """DELETE /v1/customers/ID: the cards go, too."""
    fields.only()
    customer = alive(state, ident, param=None)
    for method in state.all("payment_method"):
        if method["customer"] == ident:
            method["customer"] = None
    customer["deleted"] = True
    state.tell("customer.deleted", customer)
    return {"id": ident, "object": "customer", "deleted": True}


def listed(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/customers"""
    fields.only("email", *lists.PAGE_FIELDS)
    email = fields.text("email")
    return lists.page(
        (one for one in state.all("customer") if not one.get("deleted") and email in (None, one["email"])),
        fields,
        "/v1/customers",
    )


def search(state: State, fields: Fields, _: str) -> Object:
    """GET /v1/customers/search"""
    return lists.search(state, "customer", fields, "/v1/customers/search")


def alive(state: State, ident: str, *, param: str | None = "customer") -> Object:
    """A customer who is not deleted."""
    customer = state.find("customer", ident, param=param)
    if customer.get("deleted"):
        raise malformed(f"No such customer: '{ident}'", param=param or "id", code="resource_missing")
    return customer


def guest(state: State, email: str | None, name: str | None) -> Object:
    """Whoever has paid by a link, and is remembered for his card."""
    customer = {**_empty(), "id": state.new_id("cus"), "created": state.now, "email": email, "name": name}
    state.put(customer)
    state.tell("customer.created", customer)
    return customer


def _filled(state: State, fields: Fields, customer: Object) -> Object:
    fields.only(*_WORDS, *_OTHERS)
    changed = {**customer}
    for word in _WORDS:
        if word in fields:
            changed[word] = fields.text(word)
    email = changed["email"]
    if email is not None and ("@" not in email or len(email) > _LONGEST_MAIL):
        raise malformed(f"Invalid email address: {email}", param="email", code="email_invalid")
    if "preferred_locales" in fields:
        changed["preferred_locales"] = fields.texts("preferred_locales")
    if "address" in fields:
        address = fields.part("address")
        words = ("city", "country", "line1", "line2", "postal_code", "state")
        address.only(*words)
        changed["address"] = {word: address.text(word) for word in words}
    settings = fields.part("invoice_settings")
    if "default_payment_method" in settings:
        ident = settings.text("default_payment_method")
        if ident is not None:
            state.find("payment_method", ident, param=settings.at("default_payment_method"))
        changed["invoice_settings"] = {**changed["invoice_settings"], "default_payment_method": ident}
    given = fields.metadata()
    changed["metadata"] = {key: value for key, value in ({**changed["metadata"], **given}).items() if value}
    return changed


def _empty() -> Object:
    return {
        "object": "customer",
        "address": None,
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": "FAKE",
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
