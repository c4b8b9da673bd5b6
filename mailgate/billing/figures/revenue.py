"""What was earned, without tax: in the month in which it was invoiced, and in the months that it was for.

A line that bills days is spread over them; one without, such as a set-up, counts on the day of its issue. What a
credit note gives back counts against the same days that it gives back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mailgate.billing.money.amount import rounded
from mailgate.billing.period import Span, nth


@dataclass(frozen=True, slots=True)
class Billed:
    """Lines of documents of one day that bill the same days, in one currency; of a credit note below zero."""

    currency: str
    issued_on: date
    period: Span | None  # None: no days
    net_minor: int


@dataclass(frozen=True, slots=True)
class IssuedOn:
    """Documents of one kind and day, in one currency; of credit notes the sums are below zero."""

    currency: str
    issued_on: date
    is_invoice: bool
    count: int
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Revenue:
    """A month in one currency, in minor units without tax."""

    month: date  # its first day
    currency: str
    invoices: int
    credit_notes: int
    issued_minor: int  # invoiced in it, less what was credited in it
    tax_minor: int  # on that
    earned_minor: int  # for its days, whenever they are invoiced
    deferred_minor: int  # invoiced by its end for days that come later; below zero: for days before, not invoiced yet


def revenue(documents: Iterable[IssuedOn], billed: Iterable[Billed], months: Sequence[date]) -> tuple[Revenue, ...]:
    """The figures of these months, which follow each other, by currency; of each currency that has any.

    `billed` has at least all lines that were issued in these months, or bill days from the first of them on.
    """
    lines, issued = list(billed), list(documents)
    currencies = sorted({one.currency for one in lines} | {one.currency for one in issued})
    return tuple(
        one
        for currency in currencies
        for one in _of_currency(
            currency,
            [one for one in issued if one.currency == currency],
            [one for one in lines if one.currency == currency],
            months,
        )
    )


def earned_until(one: Billed, day: date) -> int:
    """What of these lines was earned before a day, rounded half-up: so the parts of any months add up to the whole."""
    if one.period is None or not one.period.days:
        return one.net_minor if one.issued_on < day else 0
    days = min(max((day - one.period.start).days, 0), one.period.days)
    return rounded(one.net_minor * days, one.period.days)


def _of_currency(
    currency: str, documents: Sequence[IssuedOn], lines: Sequence[Billed], months: Sequence[date]
) -> Iterator[Revenue]:
    by_month: dict[date, list[IssuedOn]] = defaultdict(list)
    for one in documents:
        by_month[one.issued_on.replace(day=1)].append(one)
    earned_before = sum(earned_until(one, months[0]) for one in lines)
    for month in months:
        end = nth(month, 1, 1)
        earned = sum(earned_until(one, end) for one in lines)
        theirs = by_month[month]
        yield Revenue(
            month,
            currency,
            sum(one.count for one in theirs if one.is_invoice),
            sum(one.count for one in theirs if not one.is_invoice),
            sum(one.net_minor for one in theirs),
            sum(one.tax_minor for one in theirs),
            earned - earned_before,
            sum(one.net_minor for one in lines if one.issued_on < end) - earned,
        )
        earned_before = earned
