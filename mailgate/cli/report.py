"""`mailgate report`: how many tickets come and go, and how soon they are answered, as tables and pictures.

What it says of money stands in `report_money.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import click

from mailgate.cli import report_money
from mailgate.cli.bars import bar, spans
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.output import Row, json_option, print_rows, wants_json
from mailgate.cli.plots import HERE, plot_option, print_drawn, room, words, write_picture
from mailgate.cli.report_cards import missing_cards
from mailgate.language.tags import FALLBACK
from mailgate.language.telling import span, speaking
from mailgate.tickets.figures import DAYS, WEEKS, DayFigures, WeekFigures
from store.engine import reading
from webview.pictures import alone
from webview.report_pages import Shown, answering, counted, keeping_up
from webview.words import Words

_HALF, _NINE_OF_TEN = "half_within", "nine_of_ten_within"
_BESIDE_DAYS, _BESIDE_WEEKS = 32, 72  # places of a terminal for the columns beside what is drawn


@click.group(cls=Group)
def report() -> None:
    """How many tickets come and go, how soon they are answered, how money stands, and who is billed without a card."""


for _of_money in (report_money.aging, report_money.revenue, report_money.mrr, missing_cards):
    report.add_command(_of_money)


@report.command()
@click.option("--days", type=click.IntRange(1, 366), default=DAYS, show_default=True, help="So many, today's last.")
@plot_option
@json_option
def tickets(days: int, plot: str | None) -> None:
    """Tickets that were opened and closed, day by day; one that was closed twice counts twice."""
    rows = _figures(days=days)[0]
    most = max((max(one.opened, one.closed) for one in rows), default=0)
    table: list[Row] = [{"day": one.day.isoformat(), "opened": one.opened, "closed": one.closed} for one in rows]
    drawn = {
        "opened": [bar(one.opened, most, room(_BESIDE_DAYS) // 2) for one in rows],
        "closed": [bar(one.closed, most, room(_BESIDE_DAYS) // 2) for one in rows],
    }
    _show(table, ("day", "opened", "closed"), plot, drawn, lambda said: keeping_up(said, rows))


@report.command()
@click.option("--weeks", type=click.IntRange(1, 104), default=WEEKS, show_default=True, help="So many, this one last.")
@plot_option
@json_option
def response(weeks: int, plot: str | None) -> None:
    """How soon tickets got their first answer, by the week in which they were opened.

    What is drawn goes from the time within which half of them were to that of nine of ten, on a scale on which an hour
    and a week can both be seen.
    """
    rows = _figures(weeks=weeks)[1]
    seconds = [
        (one.usual.total_seconds(), one.worst.total_seconds()) if one.usual and one.worst else None for one in rows
    ]
    with speaking(FALLBACK, "UTC"):
        table = [_week(one) for one in rows]
    columns = ("week", "answered", "unanswered", _HALF, _NINE_OF_TEN)
    _show(table, columns, plot, {_NINE_OF_TEN: spans(seconds, room(_BESIDE_WEEKS))}, lambda said: answering(said, rows))


def _figures(*, days: int = 1, weeks: int = 1) -> tuple[tuple[DayFigures, ...], tuple[WeekFigures, ...]]:
    with gate() as parts, reading(parts.engine) as conn:
        return counted(
            conn, zone=parts.settings.gate.zone, now=now(), hours=parts.settings.opening, days=days, weeks=weeks
        )


def _week(one: WeekFigures) -> Row:
    row: dict[str, object] = {
        "week": one.monday.isoformat(),
        "answered": one.answered,
        "unanswered": one.unanswered,
    }
    if wants_json():
        return {**row, "half_within_seconds": _seconds(one.usual), "nine_of_ten_within_seconds": _seconds(one.worst)}
    return {**row, _HALF: one.usual and span(one.usual), _NINE_OF_TEN: one.worst and span(one.worst)}


def _show(
    table: Sequence[Row],
    columns: Sequence[str],
    plot: str | None,
    drawn: Mapping[str, Sequence[str]],
    tell: Callable[[Words], Shown],
) -> None:
    """What the table says in one sentence, the table, and what is drawn: beside its columns, or in a file."""
    with speaking(FALLBACK, "UTC", at=now()):
        shown = tell(words())
    if plot not in (None, HERE):
        write_picture(Path(str(plot)), alone(shown.picture))
    if wants_json():
        print_rows(table, columns)
        return
    click.echo(f"{shown.title}. {shown.conclusion}\n")
    print_drawn(table, columns, drawn if plot == HERE else {})


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds())
