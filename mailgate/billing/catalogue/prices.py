"""Prices of a catalogue: tables by currency, in them by cycle."""

from collections.abc import Iterator, Mapping

from mailgate.billing.catalogue import kinds
from mailgate.billing.catalogue.table import Table
from mailgate.billing.money.amount import example
from mailgate.billing.money.currencies import CURRENCIES
from mailgate.billing.offer.product import CYCLES, Price
from mailgate.toml_text.positions import KeyPath

Way = tuple[str, int]
"""Currency and months: how something is sold."""

_EXAMPLE = '{ EUR = { monthly = "24.00" } }'


def read_prices(table: Table) -> tuple[Price, ...]:
    """`prices` and `setup` of a product or option, in one order whatever theirs is in the file."""
    findings = table.findings
    if not table.has("prices"):
        findings.lacks(table.path, "prices", _EXAMPLE)
    amounts = {way: minor for way, minor, _ in _amounts(table, "prices")}
    if table.has("prices") and not amounts and not findings.is_touched(_prices(table)):
        findings.clash(_prices(table), f"names no price: write for example prices = {_EXAMPLE}")
    setups: dict[Way, int] = {}
    for way, minor, path in _amounts(table, "setup"):
        setups[way] = minor
        if way not in amounts:
            price = (*table.path, "prices", *path[-2:])
            findings.clash(path, f"has no price beside it: {price_name(price)} is missing", others=[price])
    return tuple(
        Price(currency, months, amount_minor, setups.get((currency, months), 0))
        for (currency, months), amount_minor in sorted(amounts.items())
    )


def price_name(path: KeyPath) -> str:
    """`prices.EUR.monthly`."""
    return ".".join(str(step) for step in path[-3:])


def read_lead_days(table: Table, ways: Mapping[Way, object]) -> tuple[tuple[int, int], ...]:
    """`lead_days`: one number for all cycles that renew, or a table by cycle."""
    if not table.has("lead_days"):
        return ()
    renewing = sorted({months for _, months in ways if months})
    if not isinstance(table.raw["lead_days"], Mapping):
        days = table.take(
            "lead_days", kinds.whole(0, _longest(renewing[0] if renewing else max(CYCLES.values()))), None
        )
        if ways and not renewing:
            words = "has no effect: the product is sold once, and never renews"
            table.findings.clash((*table.path, "lead_days"), words, others=[_prices(table)])
        return () if days is None else tuple((months, days) for months in renewing)
    inner, found = table.inner("lead_days", ""), []
    for word, months, path in _cycles(inner):
        if not months:
            table.findings.at_key(path, "never renews: there is nothing to write an invoice ahead of")
            continue
        days = inner.take(word, kinds.whole(0, _longest(months)), None)
        if days is not None:
            found.append((months, days))
        if months not in renewing:
            table.findings.clash(path, "has no price: the product is not sold by this cycle", others=[_prices(table)])
    return tuple(sorted(found))


def _longest(months: int) -> int:
    """So many days before a period an invoice for it may be written: not before the period ahead of it has begun."""
    return 28 * months - 1


def _prices(table: Table) -> KeyPath:
    return (*table.path, "prices")


def _amounts(table: Table, name: str) -> Iterator[tuple[Way, int, KeyPath]]:
    outer = table.inner(name, _EXAMPLE)
    for code in outer.raw:
        if not is_currency(outer, code):
            continue
        inner = outer.inner(code, f'{{ monthly = "{example(code)}" }}')
        for word, months, here in _cycles(inner):
            minor = inner.take(word, kinds.amount(code), None)
            if minor is not None:
                yield (code, months), minor, here


def is_currency(table: Table, code: str) -> bool:
    """The key is a currency that customers may have; noted when it is not."""
    if code in CURRENCIES:
        return True
    if code in CYCLES:
        words = f"is a cycle where a currency should be: write for example {_EXAMPLE}"
        table.findings.at_key((*table.path, code), words)
        return False
    near = table.findings.nearest(code, CURRENCIES)
    table.findings.at_key((*table.path, code), "is no currency code of ISO 4217, such as EUR", near)
    return False


def _cycles(table: Table) -> Iterator[tuple[str, int, KeyPath]]:
    for word in table.raw:
        path = (*table.path, word)
        if word in CYCLES:
            yield word, CYCLES[word], path
        else:
            near = table.findings.nearest(word, CYCLES)
            table.findings.at_key(path, f"is no cycle: {', '.join(CYCLES)}", near)
