"""Invoices once more from what was agreed: by fractions and dateutil, with no code of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from tests.billing.second_path import half_up, percent


@dataclass(frozen=True)
class Agreed:
    """What a service costs, and when its cycles begin."""

    price_minor: int
    months: int
    anchor: date
    rate: str
    is_gross: bool = False


def cycle_of(agreed: Agreed, start: date) -> tuple[date, date]:
    """The cycle that holds a day, counted from the anchor, forwards or back."""
    n = 0
    while agreed.anchor + relativedelta(months=agreed.months * n) > start:
        n -= 1
    while agreed.anchor + relativedelta(months=agreed.months * (n + 1)) <= start:
        n += 1
    begin: date = agreed.anchor + relativedelta(months=agreed.months * n)
    end: date = agreed.anchor + relativedelta(months=agreed.months * (n + 1))
    return begin, end


def amount(agreed: Agreed, start: date, end: date) -> int:
    """What these days cost, as priced."""
    begin, over = cycle_of(agreed, start)
    return half_up(Fraction(agreed.price_minor) * (end - start).days / (over - begin).days)


def totals(lines: Mapping[int, tuple[Agreed, date, date]]) -> tuple[int, int]:
    """Net and tax of a document: tax once for each rate, prices with tax and without apart."""
    sums: dict[tuple[str, bool], int] = {}
    for agreed, start, end in lines.values():
        key = agreed.rate, agreed.is_gross
        sums[key] = sums.get(key, 0) + amount(agreed, start, end)
    net = tax = 0
    for (rate, is_gross), total in sums.items():
        if is_gross:
            without = half_up(Fraction(total) / (1 + percent(rate)))
            net, tax = net + without, tax + total - without
        else:
            net, tax = net + total, tax + half_up(total * percent(rate))
    return net, tax


def last_day(end: date) -> date:
    """The day before."""
    return end - timedelta(days=1)
