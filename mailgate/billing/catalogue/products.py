"""`[[product]]` and `[[product.option]]` of a catalogue."""

from collections.abc import Iterable

from mailgate.billing.catalogue import kinds
from mailgate.billing.catalogue.prices import Way, read_lead_days, read_prices
from mailgate.billing.catalogue.table import Given, Table
from mailgate.billing.money.amount import MOST_MINOR, written
from mailgate.billing.offer.product import Kind, Option, Product, cycle_word
from mailgate.toml_text.positions import KeyPath
from mailgate.toml_text.problems import BadValue

STANDARD = "standard"
"""The class of tax where none is named."""

PRODUCT_KEYS = (
    *("sku", "kind", "name", "description", "tax_class", "tax_included", "limits", "upgrades", "addons", "align"),
    *("lead_days", "prices", "setup", "option"),
)
OPTION_KEYS = ("name", "included", "step", "most", "prices")
"""What a product, and an option, may have."""

_MOST_OF_AN_OPTION = 1_000_000

_ALIGNED = frozenset({Kind.HOSTING, Kind.OTHER})
"""What is billed on the account's bill day unless the catalogue says otherwise; domains are sold by whole years."""


def read_product(table: Table) -> Product:
    """One product; wrong values are noted, and defaults stand in for them."""
    table.refuse_unknown(PRODUCT_KEYS)
    kind = table.need("kind", kinds.choice(Kind), Kind.OTHER, example='"hosting"')
    prices = read_prices(table)
    ways = {(one.currency, one.months): one for one in prices}
    return Product(
        sku=table.need("sku", kinds.name, "", example='"web-10"'),
        kind=kind,
        name=table.need("name", kinds.line(200), "", example='"Web 10"'),
        tax_class=table.take("tax_class", kinds.name, STANDARD),
        prices=prices,
        description=table.take("description", kinds.words(4000), ""),
        tax_included=table.take("tax_included", kinds.flag, False),
        limits=_limits(table.inner("limits", '{ Disk = "20 GB" }')),
        upgrades=tuple(sku for _, sku in table.texts("upgrades", kinds.name)),
        addons=tuple(sku for _, sku in table.texts("addons", kinds.name)),
        align=table.take("align", kinds.flag, kind in _ALIGNED),
        lead_days=read_lead_days(table, ways),
        options=_options(table.entries("option"), (*table.path, "prices"), frozenset(ways)),
    )


def _limits(table: Table) -> tuple[tuple[str, str], ...]:
    found = []
    for name in table.raw:
        try:
            kinds.line(60)(Given(name, name))
        except BadValue as bad:
            table.findings.at_key((*table.path, name), f"as a name {bad.reason}")
            continue
        found.append((name, table.take(name, kinds.words_or_number(200), "")))
    return tuple(found)


def _options(tables: Iterable[Table], prices: KeyPath, ways: frozenset[Way]) -> tuple[Option, ...]:
    found: dict[str, Option] = {}
    for table in tables:
        option = _option(table, prices, ways)
        if option.name.lower() in found:
            table.findings.clash((*table.path, "name"), f'"{option.name}" names another option of this product already')
        found.setdefault(option.name.lower(), option)
    return tuple(found.values())


def _option(table: Table, prices: KeyPath, ways: frozenset[Way]) -> Option:
    table.refuse_unknown(OPTION_KEYS)
    option = Option(
        name=table.need("name", kinds.name, "", example='"mailboxes"'),
        included=table.take("included", kinds.whole(0, _MOST_OF_AN_OPTION), 0),
        step=table.take("step", kinds.whole(1, _MOST_OF_AN_OPTION), 1),
        most=table.need("most", kinds.whole(1, _MOST_OF_AN_OPTION), 1, example="100"),
        prices=read_prices(table),
    )
    _check_most(table, option)
    _compare_ways(table, prices, ways, frozenset((one.currency, one.months) for one in option.prices))
    return option


def _check_most(table: Table, option: Option) -> None:
    """The most of an option is above what is included, is reached, and can be paid."""
    most, included, step = ((*table.path, key) for key in ("most", "included", "step"))
    beyond = option.most - option.included
    if beyond <= 0:
        words = f"must be more than the {option.included} that are included, not {option.most}"
        table.findings.clash(most, words, others=[included])
    elif rest := beyond % option.step:
        below, above = option.most - rest, option.most - rest + option.step
        steps = f"from {option.included} in steps of {option.step} come {below} and {above}"
        table.findings.clash(most, f"is never reached: {steps}, not {option.most}", others=[included, step])
    for price in option.prices:
        dearest_minor = price.amount_minor * (beyond // option.step)
        if dearest_minor > MOST_MINOR:
            path = (*table.path, "prices", price.currency, cycle_word(price.months))
            words = f"is more than anybody owes when there are {option.most}: {written(dearest_minor, price.currency)}"
            table.findings.clash(path, words, others=[most, included, step])


def _compare_ways(table: Table, prices: KeyPath, ways: frozenset[Way], own: frozenset[Way]) -> None:
    """An option is sold as its product is: no price more, none less."""
    findings, here = table.findings, (*table.path, "prices")
    if findings.is_touched(prices) or findings.is_touched(here):
        return
    for currency, months in sorted(own - ways):
        path = (*here, currency, cycle_word(months))
        findings.clash(path, f"is a price that the product has not: it is not sold for {currency} {cycle_word(months)}")
    if missing := sorted(ways - own):
        named = ", ".join(f"prices.{currency}.{cycle_word(months)}" for currency, months in missing)
        findings.clash(here, f"must have each price that the product has, and lacks {named}")
