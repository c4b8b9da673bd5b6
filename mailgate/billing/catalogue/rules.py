"""`[[tax]]` and `[[promotion]]` of a catalogue."""

from enum import StrEnum

from mailgate.billing.catalogue import kinds
from mailgate.billing.catalogue.prices import is_currency
from mailgate.billing.catalogue.products import STANDARD
from mailgate.billing.catalogue.table import Table
from mailgate.billing.money.amount import decimal
from mailgate.billing.offer.product import Promotion, TaxRule
from mailgate.billing.party import MONEY_SINCE

TAX_KEYS = ("country", "region", "class", "rate", "category", "name", "from")
PROMOTION_KEYS = ("code", "percent", "amount", "cycles", "products", "until")
"""What a rule of tax, and a promotion, may have."""

_MOST_CYCLES = 1200


class Category(StrEnum):
    """Categories of tax that an invoice can name (UNCL5305, as EN 16931 has it)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    WITHIN_THE_EU = "K"
    EXPORT = "G"
    NOT_SUBJECT = "O"
    CANARY_ISLANDS = "L"
    CEUTA_AND_MELILLA = "M"


_WITHOUT_TAX = frozenset(
    {Category.ZERO, Category.EXEMPT, Category.REVERSE_CHARGE, Category.WITHIN_THE_EU, Category.EXPORT}
    | {Category.NOT_SUBJECT}
)


def read_tax(table: Table) -> TaxRule:
    """One rule of tax."""
    table.refuse_unknown(TAX_KEYS)
    country = table.need("country", kinds.country, "", example='"DE"')
    rate = table.need("rate", kinds.rate, "", example='"19"')
    category = table.take("category", kinds.choice(Category), Category.STANDARD)
    if rate and table.has("category"):
        _fit(table, rate, category)
    elif rate and not decimal(rate).numerator:
        table.findings.clash(
            (*table.path, "rate"), 'is 0: say why by category = "Z" (zero rate), "E" (exempt) or "O" (not subject)'
        )
    return TaxRule(
        country=country,
        region=table.take("region", kinds.region(country), ""),
        tax_class=table.take("class", kinds.name, STANDARD),
        rate=rate,
        category=category.value,
        name=table.need("name", kinds.line(60), "", example='"VAT"'),
        from_on=table.take("from", kinds.day, MONEY_SINCE),
    )


def _fit(table: Table, rate: str, category: Category) -> None:
    """EN 16931: the standard rate is above 0, and what is not taxed has none."""
    is_zero, others = not decimal(rate).numerator, [(*table.path, "rate")]
    if category in _WITHOUT_TAX and not is_zero:
        words = f'"{category}" has no tax, and the rate is {rate}: write rate = "0", or leave the category out'
        table.findings.clash((*table.path, "category"), words, others=others)
    if category is Category.STANDARD and is_zero:
        words = 'is "S", and the rate is 0: write "Z" (zero rate), "E" (exempt) or "O" (not subject)'
        table.findings.clash((*table.path, "category"), words, others=others)


def read_promotion(table: Table) -> Promotion:
    """One promotion."""
    table.refuse_unknown(PROMOTION_KEYS)
    currency, amount_minor = _amount(table)
    if table.has("percent") and table.has("amount"):
        table.findings.clash((*table.path, "amount"), "stands beside percent: a promotion has one of them")
    if not table.has("percent") and not table.has("amount"):
        table.findings.lacks(table.path, "percent", '"20", or amount = { EUR = "5.00" }')
    products = table.texts("products", kinds.name)
    if table.raw.get("products") == []:
        table.findings.at_value((*table.path, "products"), "names no product: leave it out when all are meant")
    return Promotion(
        code=table.need("code", kinds.name, "", example='"SPRING"'),
        percent=table.take("percent", kinds.percent, ""),
        amount_minor=amount_minor,
        currency=currency,
        cycles=table.take("cycles", kinds.whole(1, _MOST_CYCLES), None),
        products=tuple(sku for _, sku in products),
        until_on=table.take("until", kinds.day, None),
    )


def _amount(table: Table) -> tuple[str, int]:
    if not table.has("amount"):
        return "", 0
    inner = table.inner("amount", '{ EUR = "5.00" }')
    found = []
    for code in inner.raw:
        if not is_currency(inner, code):
            continue
        minor = inner.take(code, kinds.amount(code), None)
        if minor == 0:
            table.findings.at_value((*inner.path, code), "takes nothing off")
        found.append((code, minor or 0))
    if len(inner.raw) > 1:
        table.findings.at_value(inner.path, "has several currencies: give each of them a promotion of its own")
    if isinstance(table.raw["amount"], dict) and not inner.raw:
        table.findings.at_value(inner.path, 'is empty: write for example amount = { EUR = "5.00" }')
    return found[0] if found else ("", 0)
