"""What commands print: rows and objects as text or JSON on stdout, messages for people and errors on stderr."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import NoReturn, TypeVar

import click

EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE = 64, 65, 66, 69
EX_SOFTWARE, EX_CANTCREAT, EX_TEMPFAIL, EX_CONFIG = 70, 73, 75, 78
"""Exit codes from sysexits.h."""

_JSON, _UTC, _ZONE = "mailgate.json", "mailgate.utc", "mailgate.zone"


def record_json(context: click.Context, _option: click.Parameter, value: bool) -> None:
    """Keep `--json` with the command that runs, where all that prints finds it."""
    context.meta[_JSON] = value


def _record_utc(context: click.Context, _option: click.Parameter, value: bool) -> None:
    context.meta[_UTC] = value


json_option = click.option(
    "--json",
    is_flag=True,
    is_eager=True,  # a value that is refused while it is read is told as JSON, too
    expose_value=False,
    callback=record_json,
    help="JSON on stdout, and nothing else.",
)
utc_option = click.option(
    "--utc",
    is_flag=True,
    expose_value=False,
    callback=_record_utc,
    help="Times in UTC; without it they are in gate.timezone. JSON is always in UTC.",
)
limit_option = click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
after_option = click.option("--after", type=int, default=0, metavar="ID", help="Only those behind this id.")

Row = Mapping[str, object]
T = TypeVar("T")


def wants_json() -> bool:
    """Was `--json` given to the command that runs?"""
    context = click.get_current_context(silent=True)
    if context is None:  # what was typed could not be read as a command
        return "--json" in sys.argv[1:]
    return bool(context.meta.get(_JSON))


def print_rows(rows: Sequence[Row], columns: Sequence[str], *, is_cut: bool = True) -> None:
    """A list: one JSON array, or a table of these columns, on a terminal cut at its width unless `is_cut` is false.

    Amounts (`…_minor`) are told by the `currency` of their row, instants in the gate's zone.
    """
    if wants_json():
        click.echo(json.dumps(list(rows), ensure_ascii=False, default=_plain))
    elif rows:
        _print_table(rows, columns, is_cut=is_cut)
    else:
        say("none")


def print_object(row: Row) -> None:
    """One object: JSON, or a line for each value that it has."""
    if wants_json():
        click.echo(json.dumps(row, ensure_ascii=False, default=_plain))
        return
    from mailgate.cli.cells import told  # here and below: `mailgate --help` needs none of it

    cells = told(row, zone())
    width = max(map(len, cells), default=0)
    for key, cell in cells.items():
        click.echo(f"{key.ljust(width)}  {cell}")


def print_whole(row: Row, tables: Mapping[str, Sequence[str]]) -> None:
    """One object of which some values are lists of rows: JSON, or its other values and then each list as a table."""
    if wants_json():
        print_object(row)
        return
    from mailgate.cli.cells import title

    print_object({key: value for key, value in row.items() if key not in tables})
    for key, columns in tables.items():
        rows = row.get(key)
        if isinstance(rows, list) and rows:
            click.echo(f"\n{title(key)}:")
            # What belongs to a document or a service is in its currency.
            _print_table([{"currency": row.get("currency"), **one} for one in rows], columns)


def print_decided(rows: Sequence[Row], columns: Sequence[str], *, refusals: Sequence[str], hint: str) -> None:
    """What was done of what was asked for; when something could not be, each reason, and exit 65.

    As JSON: the array of what was done, or one object with the error and, as `done`, the array.
    """
    if not refusals:
        print_rows(rows, columns)
        return
    if wants_json():
        error = {"code": "error", "message": "; ".join(refusals), "hint": hint}
        print_object({"error": error, "done": list(rows)})
    elif rows:
        print_rows(rows, columns)
    for refusal in refusals:
        say(f"mailgate: {refusal} ({hint})")
    sys.exit(EX_DATAERR)


def say(words: str) -> None:
    """A message for people: on stderr, so that stdout stays clean for programs."""
    click.echo(words, err=True)


def fail(message: str, *, code: int, hint: str = "", name: str = "error") -> NoReturn:
    """End the command with one line on stderr, the error as JSON where that was asked for, and an exit code."""
    say(f"mailgate: {message}{f' ({hint})' if hint else ''}")
    if wants_json():
        error = {"code": name, "message": message, "hint": hint}
        click.echo(json.dumps({"error": error}, ensure_ascii=False))
    sys.exit(code)


def found_or_fail(found: T | None, what: str, *, hint: str) -> T:
    """What was looked up; exit 65 when there is no such thing. The hint is the command that lists them."""
    if found is None:
        fail(f"there is no {what}", code=EX_DATAERR, hint=hint)
    return found


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None


def record_zone(of_gate: tzinfo) -> None:
    """Times are told in this zone from now on, by the command that runs."""
    if (context := click.get_current_context(silent=True)) is not None:
        context.meta[_ZONE] = of_gate


def zone() -> tzinfo:
    """In which times are told to people: the gate's, or UTC where `--utc` asks for it."""
    context = click.get_current_context(silent=True)
    if context is None or context.meta.get(_UTC):
        return UTC
    found = context.meta.get(_ZONE, UTC)
    assert isinstance(found, tzinfo)
    return found


def when(at: datetime | None) -> str:
    """An instant in a sentence for people; "" for none."""
    return f"{at.astimezone(zone()):%Y-%m-%d %H:%M %Z}" if at else ""


def _print_table(rows: Sequence[Row], columns: Sequence[str], *, is_cut: bool = True) -> None:
    from mailgate.cli.cells import laid_out, table_of

    room = shutil.get_terminal_size().columns if is_cut and sys.stdout.isatty() else None
    for line in laid_out(table_of(rows, columns, zone()), room):
        click.echo(line)


def _plain(value: object) -> object:
    from mailgate.cli.cells import Named

    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Named):
        return value.id
    if isinstance(value, tuple | frozenset):
        return list(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
