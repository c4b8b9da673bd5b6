"""`mailgate report aging`, `revenue`, `mrr`: who owes, what was earned, what recurs. Currencies are never added up."""

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy import Connection

from mailgate.billing.figures.aging import Aged, Bucket, by_currency
from mailgate.billing.figures.recurring import Recurring
from mailgate.billing.figures.revenue import Revenue
from mailgate.billing.money.words import amount
from mailgate.billing.service import checked_day
from mailgate.cli.bars import bar
from mailgate.cli.billing_words import Day
from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_USAGE, Row, fail, json_option, print_rows, wants_json
from mailgate.cli.plots import HERE, plot_option, print_drawn, room, words, write_picture
from mailgate.language.tags import FALLBACK
from mailgate.language.telling import speaking
from mailgate.wiring import Parts
from store.engine import reading
from store.views import money_figures
from webview.money_charts import earning, owing, recurrent
from webview.pictures import alone
from webview.report_pages import Shown
from webview.words import Words

MONTHS = 12
_BESIDE = 100  # places of a terminal for the columns beside what is drawn

Of = TypeVar("Of", Revenue, Recurring)

_KEYS = {
    Bucket.NOT_DUE: "not_due_minor",
    Bucket.TO_30: "late_1_30_minor",
    Bucket.TO_60: "late_31_60_minor",
    Bucket.TO_90: "late_61_90_minor",
    Bucket.OVER_90: "late_over_90_minor",
}
_AGING = ("customer", "name", "currency", *_KEYS.values(), "total_minor", "invoices")
_REVENUE = (
    "month", "currency", "invoices", "credit_notes", "issued_minor", "tax_minor", "earned_minor", "deferred_minor",
)  # fmt: skip
_MRR = ("month", "currency", "services", "opening_minor", "new_minor", "changed_minor", "lost_minor", "mrr_minor")

at_option = click.option("--at", type=Day(), metavar="DATE", help="As it was at the end of this day; by default now.")
csv_option = click.option("--csv", "as_csv", is_flag=True, help="The rows of --json as CSV.")
months_option = click.option(
    "--months", type=click.IntRange(1, 120), default=MONTHS, show_default=True, help="So many, that of the day last."
)


@click.command()
@at_option
@csv_option
@plot_option
@json_option
def aging(at: date | None, as_csv: bool, plot: str | None) -> None:
    """Who owes, and for how many days: what is open of invoices, by customer and currency.

    With a day it is what the ledger had then. Without, each account's own day is today.
    """
    with gate() as parts, reading(parts.engine) as conn:
        found = money_figures.aging_on(conn, checked_day(at)) if at else money_figures.aging_now(conn, now())
        names = money_figures.names_of(conn, {one.customer_id for one in found if one.customer_id is not None})
    rows = [_aged(one, names.get(one.customer_id or 0, "")) for one in found]
    totals = by_currency(found)
    last = [_aged(one, "all together") for one in totals]
    _draw(plot, lambda said: [(one.currency, owing(said, one)) for one in totals])
    _print(rows, _AGING, as_csv=as_csv, said=_owed(totals), last=last, drawn=_bars(plot, rows, "total_minor"))


@click.command()
@months_option
@at_option
@csv_option
@plot_option
@json_option
def revenue(months: int, at: date | None, as_csv: bool, plot: str | None) -> None:
    """What was earned without tax, month by month: what was invoiced in it, and what is for its days.

    What a line bills is spread over its days; credit notes take away. Deferred is what was invoiced by the end of the
    month for days that come later.
    """
    found, _ = _figures(at, lambda conn, day: money_figures.revenue_until(conn, day, months=months))
    rows = [_earned(one) for one in found]
    _draw(plot, lambda said: [(currency, earning(said, some)) for currency, some in _by_currency(found)])
    _print(rows, _REVENUE, as_csv=as_csv, drawn=_bars(plot, rows, "earned_minor"))


@click.command()
@months_option
@at_option
@csv_option
@plot_option
@json_option
def mrr(months: int, at: date | None, as_csv: bool, plot: str | None) -> None:
    """What recurs: the price of a month of all services in force, without tax, and what changed it from month to month.

    A year counts a twelfth, with the discount that its period has. Pending, suspended and free services do not count.
    """
    found, day = _figures(at, lambda conn, day: money_figures.recurring_until(conn, day, months=months))
    rows = [_recurs(one) for one in found]
    _draw(plot, lambda said: [(currency, recurrent(said, some, day)) for currency, some in _by_currency(found)])
    _print(rows, _MRR, as_csv=as_csv, drawn=_bars(plot, rows, "mrr_minor"))


def _figures(at: date | None, count: Callable[[Connection, date], Sequence[Of]]) -> tuple[Sequence[Of], date]:
    with gate() as parts, reading(parts.engine) as conn:
        day = checked_day(at) if at else _today(parts)
        return count(conn, day), day


def _by_currency(found: Sequence[Of]) -> list[tuple[str, list[Of]]]:
    return [(name, [one for one in found if one.currency == name]) for name in sorted({one.currency for one in found})]


def _draw(plot: str | None, tell: Callable[[Words], Sequence[tuple[str, Shown]]]) -> None:
    """Into files, where one is named: of several currencies each has its own, and its name in that of the file."""
    if plot in (None, HERE):
        return
    path = Path(str(plot))
    with speaking(FALLBACK, "UTC", at=now()):
        shown = tell(words())
    for currency, one in shown:
        name = path if len(shown) == 1 else path.with_stem(f"{path.stem}-{currency}")
        write_picture(name, alone(one.picture))


def _bars(plot: str | None, rows: Sequence[Row], key: str) -> Mapping[str, Sequence[str]]:
    """Beside a column, on the terminal: each currency on a scale of its own, and nothing for what is below zero."""
    if plot != HERE:
        return {}
    most: dict[object, int] = {}
    for row in rows:
        most[row["currency"]] = max(most.get(row["currency"], 0), _minor(row[key]))
    return {key: [bar(_minor(row[key]), most[row["currency"]], room(_BESIDE)) for row in rows]}


def _minor(value: object) -> int:
    assert isinstance(value, int)
    return value


def _today(parts: Parts) -> date:
    return now().astimezone(parts.settings.gate.zone).date()


def _print(
    rows: Sequence[Row],
    columns: Sequence[str],
    *,
    as_csv: bool,
    drawn: Mapping[str, Sequence[str]],
    said: str = "",
    last: Sequence[Row] = (),
) -> None:
    """The rows; to people also what they come to, before them in words, or in rows of its own behind them."""
    if as_csv and wants_json():
        fail("--csv and --json contradict each other", code=EX_USAGE, hint="one of them", name="usage")
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_plain(row[column]) for column in columns] for row in rows)
        return
    if said and not wants_json():
        click.echo(f"{said}\n")
    if drawn and rows and not wants_json():
        empty = [""] * len(last)
        print_drawn([*rows, *last], columns, {key: [*bars, *empty] for key, bars in drawn.items()})
    else:
        print_rows(rows if wants_json() else [*rows, *last], columns)


def _plain(value: object) -> object:
    """Words that a spreadsheet would reckon with are words to it behind an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _owed(totals: Sequence[Aged]) -> str:
    with speaking(FALLBACK, "UTC"):
        said = [
            f"{amount(one.total_minor, one.currency)} are to be paid, of which "
            f"{amount(one.late_minor, one.currency)} are late."
            for one in totals
        ]
    return " ".join(said)


def _aged(one: Aged, name: str) -> Row:
    ages = {key: one.minor.get(bucket, 0) for bucket, key in _KEYS.items()}
    return {
        "customer": one.customer_id,
        "name": name,
        "currency": one.currency,
        **ages,
        "total_minor": one.total_minor,
        "invoices": sum(one.invoices.values()),
    }


def _earned(one: Revenue) -> Row:
    return {
        "month": f"{one.month:%Y-%m}",
        "currency": one.currency,
        "invoices": one.invoices,
        "credit_notes": one.credit_notes,
        "issued_minor": one.issued_minor,
        "tax_minor": one.tax_minor,
        "earned_minor": one.earned_minor,
        "deferred_minor": one.deferred_minor,
    }


def _recurs(one: Recurring) -> Row:
    return {
        "month": f"{one.month:%Y-%m}",
        "currency": one.currency,
        "services": one.services,
        "opening_minor": one.opening_minor,
        "new_minor": one.new_minor,
        "changed_minor": one.changed_minor,
        "lost_minor": one.lost_minor,
        "mrr_minor": one.mrr_minor,
    }
