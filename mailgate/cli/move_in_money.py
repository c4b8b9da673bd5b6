"""`mailgate import services` and `import balances`: what customers had in an older system goes on here."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from mailgate.billing.service import checked_day
from mailgate.cli.billing_words import Day
from mailgate.cli.cells import Named, Row
from mailgate.cli.gate import gate, now
from mailgate.cli.meter import Meter
from mailgate.cli.output import (
    EX_DATAERR,
    EX_NOINPUT,
    EX_USAGE,
    fail,
    json_option,
    print_object,
    print_rows,
    say,
    wants_json,
)
from mailgate.flows.billing.books import Today
from mailgate.flows.moving.balances import BalanceStep, MovedBalance, MovingBalances
from mailgate.flows.moving.service_table import read_balances, read_services
from mailgate.flows.moving.services import MovedService, MovingServices, Step
from mailgate.flows.moving.survey import Progress
from mailgate.flows.moving.table import Fault, Line
from store.called import names_of
from store.engine import reading

C = TypeVar("C", bound=Callable[..., None])
R = TypeVar("R", bound="_Row")
R_co = TypeVar("R_co", covariant=True)
R_contra = TypeVar("R_contra", contravariant=True)
F = TypeVar("F", bound="_Found")
F_co = TypeVar("F_co", covariant=True)

BY = "the move"
SERVICES = (
    "line", "customer", "name", "sku", "cycle", "list_minor", "currency", "paid_through_on", "first_until_on",
    "first_minor", "step",
)  # fmt: skip
BALANCES = ("line", "customer", "amount_minor", "currency", "step")
_OPTIONS = (
    click.argument("path", metavar="CSV", type=click.Path(path_type=Path)),
    click.option("--apply", "do_it", is_flag=True, help="Do what the plan says; without it nothing is written."),
    click.option("--dry-run", is_flag=True, help="Only the plan, as without --apply."),
    click.option("--skip-bad", is_flag=True, help="With --apply: take the good rows although there are bad ones."),
    click.option("--on", type=Day(), metavar="DATE", help="Do it as if this were today."),
)


def table_options(command: C) -> C:
    """What both commands take."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@table_options
@click.option("--bill-missed", is_flag=True, help="Also what was paid through more than a cycle ago: bill it since.")
@json_option
def services(path: Path, do_it: bool, dry_run: bool, skip_bad: bool, on: date | None, bill_missed: bool) -> None:
    """Services go on here from where they were billed. Columns: customer, cycle, paid_through; sku, or name and price;
    domain, state, external_id, currency, start, options, parent, kind, tax_included.
    """
    _refuse_both(do_it, dry_run)
    with gate() as parts:
        table = read_services(_read(path))
        story = MovingServices(parts.engine, parts.settings, _today(on), BY, bill_missed)
        found, faults, applied = _told(story, table, do_it=do_it, skip_bad=skip_bad)
        with reading(parts.engine) as conn:
            names = names_of(conn, {one.customer_id for one in found.moved})
    rows = [_service(one, names, is_here=applied or one.step is not Step.ADD) for one in found.moved]
    result = {
        "applied": applied,
        **{step.value: found.steps[step] for step in Step},
        "ended": table.ended,
        "ignored_columns": list(table.ignored),
        "totals": _totals(found.moved),
        "services": rows,
        "bad": _bad(faults),
    }
    _print(result, {"services": SERVICES, "totals": ("currency", "cycle", "services", "list_minor")}, do_it=do_it)


@click.command()
@table_options
@json_option
def balances(path: Path, do_it: bool, dry_run: bool, skip_bad: bool, on: date | None) -> None:
    """What customers have in the older system becomes their credit. Columns: customer, currency, amount (24.00)."""
    _refuse_both(do_it, dry_run)
    with gate() as parts:
        table = read_balances(_read(path))
        story = MovingBalances(parts.engine, parts.settings, _today(on), BY)
        found, faults, applied = _told(story, table, do_it=do_it, skip_bad=skip_bad)
        with reading(parts.engine) as conn:
            names = names_of(conn, {one.customer_id for one in found.moved})
    result = {
        "applied": applied,
        **{step.value: found.steps[step] for step in BalanceStep},
        "ignored_columns": list(table.ignored),
        "totals": [{"currency": of, "amount_minor": minor} for of, minor in found.totals.items()],
        "balances": [_balance(one, names) for one in found.moved],
        "bad": _bad(faults),
    }
    _print(result, {"balances": BALANCES, "totals": ("currency", "amount_minor")}, do_it=do_it)


class _Row(Protocol):
    @property
    def line(self) -> Line: ...


class _Table(Protocol[R_co]):
    @property
    def rows(self) -> tuple[R_co, ...]: ...
    @property
    def faults(self) -> tuple[Fault, ...]: ...


class _Found(Protocol):
    faults: list[Fault]


class _Story(Protocol[R_contra, F_co]):
    def __call__(self, rows: Sequence[R_contra], *, is_for_good: bool, progress: Progress) -> F_co: ...


def _told(story: _Story[R, F], table: _Table[R], *, do_it: bool, skip_bad: bool) -> tuple[F, list[Fault], bool]:
    """The plan, then the same for good where that is meant: what was found, all that is bad, whether it was done."""
    meter = Meter()
    found = story(table.rows, is_for_good=False, progress=meter)
    faults = [*table.faults, *found.faults]
    applied = do_it and (skip_bad or not faults)
    if applied:
        bad = {fault.line for fault in faults}
        good = [row for row in table.rows if row.line.number not in bad]
        found = story(good, is_for_good=True, progress=meter)
        faults += found.faults
    meter.end()
    return found, faults, applied


def _refuse_both(do_it: bool, dry_run: bool) -> None:
    if do_it and dry_run:
        fail("--apply and --dry-run contradict each other", code=EX_USAGE, name="usage")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(str(error), code=EX_NOINPUT)


def _today(on: date | None) -> Today:
    return Today(now(), checked_day(on) if on else None)


def _service(one: MovedService, names: Mapping[int, str], *, is_here: bool) -> dict[str, object]:
    values = one.service
    return {
        "line": one.row.line.number,
        "step": one.step.value,
        **values,
        "id": values["id"] if is_here else None,
        "customer": Named(one.customer_id, names.get(one.customer_id, "")),
        "external_id": one.row.external_id,
        "paid_through_on": one.row.paid_through.isoformat(),
        "first_until_on": one.first_until,
        "first_minor": one.first_minor,
        "differs": {column: {"here": here, "table": theirs} for column, (here, theirs) in one.differs.items()},
    }


def _balance(one: MovedBalance, names: Mapping[int, str]) -> dict[str, object]:
    return {
        "line": one.row.line.number,
        "step": one.step.value,
        "customer": Named(one.customer_id, names.get(one.customer_id, "")),
        "amount_minor": one.amount_minor,
        "currency": one.row.currency,
    }


def _totals(moved: Sequence[MovedService]) -> list[dict[str, object]]:
    """What is added, by currency and cycle: how many services, and what a cycle of all of them costs."""
    found: dict[tuple[object, object], list[int]] = {}
    for one in moved:
        if one.step is Step.ADD:
            sums = found.setdefault((one.service["currency"], one.service["cycle"]), [0, 0])
            price = one.service["list_minor"]
            assert isinstance(price, int)
            sums[0] += 1
            sums[1] += price
    return [
        {"currency": currency, "cycle": cycle, "services": count, "list_minor": minor}
        for (currency, cycle), (count, minor) in sorted(found.items(), key=str)
    ]


def _bad(faults: Sequence[Fault]) -> list[dict[str, object]]:
    return [asdict(fault) for fault in sorted(faults, key=lambda fault: fault.line)]


def _print(result: dict[str, Any], tables: Mapping[str, Sequence[str]], *, do_it: bool) -> None:
    """JSON, or the tables and then the counts; what is bad goes to stderr either way, and into the exit code."""
    if wants_json():
        print_object(result)
    else:
        for name, columns in tables.items():
            rows: Sequence[Row] = result[name]
            if rows:
                click.echo(f"{name}:")
                print_rows(rows, columns)
                click.echo()
        print_object({key: value for key, value in result.items() if key not in (*tables, "bad")})
        for row in result.get("services", ()):
            if row["differs"]:
                told = ", ".join(f"{name} {one['here']} here" for name, one in row["differs"].items())
                say(f"mailgate: line {row['line']}: service {row['id']} stays as it is: {told}")
        for fault in result["bad"]:
            say(f"mailgate: line {fault['line']}, {fault['column']} {fault['value']!r}: {fault['reason']}")
        if not result["applied"]:
            say(f"mailgate: nothing was written ({_way_on(do_it)})")
    if result["bad"]:
        sys.exit(EX_DATAERR)


def _way_on(do_it: bool) -> str:
    return "there are bad rows; --skip-bad takes the others" if do_it else "--apply does it"
