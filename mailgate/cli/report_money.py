"""`mailgate report aging`, `revenue`, `mrr`: who owes, what was earned, what recurs. Currencies are never added up."""

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import click
from sqlalchemy import Connection

from mailgate.billing.figures.aging import Aged, Bucket, by_currency
from mailgate.billing.figures.recurring import Recurring
from mailgate.billing.figures.revenue import Revenue
from mailgate.billing.money.words import amount
from mailgate.billing.service import checked_day
from mailgate.cli.billing_words import Day
from mailgate.cli.gate import gate, now
from mailgate.cli.output import EX_USAGE, Row, fail, json_option, print_rows, wants_json
from mailgate.language.tags import FALLBACK
from mailgate.language.telling import speaking
from mailgate.wiring import Parts
from store.engine import reading
from store.views import money_figures

MONTHS = 12

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
@json_option
def aging(at: date | None, as_csv: bool) -> None:
    """Who owes, and for how many days: what is open of invoices, by customer and currency.

    With a day it is what the ledger had then. Without, each account's own day is today.
    """
    with gate() as parts, reading(parts.engine) as conn:
        found = money_figures.aging_on(conn, checked_day(at)) if at else money_figures.aging_now(conn, now())
        names = money_figures.names_of(conn, {one.customer_id for one in found if one.customer_id is not None})
    rows = [_aged(one, names.get(one.customer_id or 0, "")) for one in found]
    totals = by_currency(found)
    _print(rows, _AGING, as_csv=as_csv, said=_owed(totals), last=[_aged(one, "all together") for one in totals])


@click.command()
@months_option
@at_option
@csv_option
@json_option
def revenue(months: int, at: date | None, as_csv: bool) -> None:
    """What was earned without tax, month by month: what was invoiced in it, and what is for its days.

    What a line bills is spread over its days; credit notes take away. Deferred is what was invoiced by the end of the
    month for days that come later.
    """
    rows = _figures(
        at, lambda conn, day: [_earned(one) for one in money_figures.revenue_until(conn, day, months=months)]
    )
    _print(rows, _REVENUE, as_csv=as_csv)


@click.command()
@months_option
@at_option
@csv_option
@json_option
def mrr(months: int, at: date | None, as_csv: bool) -> None:
    """What recurs: the price of a month of all services in force, without tax, and what changed it from month to month.

    A year counts a twelfth, with the discount that its period has. Pending, suspended and free services do not count.
    """
    rows = _figures(
        at, lambda conn, day: [_recurs(one) for one in money_figures.recurring_until(conn, day, months=months)]
    )
    _print(rows, _MRR, as_csv=as_csv)


def _figures(at: date | None, count: Callable[[Connection, date], Sequence[Row]]) -> Sequence[Row]:
    with gate() as parts, reading(parts.engine) as conn:
        return count(conn, checked_day(at) if at else _today(parts))


def _today(parts: Parts) -> date:
    return now().astimezone(parts.settings.gate.zone).date()


def _print(
    rows: Sequence[Row], columns: Sequence[str], *, as_csv: bool, said: str = "", last: Iterable[Row] = ()
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
