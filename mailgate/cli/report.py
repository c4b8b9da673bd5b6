"""`mailgate report`: how many tickets come and go, and how soon they are answered, as tables and pictures.

What it says of money stands in `report_money.py`.
"""

import gettext
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import click

from mailgate.cli import report_money
from mailgate.cli.bars import bar, spans
from mailgate.cli.cells import Column, laid_out, table_of
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.output import EX_CANTCREAT, EX_USAGE, Row, fail, json_option, print_rows, say, wants_json, zone
from mailgate.cli.report_cards import missing_cards
from mailgate.language.tags import FALLBACK
from mailgate.language.telling import span, speaking
from mailgate.tickets.figures import DAYS, WEEKS, DayFigures, WeekFigures
from store.engine import reading
from webview.pictures import alone
from webview.report_pages import Shown, answering, counted, keeping_up
from webview.words import Words

_HALF, _NINE_OF_TEN = "half_within", "nine_of_ten_within"
_HERE = "-"  # the terminal
_ENDING = ".svg"
_BESIDE_DAYS, _BESIDE_WEEKS = 32, 72  # places of a terminal for the columns beside what is drawn
_MOST, _LEAST = 60, 10  # places of what is drawn

plot_option = click.option(
    "--plot",
    is_flag=False,
    flag_value=_HERE,
    metavar="[FILE.svg]",
    help="Draw it, here or as an SVG picture into a new file.",
)


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
        "opened": [bar(one.opened, most, _room(_BESIDE_DAYS) // 2) for one in rows],
        "closed": [bar(one.closed, most, _room(_BESIDE_DAYS) // 2) for one in rows],
    }
    _show(table, ("day", "opened", "closed"), plot, drawn, lambda words: keeping_up(words, rows))


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
    _show(
        table, columns, plot, {_NINE_OF_TEN: spans(seconds, _room(_BESIDE_WEEKS))}, lambda words: answering(words, rows)
    )


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
        shown = tell(Words(FALLBACK, gettext.NullTranslations()))
    if plot not in (None, _HERE):
        _write(Path(str(plot)), alone(shown.picture))
    if wants_json():
        print_rows(table, columns)
        return
    click.echo(f"{shown.title}. {shown.conclusion}\n")
    laid: list[Column] = []
    for key, column in zip(columns, table_of(table, columns, zone()), strict=True):
        laid.append(column)
        if plot == _HERE and key in drawn:
            laid.append(Column("", tuple(drawn[key])))
    for line in laid_out(laid, None):
        click.echo(line)


def _write(path: Path, picture: str) -> None:
    if path.suffix.lower() != _ENDING:
        fail(f"{path} would not be a picture that is drawn here", code=EX_USAGE, hint=f"a name that ends in {_ENDING}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(picture)
    except FileExistsError:
        fail(f"{path} is there already", code=EX_CANTCREAT, hint="name another file")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        fail(f"{path} cannot be written: {error}", code=EX_CANTCREAT)
    say(f"{path} is written")


def _room(beside: int) -> int:
    return max(min(shutil.get_terminal_size().columns - beside, _MOST), _LEAST)


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds())
