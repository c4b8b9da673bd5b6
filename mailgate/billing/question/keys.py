"""The keys of a question: each read as the value that it stands for, or named because it cannot be used."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from mailgate.billing.money.amount import NoDecimal, decimal
from mailgate.billing.money.currencies import EXPONENTS
from mailgate.billing.period import BeyondTheCalendar, Part, Span, read_day, read_time
from mailgate.billing.tax.groups import Rate, Taxed, read_rate

Json = Mapping[str, object]
Answer = dict[str, object]
T = TypeVar("T")

_MOST_DATES = 10_000  # of one answer
MOST_MONTHS = 12 * 9999
_MOST = 10**30  # no number of a question is larger; what is reckoned from such can still be printed


class Unusable(Exception):
    """A key whose value is missing or cannot be used; its name is the argument."""


def needed(asked: Json, key: str, read: Callable[[object], T], holds: Callable[[T], bool] = lambda _value: True) -> T:
    """The value of a key, read; raises Unusable with its name. What reads it raises ValueError or NoDecimal."""
    try:
        value = read(asked.get(key))
    except (ValueError, NoDecimal):
        raise Unusable(key) from None
    if not holds(value):
        raise Unusable(key)
    return value


def is_given(asked: Json, key: str) -> bool:
    """Is there a value? One that is null is as none."""
    return asked.get(key) is not None


def optional(asked: Json, key: str, read: Callable[[object], T], default: T) -> T:
    """The same for a key that may be left out."""
    return needed(asked, key, read) if is_given(asked, key) else default


def or_name(key: str, reckon: Callable[[], T]) -> T:
    """What a rule makes of values that are each right; the key that leads beyond the calendar is named."""
    try:
        return reckon()
    except BeyondTheCalendar:
        raise Unusable(key) from None


def integer(value: object) -> int:
    """A whole number, and not `true`."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _MOST:
        raise ValueError(value)
    return value


def yes_or_no(value: object) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def text(value: object) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def items(value: object) -> Sequence[object]:
    """A list."""
    if not isinstance(value, list):
        raise ValueError(value)
    return value


def day(value: object) -> date:
    """A date."""
    return _day(text(value))


@lru_cache(4096)
def _day(written: str) -> date:
    return read_day(written)


def time_of_day(value: object) -> time:
    """A time of day."""
    return read_time(text(value))


def zone(value: object) -> ZoneInfo:
    """A time zone by its name."""
    return _zone(text(value))


@lru_cache(1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, LookupError):  # "Europe" is a directory; a name that nobody gave
        raise ValueError(name) from None


def decimal_text(value: object) -> str:
    """A decimal number, as it was written."""
    decimal(text(value))
    return text(value)


def whole(asked: Json, key: str) -> int:
    """A whole number, such as an amount in minor units."""
    return needed(asked, key, integer)


def currency(asked: Json) -> str:
    """Any code of ISO 4217 that has minor units."""
    return needed(asked, "currency", text, lambda code: code in EXPONENTS)


def bill_day(asked: Json) -> int:
    """A day of the month."""
    return needed(asked, "bill_day", integer, lambda of_month: 1 <= of_month <= 31)


def months(asked: Json) -> int:
    """How long a cycle is."""
    return needed(asked, "months", integer, lambda many: 1 <= many <= MOST_MONTHS)


def count(asked: Json) -> int:
    """How many dates are asked for."""
    return needed(asked, "count", integer, lambda many: 0 <= many <= _MOST_DATES)


def part(asked: Json) -> Part:
    """So many days of a cycle."""
    days = needed(asked, "days", integer, lambda many: many >= 0)
    return Part(days, needed(asked, "cycle_days", integer, lambda many: many > 0))


def span(asked: Json, first: str, behind: str, *, least_days: int) -> Span:
    """From a day to the one behind the last."""
    start = needed(asked, first, day)
    return Span(start, needed(asked, behind, day, lambda end: (end - start).days >= least_days))


def weights(value: object) -> tuple[int, ...]:
    """What shares are by: none negative, and not all 0."""
    found = tuple(integer(one) for one in items(value))
    if any(weight < 0 for weight in found) or sum(found) == 0:
        raise ValueError(value)
    return found


def taxed(amount: str) -> Callable[[object], tuple[Taxed, ...]]:
    """A list of amounts that are taxed, each in the key `amount`."""
    return lambda value: tuple(_one_taxed(one, amount) for one in items(value))


def _one_taxed(line: object, amount: str) -> Taxed:
    if not isinstance(line, Mapping):
        raise ValueError(line)
    category = line.get("category")
    return Taxed(integer(line.get(amount)), _rate(text(line.get("rate"))), None if category is None else text(category))


@lru_cache(1024)
def _rate(written: str) -> Rate:
    return read_rate(written)
