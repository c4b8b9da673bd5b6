"""Who owes, and for how long: what is open of invoices, by how many days their due dates are past."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Bucket(StrEnum):
    """How long ago what is owed was due, in days."""

    NOT_DUE = "not-due"
    TO_30 = "1-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OVER_90 = "over-90"


_LAST_DAY = {Bucket.NOT_DUE: 0, Bucket.TO_30: 30, Bucket.TO_60: 60, Bucket.TO_90: 90}
"""Of each but the last."""


@dataclass(frozen=True, slots=True)
class Open:
    """What one customer has to pay that is due on one day; of several invoices, where they are."""

    customer_id: int
    currency: str
    due_on: date
    open_minor: int
    invoices: int


@dataclass(frozen=True, slots=True)
class Aged:
    """What is owed in one currency, by its age."""

    currency: str
    customer_id: int | None  # None: by all of them together
    minor: Mapping[Bucket, int] = field(default_factory=dict)  # of each bucket that has any
    invoices: Mapping[Bucket, int] = field(default_factory=dict)

    @property
    def total_minor(self) -> int:
        """All of it."""
        return sum(self.minor.values())

    @property
    def late_minor(self) -> int:
        """What should have been paid by now."""
        return self.total_minor - self.minor.get(Bucket.NOT_DUE, 0)


def bucket_of(due_on: date, today: date) -> Bucket:
    """An invoice is late from the day after its due date on."""
    days = (today - due_on).days
    return next((bucket for bucket, last in _LAST_DAY.items() if days <= last), Bucket.OVER_90)


def due_between(bucket: Bucket, today: date) -> tuple[date, date]:
    """The first and the last due date that are in a bucket today."""
    lasts = list(_LAST_DAY.values())
    place = list(Bucket).index(bucket)
    oldest = today - timedelta(days=lasts[place]) if place < len(lasts) else date.min
    newest = today - timedelta(days=lasts[place - 1] + 1) if place else date.max
    return oldest, newest


def aging(found: Iterable[tuple[Open, date]]) -> tuple[Aged, ...]:
    """What each customer owes in each currency, by currency, and who owes most that is late first.

    Each comes with the day that is today for its account.
    """
    aged = (
        Aged(one.currency, one.customer_id, {bucket: one.open_minor}, {bucket: one.invoices})
        for one, today in found
        for bucket in (bucket_of(one.due_on, today),)
    )
    by_customer = _summed(aged, of_customer=True)
    return tuple(
        sorted(by_customer, key=lambda one: (one.currency, -one.late_minor, -one.total_minor, one.customer_id))
    )


def by_currency(found: Iterable[Aged]) -> tuple[Aged, ...]:
    """The same of all customers together."""
    return tuple(sorted(_summed(found, of_customer=False), key=lambda one: one.currency))


def _summed(found: Iterable[Aged], *, of_customer: bool) -> Iterable[Aged]:
    sums: dict[tuple[str, int | None], tuple[Counter[Bucket], Counter[Bucket]]] = {}
    for one in found:
        key = one.currency, one.customer_id if of_customer else None
        minor, invoices = sums.setdefault(key, (Counter(), Counter()))
        minor.update(one.minor)
        invoices.update(one.invoices)
    return (Aged(currency, number, dict(minor), dict(count)) for (currency, number), (minor, count) in sums.items())
