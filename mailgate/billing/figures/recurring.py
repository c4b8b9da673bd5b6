"""What recurs: the price of each service in force as that of a month, and what became of it from month to month.

A price is that of a whole cycle, less the discount that its period has, without tax: a service of a year counts a
twelfth. It is rounded half-up once for each service. What is pending, or was sold once, does not recur; what is
suspended does not from that day on.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mailgate.billing.money.amount import rounded
from mailgate.billing.offer.discount import Discount
from mailgate.billing.offer.product import ONE_TIME
from mailgate.billing.period import BeyondTheCalendar, period_on
from mailgate.billing.tax.groups import Rate

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """What a service costs from a day on: a whole cycle of so many months, before any discount."""

    from_on: date
    months: int
    price_minor: int
    tax: Rate | None = None  # where the price has the tax in it


@dataclass(frozen=True, slots=True)
class InForce:
    """A service as far as it counts here."""

    id: int
    customer_id: int
    currency: str
    started_on: date
    ends_on: date | None  # its first day without; None: no end is known
    anchor_on: date
    terms: tuple[Term, ...]  # in the order of their days; of one day the last counts
    discount: Discount | None = None


@dataclass(frozen=True, slots=True)
class Recurring:
    """A month in one currency: the price of a month of all services together, in minor units."""

    month: date  # its first day
    currency: str
    opening_minor: int  # on the last day of the month before
    new_minor: int
    changed_minor: int  # of services that were there and still are
    lost_minor: int  # zero or below
    mrr_minor: int  # on its last day, or on the day of the report
    services: int  # that make it up; free ones do not count


@dataclass(frozen=True, slots=True)
class Moved:
    """A service whose price of a month became another one."""

    service_id: int
    customer_id: int
    currency: str
    before_minor: int  # 0: it was not there, or free
    after_minor: int

    @property
    def minor(self) -> int:
        """By how much."""
        return self.after_minor - self.before_minor


def monthly(term: Term, discount: Discount | None = None) -> int:
    """The price of a month, without tax; 0 for what is sold once."""
    if term.months == ONE_TIME:
        return 0
    price = term.price_minor if discount is None else discount.off(term.price_minor, term.months)
    if term.tax is None:
        return rounded(price, term.months)
    return rounded(price * term.tax.denominator, term.months * (term.tax.denominator + term.tax.numerator))


def price_on(service: InForce, day: date) -> int:
    """What a month of it costs on a day; 0 where it is not in force."""
    if day < service.started_on or (service.ends_on is not None and day >= service.ends_on):
        return 0
    place = bisect_right(service.terms, day, key=lambda one: one.from_on)
    if not place:
        return 0
    term, discount = service.terms[place - 1], service.discount
    if discount is not None and discount.until is not None and _period_begins(service, term, day) >= discount.until:
        discount = None
    return monthly(term, discount)


def recurring(services: Iterable[InForce], months: Sequence[date], at: date) -> tuple[Recurring, ...]:
    """The figures of these months, which follow each other, the last of which has the day of the report.

    By currency, and those alone that have any.
    """
    ends = _ends(months, at)
    sums: dict[str, list[_Sums]] = {}
    for service in services:
        prices = _prices(service, ends)
        if not any(prices):
            continue
        theirs = sums.setdefault(service.currency, [_Sums() for _ in months])
        for month, before, after in zip(theirs, prices, prices[1:], strict=False):
            month.add(before, after)
    return tuple(
        month.told(first, currency)
        for currency in sorted(sums)
        for first, month in zip(months, sums[currency], strict=True)
    )


def moved(services: Iterable[InForce], month: date, at: date) -> Iterator[Moved]:
    """The services whose price made a difference in a month, up to the day of the report where that is in it."""
    begins, ends = _ends([month], at)
    for one in services:
        before, after = price_on(one, begins), price_on(one, ends)
        if before != after:
            yield Moved(one.id, one.customer_id, one.currency, before, after)


def months_until(at: date, count: int) -> tuple[date, ...]:
    """The first days of so many months, that of this day the last. Fewer at the beginning of the calendar."""
    last = at.year * 12 + at.month - 1
    return tuple(date(n // 12, n % 12 + 1, 1) for n in range(max(last - count + 1, 12), last + 1))


def _ends(months: Sequence[date], at: date) -> list[date]:
    """The day before the first month, and the last day of each that is not after the report's."""
    firsts = [*months, (months[-1].replace(day=28) + timedelta(days=4)).replace(day=1)]
    return [min(one - _ONE_DAY, at) for one in firsts]


def _prices(service: InForce, days: Sequence[date]) -> Sequence[int]:
    """What a month of it costs on each of these days."""
    if len(service.terms) > 1 or service.discount is not None:
        return [price_on(service, day) for day in days]
    if not service.terms:
        return [0 for _ in days]
    term, last = service.terms[0], service.ends_on or date.max
    first, price = max(service.started_on, term.from_on), monthly(term)
    return [price if first <= day < last else 0 for day in days]


class _Sums:
    """Of one month and currency, while services are counted."""

    def __init__(self) -> None:
        self._opening = self._new = self._changed = self._lost = self._closing = self._services = 0

    def add(self, before: int, after: int) -> None:
        """One service, with its price before the month and at its end."""
        self._opening += before
        self._closing += after
        self._services += after != 0
        if not before:
            self._new += after
        elif not after:
            self._lost -= before
        else:
            self._changed += after - before

    def told(self, month: date, currency: str) -> Recurring:
        """All of them."""
        return Recurring(
            month, currency, self._opening, self._new, self._changed, self._lost, self._closing, self._services
        )


def _period_begins(service: InForce, term: Term, day: date) -> date:
    try:
        return period_on(service.anchor_on, term.months, day).start
    except BeyondTheCalendar:
        return day
