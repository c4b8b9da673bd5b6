"""`mailgate restore`: a backup in place of the store, with all unsent mail on hold."""

from pathlib import Path

import click

from mailgate.cli.backup import show_progress, told_disk_errors
from mailgate.cli.gate import now, settings, told_errors
from mailgate.cli.output import EX_CANTCREAT, fail, json_option, print_object, say
from store.archive import objects_of
from store.keeping.copies.contents import SETTINGS
from store.keeping.copies.restore import StoreThere
from store.keeping.copies.restore import restore as put_back


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put the SQLite store that is there aside; its new name is printed.")
@json_option
def restore(source: Path, replace: bool) -> None:
    """Put the backup in SOURCE where the settings have the store. Stop `mailgate serve` first.

    A PostgreSQL database has to be empty.

    Outgoing mail that was unsent is put on hold: it may have been sent since the backup was made.
    """
    chosen = settings()
    with told_disk_errors(), told_errors():
        try:
            done = put_back(
                source.absolute(),
                chosen.store.url,
                chosen.store.archive,
                objects_of(chosen),
                replace=replace,
                now=now(),
                progress=show_progress,
            )
        except StoreThere as error:
            fail(str(error), code=EX_CANTCREAT, hint=error.hint, name="StoreThere")
    row = {
        "database": done.database,
        "made_at": done.contents.made_at,
        "mails_in": done.contents.mails_in,
        "mails_out": done.contents.mails_out,
        "tickets": done.contents.tickets,
        "customers": done.contents.customers,
        "files": done.contents.files,
        "missing": list(done.contents.missing),
        "migrated": done.migrated,
        "on_hold": done.on_hold,
        "forgotten": done.forgotten,
        "kept_aside": str(done.kept_aside) if done.kept_aside else None,
    }
    print_object(row)
    if done.kept_aside:
        say(f"The former store is kept as {done.kept_aside}.")
    if done.on_hold:
        say(
            f"{done.on_hold} outgoing mails are on hold, since they may have been sent after the backup was made: "
            "look at `mailgate queue list --state held`, then `mailgate queue release` or `mailgate queue cancel`."
        )
    say(f"The settings of then are in {source.absolute() / SETTINGS}; they were not put back.")
