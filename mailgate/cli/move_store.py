"""`mailgate move-store`: the whole store into another database, when a gate grows out of one machine, and back."""

from dataclasses import asdict
from pathlib import Path

import click

from mailgate.cli.backup import show_progress, told_disk_errors
from mailgate.cli.gate import settings, told_errors
from mailgate.cli.output import EX_CANTCREAT, EX_DATAERR, fail, json_option, print_object, say, wants_json
from mailgate.config import Settings
from mailgate.config.kinds import POSTGRESQL, SQLITE
from store.archive import objects_of
from store.keeping.copies.restored import StoreThere
from store.keeping.moving.ends import HalfOfAnother
from store.keeping.moving.move import Done, RowsDiffer, move

_ANEW = "--start-over takes away what is there of a move, and begins anew"


def _url(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """A URL as settings have it; a relative path begins where the command is given. What is wrong is not repeated."""
    if given is None:
        return None
    if not given.startswith((SQLITE, POSTGRESQL)):
        raise click.BadParameter(f"must begin with {SQLITE} or {POSTGRESQL}")
    if given.startswith(SQLITE):
        return SQLITE + str(Path(given.removeprefix(SQLITE)).absolute())
    return given


@click.command("move-store")
@click.option(
    "--to", "to_url", required=True, callback=_url, metavar="URL", help="An empty database, or the file of a new one."
)
@click.option("--from", "from_url", callback=_url, metavar="URL", help="The store; by default that of the settings.")
@click.option("--start-over", is_flag=True, help="Take away what a move that was broken off has left in the target.")
@json_option
def move_store(to_url: str, from_url: str | None, start_over: bool) -> None:
    """Copy all rows of the store into another database, from SQLite to PostgreSQL or back, and compare both.

    Stop all programs first, and let the mail server hold its mail. The source is not changed; what was broken off is
    gone on with by the same command. Passwords belong into ~/.pgpass: every user of the host sees a command line.
    """
    chosen = settings()
    with told_disk_errors(), told_errors():
        try:
            done = move(
                from_url or chosen.store.url,
                to_url,
                chosen.store.archive,
                start_over=start_over,
                progress=show_progress,
            )
        except StoreThere as error:
            fail(str(error), code=EX_CANTCREAT, hint=error.hint, name="StoreThere")
        except (HalfOfAnother, RowsDiffer) as error:
            fail(str(error), code=EX_DATAERR, hint=_ANEW, name=type(error).__name__)
    print_object(_as_json(done) if wants_json() else _as_words(done))
    _say_what_is_next(done, chosen)


def _as_words(done: Done) -> dict[str, object]:
    return {
        "from": done.source,
        "to": done.target,
        "resumed": done.resumed,
        "rows": done.rows,
        "tables": len(done.tables),
        "large": done.large,
    }


def _as_json(done: Done) -> dict[str, object]:
    return {**_as_words(done), "tables": [{"name": one.name, **asdict(one.sum)} for one in done.tables]}


def _say_what_is_next(done: Done, chosen: Settings) -> None:
    say("Both stores have the same rows, by count and digest. The former one is as it was; write to it no more.")
    if done.large:
        place = objects_of(chosen).place
        say(f"{done.large} large mails and files stay in {place}: every host that works on the store needs it.")
    say("Next, in the settings of every host, then `mailgate verify` and start:")
    say(f'[store]\nurl = "{done.target}"')
