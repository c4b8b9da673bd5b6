"""What a link or a checkout is for: lines with a price of their own."""

from mailgate.demo.provider.state import State
from mailgate.demo.provider.things import lists
from mailgate.demo.provider.things.money.amounts import check_chargeable, currency_of
from mailgate.demo.provider.wire.fields import Fields
from mailgate.demo.provider.wire.refusals import Object, malformed, missing

_MOST = 20


def read(state: State, fields: Fields, *, param: str = "line_items") -> list[Object]:
    """The lines, which have one currency and a sum that can be charged."""
    lines = [_line(state, part) for part in fields.parts(param)]
    if not lines:
        raise malformed(f"Missing required param: {param}.", param=param, code="parameter_missing")
    if len(lines) > _MOST:
        raise malformed(f"There can be at most {_MOST} lines", param=param)
    if len({line["currency"] for line in lines}) > 1:
        raise malformed("All prices must have the same currency.", param=param)
    check_chargeable(total(lines), lines[0]["currency"], param)
    return lines


def total(lines: list[Object]) -> int:
    """Their sum."""
    return sum(int(line["amount_total"]) for line in lines)


def listed(state: State, fields: Fields, kind: str, ident: str, url: str) -> Object:
    """The lines of a link or checkout, at its own place below `url`."""
    fields.only("limit", "starting_after", "ending_before")
    state.find(kind, ident)
    return lists.whole(state.secrets[ident]["line_items"], f"{url}/{ident}/line_items")


def _line(state: State, fields: Fields) -> Object:
    fields.only("price", "price_data", "quantity", "adjustable_quantity", "metadata")
    if fields.text("price") is not None:
        raise missing("price", fields.needed("price"), param=fields.at("price"), status=400)
    data = fields.part("price_data")
    data.only("currency", "product", "product_data", "recurring", "tax_behavior", "unit_amount", "unit_amount_decimal")
    currency = currency_of(data)
    unit = data.number("unit_amount")
    if unit is None or unit < 0:
        raise malformed("Missing required param: unit_amount.", param=data.at("unit_amount"), code="parameter_missing")
    product = data.part("product_data")
    product.only("description", "images", "metadata", "name", "tax_code", "unit_label")
    name = product.needed("name")
    quantity = fields.number("quantity")
    if quantity is None or quantity < 1:
        raise malformed("Quantity is required.", param=fields.at("quantity"), code="parameter_missing")
    return {
        "id": state.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": unit * quantity,
        "amount_tax": 0,
        "amount_total": unit * quantity,
        "currency": currency,
        "description": name,
        "metadata": {},
        "price": _price(state, currency, unit, product),
        "quantity": quantity,
    }


def _price(state: State, currency: str, unit: int, product: Fields) -> Object:
    ident = state.new_id("prod")
    state.secrets[ident] = {"name": product.text("name"), "description": product.text("description")}
    return {
        "id": state.new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": state.now,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": ident,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": unit,
        "unit_amount_decimal": str(unit),
    }
