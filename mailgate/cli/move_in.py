"""`mailgate import`: history and customers of an older system."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from mailgate.cli.backup import told_disk_errors
from mailgate.cli.gate import gate, now
from mailgate.cli.group import Group
from mailgate.cli.ids import NUMBER
from mailgate.cli.meter import Meter
from mailgate.cli.move_in_money import balances, services
from mailgate.cli.output import EX_DATAERR, EX_NOINPUT, EX_USAGE, fail, json_option, print_object, say, wants_json
from mailgate.desks import desk_named, refuse_ours
from mailgate.flows.moving import customers as moving_customers
from mailgate.flows.moving import history
from mailgate.flows.moving.customer_table import read_table
from mailgate.flows.moving.history import Moved
from mailgate.flows.moving.old_thread import Strangers, Wish
from mailgate.flows.moving.survey import Registry, survey
from mailgate.flows.moving.tell_moved import TellingMoved
from mailgate.inbound.mailbox_files import Kind
from mailgate.letters.kind import Template
from mailgate.tickets.ticket import State
from store.engine import reading

C = TypeVar("C", bound=Callable[..., None])

_OPTIONS = (
    click.argument("paths", metavar="PATH...", type=click.Path(path_type=Path), nargs=-1, required=True),
    click.option("--dry-run", is_flag=True, help="Say what would come in, and write nothing."),
    click.option(
        "--state",
        type=click.Choice([State.CLOSED.value, State.OPEN.value]),
        default=State.CLOSED.value,
        show_default=True,
        help="Of the tickets; open: as the last mail of each calls for.",
    ),
    click.option(
        "--strangers",
        type=click.Choice([one.value for one in Strangers]),
        default=Strangers.SKIP.value,
        show_default=True,
        help="Threads in which no registered contact takes part.",
    ),
    click.option("--ours", multiple=True, metavar="ADDRESS", help="An address of the older system, or @domain."),
    click.option("--desk", default="", metavar="NAME", help="Of threads that no desk was written to; else the first."),
    click.option(
        "--report",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("import-report.txt"),
        show_default=True,
        help="Names every mail and thread that was left out, if any.",
    ),
    json_option,
)


@click.group("import", cls=Group)
def move_in() -> None:
    """Take over what an older system has: customers, their services and balances, the history of mails."""


move_in.add_command(services)
move_in.add_command(balances)


def _options(command: C) -> C:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@move_in.command()
@_options
def mbox(**given: object) -> None:
    """Mails in mbox files become tickets."""
    _history(Kind.MBOX, **given)  # type: ignore[arg-type]


@move_in.command()
@_options
def maildir(**given: object) -> None:
    """Mails in maildirs become tickets; name each folder, such as Maildir and Maildir/.Sent."""
    _history(Kind.MAILDIR, **given)  # type: ignore[arg-type]


@move_in.command()
@_options
def eml(**given: object) -> None:
    """Mails in files of their own, or in directories of *.eml files, become tickets."""
    _history(Kind.EML, **given)  # type: ignore[arg-type]


@move_in.command()
@click.argument("path", metavar="CSV", type=click.Path(path_type=Path))
@click.option("--apply", "do_it", is_flag=True, help="Do what the plan says; without it nothing is written.")
@click.option("--skip-bad", is_flag=True, help="With --apply: take the good rows although there are bad ones.")
@click.option(
    "--welcome", "template", flag_value=Template.WELCOME.value, help="Write to each who never got such a mail."
)
@click.option("--migrated", "template", flag_value=Template.MIGRATED.value, help="The same, to customers of before.")
@click.option("--wave", type=NUMBER, metavar="N", help="With --welcome or --migrated: to N of them, the first ones.")
@json_option
def customers(path: Path, do_it: bool, skip_bad: bool, template: str | None, wave: int | None) -> None:
    """Register customers, or bring them up to date. Columns: external_id, name, email; country, currency, timezone,
    language, billed_elsewhere.
    """
    if wave is not None and template is None:
        fail("--wave says how many mails are written: --migrated or --welcome says which", code=EX_USAGE, name="usage")
    meter = Meter()
    with gate() as parts:
        settings = parts.settings
        try:
            raw = path.read_bytes()
        except OSError as error:
            fail(str(error), code=EX_NOINPUT)
        refuse = partial(refuse_ours, desks=settings.desks, domain=settings.gate.domain)
        table = read_table(raw, refuse_address=refuse)
        planned, refused = moving_customers.plan(parts.engine, table.rows)
        faults = [*table.faults, *refused]
        counts = Counter(one.step for one in planned)
        welcomed = 0
        applied = do_it and (skip_bad or not faults)
        if applied:
            wanted = Template(template) if template else None
            rows = [one.row for one in planned]
            done = moving_customers.apply(
                parts.engine, settings, rows, template=wanted, now=now(), progress=meter, most=wave
            )
            meter.end()
            counts, welcomed = done.steps, done.welcomed
            faults += done.faults
    row = {
        "applied": applied,
        **{step.value: counts[step] for step in moving_customers.Step},
        "welcomed": welcomed,
        "ignored_columns": list(table.ignored),
        "changes": [_change(one) for one in planned if one.changes],
        "bad": [asdict(fault) for fault in sorted(faults, key=lambda fault: fault.line)],
    }
    _print_customers(row, do_it=do_it)
    if faults:
        sys.exit(EX_DATAERR)


@move_in.command()
@click.option("--wave", type=NUMBER, metavar="N", help="So many customers, the first of those who wait; else all.")
@click.option("--apply", "do_it", is_flag=True, help="Write to them; without it nothing is written.")
@json_option
def announce(wave: int | None, do_it: bool) -> None:
    """Tell customers who were moved in that they were: what stays, what is new, what is due next. Each is told once,
    whatever is repeated; look at the mail first: mailgate template preview account-migrated.
    """
    meter = Meter()
    with gate() as parts:
        story = TellingMoved(parts.engine, parts.settings)
        told = story(wave, now=now(), progress=meter) if do_it else story.preview(wave)
        meter.end()
    print_object(
        {
            "applied": do_it,
            "wave": told.number,
            "told": len(told.told),
            "left": told.left,
            "customers": told.told,
            "not_told": told.unreachable,
        }
    )
    if told.unreachable:
        say("mailgate: who is not told was welcomed before, or takes no mail: mailgate suppression list")
    if not do_it:
        say("mailgate: nothing was written (--apply does it)")


def _change(one: moving_customers.Planned) -> dict[str, object]:
    assert one.customer is not None
    changes = {column: {"from": before, "to": after} for column, (before, after) in one.changes.items()}
    return {"line": one.row.line, "customer": one.customer.id, **changes}


def _print_customers(row: dict[str, Any], *, do_it: bool) -> None:
    if wants_json():
        print_object(row)
        return
    for change in row["changes"]:
        values = {name: one for name, one in change.items() if isinstance(one, dict)}
        told = ", ".join(f"{name} {one['from']!r} -> {one['to']!r}" for name, one in values.items())
        click.echo(f"line {change['line']}: customer {change['customer']}: {told}")
    print_object({name: row[name] for name in row if name not in ("changes", "bad")})
    for fault in row["bad"]:
        say(f"mailgate: line {fault['line']}, {fault['column']} {fault['value']!r}: {fault['reason']}")
    if not row["applied"]:
        hint = "there are bad rows; --skip-bad takes the others" if do_it else "--apply does it"
        say(f"mailgate: nothing was written ({hint})")


def _history(
    kind: Kind,
    *,
    paths: Sequence[Path],
    dry_run: bool,
    state: str,
    strangers: str,
    ours: Sequence[str],
    desk: str,
    report: Path,
) -> None:
    meter = Meter()
    with gate() as parts, told_disk_errors():
        settings = parts.settings
        names = [one.name for one in settings.desks]
        if desk and desk not in names:
            fail(f"there is no desk {desk!r}", code=EX_DATAERR, hint=", ".join(names))
        wish = Wish(State(state), Strangers(strangers), desk_named(desk, settings.desks))
        at = now()
        try:
            with reading(parts.engine) as conn:
                registry = Registry.load(conn, settings, ours)
            limit = settings.limits.max_message_bytes
            found = survey(kind, paths, registry, max_bytes=limit, now=at, progress=meter)
            if dry_run:
                moved = history.preview(parts.engine, found, wish)
            else:
                moved = history.move_in(
                    found,
                    engine=parts.engine,
                    archive=parts.archive,
                    settings=settings,
                    registry=registry,
                    wish=wish,
                    now=at,
                    progress=meter,
                )
        except KeyboardInterrupt:
            meter.end()
            say("mailgate: interrupted; what came in stays in, and the same command goes on from there")
            raise
        meter.end()
        told = _write_report(report, moved)
    row = {
        "dry_run": dry_run,
        "mails": found.mails,
        "copies": found.copies,
        "already": moved.already,
        "moved_in": moved.mails,
        "opened": moved.opened,
        "joined": moved.joined,
        "strangers": len(moved.strangers),
        "broken": len(moved.broken),
        "report": str(report) if told else None,
    }
    print_object(row)


def _write_report(path: Path, moved: Moved) -> bool:
    """A line for each mail and thread that was left out; False when there is none."""
    lines = [f"broken\t{one.place}\t{one.reason}" for one in moved.broken]
    for thread in moved.strangers:
        who = str(thread.stranger or "nobody but us")
        lines.append(f"stranger\t{thread.mails[0].place}\t{len(thread.mails)} mails\t{who}\t{thread.subject}")
    if lines:
        path.write_text("\n".join(lines) + "\n", "utf-8", "surrogateescape")
    return bool(lines)
