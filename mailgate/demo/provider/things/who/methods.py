"""Ways to pay: cards, debits, PayPal. A card comes by the name of a magic one; its number is never answered."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.who import customers
from mailgate.demo.provider.things.who.cards import DECLINES, MAGIC, Magic
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, card_error, missing, wrong

_DETACHED = "is_detached"
USED_UP = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was detached "
    "from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a "
    "Customer first."
)
_YEARS = 3


def retrieve(state: State, fields: Fields, ident: str) -> Object:
    """GET /v1/payment_methods/ID"""
    fields.only()
    return state.find("payment_method", ident)


def listed(state: State, fields: Fields, customer: str) -> Object:
    """GET /v1/payment_methods?customer=ID, or /v1/customers/ID/payment_methods"""
    fields.only("customer", "type", "allow_redisplay", "limit", "starting_after", "ending_before")
    owner, kind = customer or fields.text("customer"), fields.text("type")
    if owner is not None:
        customers.alive(state, owner)
    found = (
        one
        for one in state.all("payment_method")
        if owner is not None and one["customer"] == owner and kind in (None, one["type"])
    )
    return lists.page(found, fields, "/v1/payment_methods")


def attach(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/payment_methods/ID/attach: a card that would be declined is declined here."""
    fields.only("customer")
    customer = customers.alive(state, fields.needed("customer"))
    method = usable(state, ident, param=None)
    if method["customer"] not in (None, customer["id"]):
        raise wrong("The payment method you provided has already been attached to a customer.")
    check_saved(state, method)
    return bind(state, method, customer["id"])


def detach(state: State, fields: Fields, ident: str) -> Object:
    """POST /v1/payment_methods/ID/detach"""
    fields.only()
    method = state.find("payment_method", ident)
    if method["customer"] is None:
        raise wrong("The payment method you provided is not attached to a customer so detachment is impossible.")
    previous = {"customer": method["customer"]}
    method["customer"] = None
    use_up(state, method)
    for customer in state.all("customer"):
        if customer["invoice_settings"]["default_payment_method"] == ident:
            customer["invoice_settings"]["default_payment_method"] = None
    state.tell("payment_method.detached", method, previous)
    return method


def usable(state: State, ident: str, *, param: str | None = "payment_method") -> Object:
    """A way to pay by its id; the name of a magic one makes a new one each time. Raises Refusal when it is used up."""
    magic = MAGIC.get(ident)
    if magic is not None:
        return new(state, magic)
    if ident not in state.objects["payment_method"]:
        raise missing("PaymentMethod", ident, param=param or "id", status=404 if param is None else 400)
    if state.secrets[ident].get(_DETACHED):
        raise wrong(USED_UP, param=param)
    return state.objects["payment_method"][ident]


def check_saved(state: State, method: Object) -> None:
    """Raises Refusal when a card is declined that is to be saved."""
    hidden = state.secrets[method["id"]]
    decline = DECLINES.get(hidden["does"])
    if decline is not None and not hidden["is_saved_well"]:
        raise card_error(
            decline.message,
            code=decline.code,
            decline_code=hidden["does"],
            advice_code=decline.advice,
            payment_method=method,
        )


def bind(state: State, method: Object, customer: str) -> Object:
    """Make it the customer's."""
    if method["customer"] != customer:
        method["customer"] = customer
        state.tell("payment_method.attached", method)
    return method


def use_up(state: State, method: Object) -> None:
    """It cannot be used again."""
    state.secrets[method["id"]][_DETACHED] = True


def new(state: State, magic: Magic, *, email: str | None = None, name: str | None = None) -> Object:
    """A card, or what else there is, that nobody owns yet."""
    method: Object = {
        "id": state.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": details(email, name),
        "created": state.now,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": magic.kind,
        magic.kind: _kind(state, magic, email),
    }
    state.secrets[method["id"]] = {"does": str(magic.does), "is_saved_well": magic.is_saved_well}
    return state.put(method)


def details(email: str | None, name: str | None) -> Object:
    """What a payer says of himself."""
    words = ("city", "country", "line1", "line2", "postal_code", "state")
    return {"address": dict.fromkeys(words), "email": email, "name": name, "phone": None, "tax_id": None}


def _kind(state: State, magic: Magic, email: str | None) -> Object:
    if magic.kind == "paypal":
        return {"country": "DE", "payer_email": email, "payer_id": state.new_id("PAYER")}
    if magic.kind == "sepa_debit":
        return {
            "bank_code": "19043",
            "branch_code": "",
            "country": "AT",
            "fingerprint": f"fp{magic.last4}",
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": magic.last4,
        }
    year = 1970 + state.now // 31_556_952
    return {
        "brand": magic.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": magic.brand,
        "exp_month": 12,
        "exp_year": year + _YEARS,
        "fingerprint": f"fp{magic.number[:4]}{magic.last4}",
        "funding": "credit",
        "generated_from": None,
        "last4": magic.last4,
        "networks": {"available": [magic.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
