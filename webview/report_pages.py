"""`/staff/reports`: are we keeping up, how soon do we answer, who waits now. Pictures, and the numbers as tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from mailgate.language.telling import day, number, short_day, span, speaking
from mailgate.opening_hours import OpeningHours
from mailgate.tickets.figures import DAYS, WEEKS, DayFigures, WeekFigures, by_day, by_week
from store.views import figures
from store.views.figures import MOST_WAITING, Waiting
from webview.drawing import NARROW, WIDE, Canvas
from webview.pictures import Dot, Pair, Span, dots, pairs, spans
from webview.staff_pages import StaffVisit
from webview.words import Words

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart, drawn twice, with its conclusion in words."""

    title: str
    conclusion: str
    picture: Markup
    narrow: Markup  # the same for a phone


def reports(visit: StaffVisit) -> Response:
    """All figures on one page."""
    days, weeks = counted(visit.conn, zone=visit.zone, now=visit.now, hours=visit.site.settings.opening)
    waiting = figures.waiting(visit.conn)
    return visit.page(
        "staff/reports.html",
        days=days,
        weeks=weeks,
        waiting=[(one, visit.now - one.since) for one in waiting[:_LISTED]],
        **_told(visit, days, weeks, waiting),
    )


def counted(
    conn: Connection,
    *,
    zone: tzinfo,
    now: datetime,
    hours: OpeningHours,
    days: int = DAYS,
    weeks: int = WEEKS,
) -> tuple[tuple[DayFigures, ...], tuple[WeekFigures, ...]]:
    """The figures of the last days and weeks, today and this week among them; of waits counts the time of `hours`."""
    today = now.astimezone(zone).date()
    begin = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    since = datetime.combine(min(begin, today - timedelta(days=days - 1)), time(), zone)
    opened = figures.opened(conn, since=since)
    by_days = by_day((at for at, _ in opened), figures.closed(conn, since=since), zone=zone, today=today, days=days)
    return by_days, by_week(opened, zone=zone, today=today, weeks=weeks, hours=hours)


def _told(
    visit: StaffVisit, days: tuple[DayFigures, ...], weeks: tuple[WeekFigures, ...], waiting: Sequence[Waiting]
) -> dict[str, Shown]:
    """The pictures, in the words of the visitor."""
    words, reader = visit.words, visit.reader
    with speaking(words.language, reader.timezone, at=reader.at):
        return {
            "keeping_up": keeping_up(words, days),
            "answering": answering(words, weeks),
            "queue": _queue(words, waiting, visit.now),
        }


def keeping_up(words: Words, days: tuple[DayFigures, ...]) -> Shown:
    """Are we keeping up: what was opened and closed each day."""
    opened, closed = sum(one.opened for one in days), sum(one.closed for one in days)
    title = words.gettext("Opened and closed, the last %(count)s days", count=len(days))
    conclusion = words.ngettext(
        "In %(days)s days %(num)s ticket was opened and %(closed)s closed.",
        "In %(days)s days %(num)s tickets were opened and %(closed)s closed.",
        opened,
        days=len(days),
        closed=number(closed),
    )
    said = [
        words.gettext(
            "%(day)s: %(opened)s opened, %(closed)s closed", day=day(one.day), opened=one.opened, closed=one.closed
        )
        for one in days
    ]
    bars = [Pair(told, one.opened, one.closed, short_day(one.day)) for one, told in zip(days, said, strict=True)]
    legend = words.gettext("opened"), words.gettext("closed")
    return _shown(
        title, conclusion, lambda canvas: pairs(title, conclusion, bars, legend=legend, tell=number, canvas=canvas)
    )


def answering(words: Words, weeks: tuple[WeekFigures, ...]) -> Shown:
    """How soon we answer, week by week."""
    title = words.gettext("First answer, the last %(count)s weeks", count=len(weeks))
    measured = [week for week in weeks if week.answered]
    conclusion = words.gettext("No ticket was answered in this time.")
    if measured:
        last = measured[-1]
        conclusion = words.gettext(
            "In the week of %(day)s half of the tickets were answered within %(usual)s, nine of ten within %(worst)s.",
            day=day(last.monday),
            usual=span(last.usual),
            worst=span(last.worst),
        )
    said = [
        words.gettext(
            "%(day)s: half within %(usual)s, nine of ten within %(worst)s",
            day=day(week.monday),
            usual=span(week.usual),
            worst=span(week.worst),
        )
        for week in weeks
    ]
    bars = [
        Span(told, _hours(week.usual), _hours(week.worst), short_day(week.monday))
        for week, told in zip(weeks, said, strict=True)
    ]
    legend = words.gettext("half within"), words.gettext("nine of ten within")
    return _shown(
        title, conclusion, lambda canvas: spans(title, conclusion, bars, legend=legend, tell=_lasting, canvas=canvas)
    )


def _queue(words: Words, waiting: Sequence[Waiting], now: datetime) -> Shown:
    title = words.gettext("Who waits now")
    if not waiting:
        return Shown(title, words.gettext("Nobody waits for an answer."), Markup(""), Markup(""))
    longest = span(now - waiting[0].since)
    shown = number(len(waiting)) + ("+" if len(waiting) == MOST_WAITING else "")
    conclusion = words.ngettext(
        "%(shown)s customer waits for an answer, the longest for %(longest)s.",
        "%(shown)s customers wait for an answer, the longest for %(longest)s.",
        len(waiting),
        shown=shown,
        longest=longest,
    )
    nobody = words.gettext("nobody has it")
    marks = [
        Dot(
            f"#{one.id}, {span(now - one.since)}, {one.assignee or nobody}",
            _hours(now - one.since) or 0.0,
            f"/staff/tickets/{one.id}",
        )
        for one in waiting
    ]
    return _shown(title, conclusion, lambda canvas: dots(title, conclusion, marks, tell=_lasting, canvas=canvas))


def _shown(title: str, conclusion: str, draw: Callable[[Canvas], Markup]) -> Shown:
    return Shown(title, conclusion, draw(WIDE), draw(NARROW))


def _lasting(hours: float) -> str:
    return span(hours * 3600)


def _hours(time: timedelta | None) -> float | None:
    return None if time is None else time.total_seconds() / 3600
