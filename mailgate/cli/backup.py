"""`mailgate backup`: a copy of the store, also while the gate runs."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from mailgate import __version__
from mailgate.cli.context import given
from mailgate.cli.gate import now, settings, told_errors
from mailgate.cli.output import EX_CANTCREAT, EX_DATAERR, EX_TEMPFAIL, fail, json_option, print_object, say
from store.archive import objects_of
from store.keeping.copies.backup import back_up


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@json_option
def backup(target: Path) -> None:
    """Copy database, large mails and settings into the new directory TARGET. `mailgate serve` may go on meanwhile."""
    chosen = settings()
    with told_disk_errors(), told_errors():
        contents = back_up(
            chosen.store.url,
            objects_of(chosen),
            given().config_path,
            target.absolute(),
            program=__version__,
            now=now(),
            progress=show_progress,
        )
    print_object({"backup": str(target.absolute()), **asdict(contents)})
    if contents.missing:
        say(f"mailgate: {len(contents.missing)} large mails are not whole in the archive; all else is copied")
        sys.exit(EX_DATAERR)


@contextmanager
def told_disk_errors() -> Iterator[None]:
    """Turn what disk and database refuse into one line and an exit code."""
    try:
        yield
    except sqlite3.Error as error:
        fail(f"the store cannot be used: {error}", code=EX_TEMPFAIL, name="StoreUnavailable")
    except OSError as error:
        fail(str(error), code=EX_CANTCREAT, name="CannotCreate")


def show_progress(what: str, done: int, of: int) -> None:
    """One line that is written over, when a person sees it."""
    if sys.stderr.isatty() and of:
        click.echo(f"\r{what}: {100 * done // of} %", err=True, nl=done == of)
