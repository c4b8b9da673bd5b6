"""Days and periods: bill days, anchors, cycles and stubs; and which day it is where.

A span goes from its first day to the day after its last. A day is a calendar date; an instant becomes a day by the
rules of its zone at that instant, never by an offset of now.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTHS = 12
_LAST_MONTH = date.max.year * _MONTHS + 11
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?\Z")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})\Z",
    re.IGNORECASE,
)


class BeyondTheCalendar(ValueError):
    """A day before the year 1 or after 9999."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` up to, but not with, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that belongs to it: what people are told."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """So many days of a cycle."""

    days: int
    cycle_days: int


def day_in(month: int, bill_day: int) -> date:
    """The bill day in a month, counted from the year 0; the month's last day where it lacks that day."""
    year, index = divmod(month, _MONTHS)
    if not _MONTHS <= month <= _LAST_MONTH:
        raise BeyondTheCalendar(f"there is no year {year}")
    last = _DAYS_IN_MONTH[index] + (index == 1 and _is_leap(year))
    return date(year, index + 1, min(bill_day, last))


def nth(anchor: date, months: int, n: int) -> date:
    """anchor + n times months, cut to the month's end: 31 January is followed by 28 February and 31 March.

    Raises BeyondTheCalendar.
    """
    return day_in(_month_of(anchor) + n * months, anchor.day)


def sequence(anchor: date, months: int, count: int) -> tuple[date, ...]:
    """The n-th dates for n from 1 to `count`. Raises BeyondTheCalendar."""
    return tuple(nth(anchor, months, n) for n in range(1, count + 1))


def first_bill_day(start: date, bill_day: int) -> date:
    """The first bill day on or after the start. Raises BeyondTheCalendar."""
    month = _month_of(start)
    this_month = day_in(month, bill_day)
    return this_month if this_month >= start else day_in(month + 1, bill_day)


def bill_dates(start: date, bill_day: int, months: int) -> Iterator[date]:
    """Bill days on or after the start, a cycle apart, for ever. Raises BeyondTheCalendar at the end of the calendar."""
    month = _month_of(first_bill_day(start, bill_day))
    while True:
        yield day_in(month, bill_day)
        month += months


def anchor_of(bill_on: date, bill_day: int, months: int) -> date:
    """A date from which cycles are counted that reach a bill day: it has the true day of month, where any of them has.

    28 February, with bill day 31, is counted from a 31st before it, so that 31 March follows. Where no month of the
    cycle has the day, its longest one stands for it: a leap year's February, for years.
    """
    month = _month_of(bill_on)
    before = (day_in(month - back, bill_day) for back in range(0, 8 * _MONTHS + months, months))
    return max(before, key=lambda day: day.day)


def cycle_before(bill_on: date, bill_day: int, months: int) -> Span:
    """The whole cycle that ends on a bill day. Raises BeyondTheCalendar."""
    return Span(day_in(_month_of(bill_on) - months, bill_day), bill_on)


def first_stub(start: date, bill_day: int, months: int) -> tuple[date, Part]:
    """The first bill day, and the days before it as a part of the full cycle that ends on it.

    No days when the start is a bill day. Raises BeyondTheCalendar.
    """
    bill_on = first_bill_day(start, bill_day)
    return bill_on, Part((bill_on - start).days, cycle_before(bill_on, bill_day, months).days)


@dataclass(frozen=True, slots=True)
class Cycles:
    """A span cut at its bill days: the days before the first, whole cycles, and the days behind the last."""

    leading: Part | None
    whole: int
    trailing: Part | None


def cycles(span: Span, bill_day: int, months: int) -> Cycles:
    """Cut a span at its bill days, a cycle apart. Raises BeyondTheCalendar.

    A span that ends before the first bill day has a leading part alone.
    """
    bill_on, stub = first_stub(span.start, bill_day, months)
    if span.end <= bill_on:
        return Cycles(Part(span.days, stub.cycle_days) if span.days else None, 0, None)
    month = _month_of(bill_on)
    whole = max(0, (_month_of(span.end) - month) // months)
    if day_in(month + whole * months, bill_day) > span.end:
        whole -= 1
    last = day_in(month + whole * months, bill_day)
    rest = (span.end - last).days
    trailing = Part(rest, (day_in(month + (whole + 1) * months, bill_day) - last).days) if rest else None
    return Cycles(stub if stub.days else None, whole, trailing)


def index_on(anchor: date, months: int, on: date) -> int:
    """Which n-th date begins the period that holds a day; negative before the anchor."""
    n = (_month_of(on) - _month_of(anchor)) // months
    return n if nth(anchor, months, n) <= on else n - 1


def period_on(anchor: date, months: int, on: date) -> Span:
    """The period that holds a day. Raises BeyondTheCalendar."""
    n = index_on(anchor, months, on)
    return Span(nth(anchor, months, n), nth(anchor, months, n + 1))


def whole_periods(span: Span, months: int) -> int:
    """How many n-th dates, counted from its start, lie in a span or on its end."""
    return max(0, index_on(span.start, months, span.end))


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """Which day it is in a zone at an instant. Raises BeyondTheCalendar."""
    try:
        return at.astimezone(zone).date()
    except OverflowError:
        raise BeyondTheCalendar(f"{at} is outside the calendar in {zone}") from None


def local_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in a zone, in UTC; the first after the gap where midnight does not exist.

    Raises BeyondTheCalendar.
    """
    midnight = datetime.combine(day, time())
    early, late = _instants(midnight, zone)
    if early >= late:  # midnight exists, once or twice: the first counts
        return late
    return _transition(early, late, zone)


def local_time(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a time of day in a zone, in UTC; moved on by the gap inside one, the first where there are two.

    Raises BeyondTheCalendar.
    """
    try:
        return datetime.combine(day, at, zone).astimezone(UTC)
    except OverflowError:
        raise BeyondTheCalendar(f"{day} {at} is outside the calendar") from None


def read_time(text: str) -> time:
    """A time of day, "08:00" or "08:00:30". Raises ValueError."""
    if not _TIME.match(text):
        raise ValueError(f"{text!r} is no time of day, such as 08:00")
    return time.fromisoformat(text)


def read_day(text: str) -> date:
    """A day as YYYY-MM-DD and nothing else. Raises ValueError."""
    if not _DAY.match(text):  # ISO 8601 has weeks and dates without hyphens, too
        raise ValueError(f"{text!r} is no day, such as 2031-04-01")
    return date.fromisoformat(text)


def read_instant(text: str) -> datetime:
    """An instant with any offset (RFC 3339), in UTC; the seconds may be left out. Raises ValueError."""
    if not _INSTANT.match(text):  # without an offset nobody knows when it is
        raise ValueError(f"{text!r} is no instant, such as 2031-04-01T08:00:00Z")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError:
        raise BeyondTheCalendar(f"{text} is outside the calendar") from None


def _instants(naive: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """What a local time would be by the rules after a change of the clock, and by those before it: equal without one,
    the first the smaller in a gap and the larger where the time occurs twice."""
    try:
        before, after = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        raise BeyondTheCalendar(f"{naive} is outside the calendar") from None
    return after, before


def _transition(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant in (low, high] at which the offset of the zone changes, to the second."""
    offset = low.astimezone(zone).utcoffset()
    while (seconds := int((high - low) // timedelta(seconds=1))) > 1:
        middle = low + timedelta(seconds=seconds // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _month_of(day: date) -> int:
    return day.year * _MONTHS + day.month - 1


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
