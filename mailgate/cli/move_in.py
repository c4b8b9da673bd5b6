"""`mailgate import`: history and customers of an older system."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from mailgate.cli.backup import told_disk_errors
from mailgate.cli.gate import gate, now
from mailgate.cli.meter import Meter
from mailgate.cli.output import json_option, print_object, say
from mailgate.flows.moving import history
from mailgate.flows.moving.history import Moved
from mailgate.flows.moving.old_thread import Strangers, Wish
from mailgate.flows.moving.survey import Registry, survey
from mailgate.inbound.mailbox_files import Kind
from mailgate.tickets.desks import desk_named
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


@click.group("import")
def move_in() -> None:
    """Take over the history and the customers of an older system."""


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
    as_json: bool,
) -> None:
    meter = Meter()
    with gate(as_json=as_json) as parts, told_disk_errors(as_json=as_json):
        settings = parts.settings
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
    print_object(row, as_json=as_json)


def _write_report(path: Path, moved: Moved) -> bool:
    """A line for each mail and thread that was left out; False when there is none."""
    lines = [f"broken\t{one.place}\t{one.reason}" for one in moved.broken]
    for thread in moved.strangers:
        who = str(thread.stranger or "nobody but us")
        lines.append(f"stranger\t{thread.mails[0].place}\t{len(thread.mails)} mails\t{who}\t{thread.subject}")
    if lines:
        path.write_text("\n".join(lines) + "\n", "utf-8", "surrogateescape")
    return bool(lines)
