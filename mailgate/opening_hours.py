"""When somebody works at the desk: hours of the week in one zone, and days on which nobody does."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

from mailgate.errors import Permanent

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_HOURS = re.compile(r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)\Z")
_YEARLY = re.compile(r"(\d\d)-(\d\d)\Z", re.ASCII)
_LOOKS_AHEAD = 800  # days: over two years in which every day is a holiday nobody waits for the end of


class BadHours(Permanent):
    """This says no hours or no day; says why, to go on from the value."""


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of one day of the week, 0 for Monday; `minutes` from midnight, the second at most 1,440."""

    weekday: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours of a week and the holidays, of a year or of each (`12-25`). Without spans it is open day and night."""

    spans: tuple[Span, ...] = ()
    holidays: frozenset[str] = frozenset()
    zone: tzinfo = UTC

    def is_open(self, at: datetime) -> bool:
        """Somebody works then."""
        return any(begin <= at < end for begin, end in self._of_day(at.astimezone(self.zone).date()))

    def from_then_on(self, at: datetime) -> datetime:
        """The instant itself when somebody works then, else the next one at which somebody begins to."""
        for begin, end in self._from(at):
            if at < end:
                return max(at, begin)
        return at

    def after(self, at: datetime, span: timedelta) -> datetime:
        """When so much time has passed in which somebody worked."""
        for begin, end in self._from(at):
            since = max(at, begin)
            if since < end and end - since >= span:
                return since + span
            span -= max(end - since, timedelta(0))
        return at + span

    def between(self, begin: datetime, end: datetime) -> timedelta:
        """How much of the time between two instants somebody worked."""
        worked = timedelta(0)
        for opens, closes in self._from(begin):
            if opens >= end:
                break
            worked += max(min(closes, end) - max(opens, begin), timedelta(0))
        return worked

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = at.astimezone(self.zone).date()
        for days in range(_LOOKS_AHEAD):
            yield from self._of_day(first + timedelta(days=days))

    def _of_day(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """What it is open on a day of its zone, in order; each instant of a day that is open throughout is in it."""
        if not self.holidays.isdisjoint((f"{day}", f"{day:%m-%d}")):
            return
        for span in self.spans or (Span(day.weekday(), 0, 1_440),):
            if span.weekday == day.weekday():
                yield self._at(day, span.begin), self._at(day, span.end)

    def _at(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, 1_440)
        return datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), self.zone).astimezone(UTC)


@lru_cache
def opening(hours: tuple[str, ...], zone: tzinfo, holidays: tuple[str, ...] = ()) -> OpeningHours:
    """Of texts that `read_hours` and `read_holiday` take."""
    spans = [span for text in hours for span in read_hours(text)]
    return OpeningHours(in_order(spans), frozenset(holidays), zone)


ALWAYS = OpeningHours()
"""Day and night."""


def read_hours(text: str) -> tuple[Span, ...]:
    """The spans of `mon-fri 09:00-17:00` or `sat 10:00-14:00`. Raises BadHours."""
    found = _HOURS.match(" ".join(text.lower().split()))
    if not found or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
        raise BadHours("is not written like mon-fri 09:00-17:00")
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    begin, end = (60 * int(found[place]) + int(found[place + 1]) for place in (3, 5))
    if int(found[4]) > 59 or int(found[6]) > 59 or not begin < end <= 1_440:
        raise BadHours("must end after it begins, on the same day, at 24:00 at the latest")
    return tuple(Span(day % 7, begin, end) for day in range(first, last + 1 + 7 * (last < first)))


def in_order(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans of a week as they follow each other. Raises BadHours when two are at the same time."""
    ordered = sorted(spans, key=lambda span: (span.weekday, span.begin))
    for one, next_one in pairwise(ordered):
        if one.weekday == next_one.weekday and next_one.begin < one.end:
            raise BadHours(f"are said twice for {DAYS[one.weekday]}")
    return tuple(ordered)


def read_holiday(text: str) -> str:
    """A day, `2026-04-03`, or one of each year, `12-25`, as it was written. Raises BadHours."""
    yearly = _YEARLY.match(text)
    try:
        date.fromisoformat(f"2024-{text}" if yearly else text)  # a leap year: 02-29 is a day
    except ValueError:
        raise BadHours("is no day such as 2026-04-03, or 12-25 for each year") from None
    if not yearly and len(text) != 10:
        raise BadHours("is no day such as 2026-04-03, or 12-25 for each year")
    return text
