"""`/staff/reports`: are we keeping up, how soon do we answer, who waits now. Pictures, and the numbers as tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from markupsafe import Markup
from starlette.responses import Response

from mailgate.tickets.figures import DAYS, WEEKS, DayFigures, WeekFigures, by_day, by_week, in_words
from store.views import figures
from store.views.figures import MOST_WAITING, Waiting
from webview import pictures
from webview.pictures import Dot, Pair, Span
from webview.staff_pages import StaffVisit

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with its conclusion in words."""

    title: str
    conclusion: str
    picture: Markup


def reports(visit: StaffVisit) -> Response:
    """All figures on one page."""
    zone = visit.zone
    today = visit.now.astimezone(zone).date()
    begin = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    since = datetime.combine(min(begin, today - timedelta(days=DAYS - 1)), time(), zone)
    opened = figures.opened(visit.conn, since=since)
    days = by_day((at for at, _ in opened), figures.closed(visit.conn, since=since), zone=zone, today=today)
    weeks = by_week(opened, zone=zone, today=today)
    waiting = figures.waiting(visit.conn)
    return visit.page(
        "staff/reports.html",
        days=days,
        weeks=weeks,
        waiting=[(one, in_words(visit.now - one.since)) for one in waiting[:_LISTED]],
        keeping_up=_keeping_up(days),
        answering=_answering(weeks),
        queue=_queue(waiting, visit.now),
        in_words=in_words,
    )


def _keeping_up(days: tuple[DayFigures, ...]) -> Shown:
    opened, closed = sum(day.opened for day in days), sum(day.closed for day in days)
    title = f"Opened and closed, the last {DAYS} days"
    conclusion = f"In {DAYS} days {opened} {_tickets(opened)} opened and {closed} closed."
    bars = [Pair(f"{day.day:%d %b}", day.opened, day.closed) for day in days]
    return Shown(title, conclusion, pictures.pairs(title, conclusion, bars))


def _answering(weeks: tuple[WeekFigures, ...]) -> Shown:
    title = f"First answer, the last {WEEKS} weeks"
    measured = [week for week in weeks if week.answered]
    conclusion = "No ticket was answered in this time."
    if measured:
        last = measured[-1]
        conclusion = (
            f"In the week of {last.monday:%d %b} half of the tickets were answered within {in_words(last.usual)}, "
            f"nine of ten within {in_words(last.worst)}."
        )
    bars = [Span(f"{week.monday:%d %b}", _hours(week.usual), _hours(week.worst)) for week in weeks]
    words = [f"{week.monday:%d %b}: half {in_words(week.usual)}, nine of ten {in_words(week.worst)}" for week in weeks]
    return Shown(title, conclusion, pictures.spans(title, conclusion, bars, words=words))


def _queue(waiting: Sequence[Waiting], now: datetime) -> Shown:
    title = "Who waits now"
    if not waiting:
        return Shown(title, "Nobody waits for an answer.", Markup(""))
    longest = in_words(now - waiting[0].since)
    many = f"{len(waiting)}{' or more' if len(waiting) == MOST_WAITING else ''}"
    conclusion = f"{many} {_wait(len(waiting))} for an answer, the longest for {longest}."
    marks = [
        Dot(
            f"#{one.id}, {in_words(now - one.since)}, {one.assignee or 'nobody has it'}",
            _hours(now - one.since) or 0.0,
            f"/staff/tickets/{one.id}",
        )
        for one in waiting
    ]
    ends = (in_words(now - waiting[-1].since), longest)
    return Shown(title, conclusion, pictures.dots(title, conclusion, marks, ends=ends))


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds() / 3600


def _tickets(count: int) -> str:
    return "ticket was" if count == 1 else "tickets were"


def _wait(count: int) -> str:
    return "customer waits" if count == 1 else "customers wait"
