"""`mailgate demo`: a seeded gate to play with, in a temporary directory, on loopback."""

import asyncio
import errno
import os
import shutil
import signal
import smtplib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from mailgate.cli.config import fail as fail_config
from mailgate.cli.context import given
from mailgate.cli.gate import settings
from mailgate.cli.group import Group
from mailgate.cli.logs import configure
from mailgate.cli.output import EX_NOINPUT, EX_SOFTWARE, EX_UNAVAILABLE, EX_USAGE, fail, say
from mailgate.cli.web import web_view
from mailgate.config import ConfigErrors, Log, LogLevel
from mailgate.demo import letter
from mailgate.demo.neighbour import VARIABLE, store_beside
from mailgate.demo.playground import invite
from mailgate.demo.script import play_story, play_year
from mailgate.demo.steps import NotSeen

SUPPORT, MONEY = "support", "money"
PARTS = (SUPPORT, MONEY)
_HEADS = {SUPPORT: "A day of support", MONEY: "A year of money"}


@click.group(invoke_without_command=True, cls=Group)
@click.option("--script", is_flag=True, help="Play the story once, without a terminal; exit 0 only if all was seen.")
@click.option("--tell", is_flag=True, help="With --script: tell each mail of the story, who to whom, and its text.")
@click.option("--part", type=click.Choice(PARTS), help="With --script: a day of support, or a year of money, alone.")
@click.pass_context
def demo(ctx: click.Context, script: bool, tell: bool, part: str | None) -> None:
    """A seeded company to play with; nothing leaves this machine and nothing stays behind."""
    if ctx.invoked_subcommand is not None:
        return
    if tell and not script:
        fail("--tell tells the mails of the story", code=EX_USAGE, hint="mailgate demo --script --tell")
    if part and not script:
        fail("--part is a part of the story", code=EX_USAGE, hint=f"mailgate demo --script --part {part}")
    if not script:
        _refuse_beside_a_store(ctx)
    configure(Log(level=LogLevel.WARNING))
    directory = Path(tempfile.mkdtemp(prefix="mailgate-demo-"))
    try:
        if script:
            _play(directory, (part,) if part else PARTS, tell=tell)
        else:
            asyncio.run(_invite(directory))
            say(f"{directory} is removed.")
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        fail(f"the demo cannot start: {error.strerror}", code=EX_UNAVAILABLE, hint="is another one starting?")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@demo.command()
@click.argument("letter_file", metavar="LETTER", type=click.Path(path_type=Path))
def send(letter_file: Path) -> None:
    """Send a letter, or any mail file, to the running demo."""
    address = settings().smtp.listen
    ready = given().config_path.parent / letter.LETTERS / f"{letter_file}.eml"
    letter_file = ready if ready.is_file() else letter_file
    if address is None:
        fail("smtp.listen is empty", code=EX_USAGE, hint="the demo prints the command with its own --config")
    try:
        letter.send(letter_file.read_bytes(), port=address.port)
    except FileNotFoundError:
        fail(f"there is no letter {letter_file}", code=EX_NOINPUT)
    except letter.NotWritten:
        fail(f"nothing is written yet where {letter.TO_BE_WRITTEN!r} stands in {letter_file}", code=EX_USAGE)
    except ValueError:
        fail(f"{letter_file} needs one From address", code=EX_USAGE)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        fail(f"refused: {error}", code=EX_UNAVAILABLE)
    except (smtplib.SMTPException, OSError) as error:
        fail(f"not sent: {error}", code=EX_UNAVAILABLE, hint="is the demo still running?")
    say("sent")


def _refuse_beside_a_store(ctx: click.Context) -> None:
    named = ctx.find_root().get_parameter_source("config_path") is not ParameterSource.DEFAULT
    try:
        url = store_beside(given().config_path, os.environ, named=named)
    except ConfigErrors as errors:
        fail_config(errors)
    if url is not None:
        fail(
            f"the demo does not start beside the store {url}",
            code=EX_USAGE,
            hint=f"start it in an empty directory, without --config, MAILGATE_CONFIG and {VARIABLE}",
        )


def _play(directory: Path, parts: Sequence[str], *, tell: bool) -> None:
    try:
        for part in parts:
            place = directory / part
            place.mkdir()
            click.echo(_HEADS[part])
            if part == SUPPORT:
                asyncio.run(play_story(place, web_view, click.echo, tells_mails=tell))
            else:
                asyncio.run(play_year(place, click.echo, tells_mails=tell))
    except NotSeen as error:
        fail(str(error), code=EX_SOFTWARE)
    click.echo("The story was seen from end to end.")


async def _invite(directory: Path) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    await invite(directory, web_view, sys.argv[0], click.echo, stopping)
