"""What the desk's figures are made from: days of a zone, shares of sorted values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from mailgate.opening_hours import ALWAYS, OpeningHours

DAYS, WEEKS = 30, 8
"""How far the figures look back."""


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What happened on one day."""

    day: date
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """How soon tickets that were opened in one week got their first answer; None when none got one."""

    monday: date
    answered: int
    unanswered: int  # those that nobody has answered to this day
    usual: timedelta | None  # half of them were answered as soon as this
    worst: timedelta | None  # nine of ten


def by_day(
    opened: Iterable[datetime], closed: Iterable[datetime], *, zone: tzinfo, today: date, days: int = DAYS
) -> tuple[DayFigures, ...]:
    """The figures of each of the last `days` days, today's last; instants of other days are left out."""
    came, went = (Counter(at.astimezone(zone).date() for at in instants) for instants in (opened, closed))
    span = [today - timedelta(days=back) for back in reversed(range(days))]
    return tuple(DayFigures(day, came[day], went[day]) for day in span)


def by_week(
    answers: Iterable[tuple[datetime, datetime | None]],
    *,
    zone: tzinfo,
    today: date,
    weeks: int = WEEKS,
    hours: OpeningHours = ALWAYS,
) -> tuple[WeekFigures, ...]:
    """(opened, first answered or None) → the figures of each of the last `weeks` weeks, this one last.

    Of a wait counts the time in which somebody worked.
    """
    this_monday = today - timedelta(days=today.weekday())
    waits: dict[date, list[timedelta]] = {}
    unanswered: Counter[date] = Counter()
    for opened, answered in answers:
        local = opened.astimezone(zone).date()
        monday = local - timedelta(days=local.weekday())
        if answered is None:
            unanswered[monday] += 1
        else:
            waits.setdefault(monday, []).append(
                hours.between(opened, answered) if hours.spans or hours.holidays else answered - opened
            )
    mondays = [this_monday - timedelta(weeks=back) for back in reversed(range(weeks))]
    return tuple(
        WeekFigures(
            monday,
            len(found := sorted(waits.get(monday, ()))),
            unanswered[monday],
            share(found, 0.5),
            share(found, 0.9),
        )
        for monday in mondays
    )


def share(ordered: Sequence[timedelta], part: float) -> timedelta | None:
    """The smallest of these values, in their order, that `part` of all do not exceed; None when there are none."""
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * round(part * 100) // 100) - 1)]
