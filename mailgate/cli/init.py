"""`mailgate init`: a few questions, then settings, store, first staff member, and what to paste elsewhere."""

import getpass
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from mailgate.cli.gate import now, told_errors
from mailgate.cli.output import EX_CANTCREAT, EX_USAGE, fail, json_option, print_object, say, wants_json
from mailgate.setup.answers import QUESTIONS, BadAnswer, Question, check, check_directory, check_together, guessed_zone
from mailgate.setup.begin import SNIPPETS, AlreadyThere, Begun, begin, refuse_if_there
from mailgate.setup.snippets import Place

USER = "mailgate"
"""Who runs the gate where root sets it up."""


@click.command()
@click.argument("directory", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--company", help="The name that customers know.")
@click.option("--domain", help="The domain of the gate's own addresses.")
@click.option("--staff-name", help="The first person who answers.")
@click.option("--staff-email", help="That person's own mail address.")
@click.option("--timezone", help="IANA time zone; this machine's, when it is not given.")
@click.option("--currency", help="ISO 4217 code; EUR, when it is not given.")
@click.option("--smarthost", help="host:port of the mail server for outgoing mail; can be set later.")
@click.option("--yes", is_flag=True, help="Ask nothing: take what is usual for what is not given.")
@click.option("--force", is_flag=True, help="Replace config.toml and the files of an earlier init; the store stays.")
@json_option
def init(directory: Path, yes: bool, force: bool, **given: str | None) -> None:
    """Make a new gate in DIR, here by default, and print what to paste into DNS, mail server and systemd."""
    directory = directory.absolute()
    options = {name.replace("_", "-"): value for name, value in given.items() if value is not None}
    answers = {}
    try:
        check_directory(directory)
        refuse_if_there(directory, replace=force)  # before anything is asked
        for question in QUESTIONS:
            if question.option in options:
                check(question, options[question.option])
        asks = sys.stdin.isatty() and not yes
        if not asks:
            _complete(options)
        for question in QUESTIONS:
            usual = guessed_zone() if question.option == "timezone" else question.usual
            answers[question.option] = options.get(question.option) or (_ask(question, usual) if asks else usual or "")
        check_together(answers)
    except BadAnswer as error:
        fail(str(error), code=EX_USAGE, hint="see mailgate init --help", name="BadAnswer")
    except AlreadyThere as error:
        hint = "--force replaces it and keeps the store"
        fail(str(error), code=EX_CANTCREAT, hint=hint, name="AlreadyThere")
    _tell(_begin(answers, directory, force=force))


def _complete(options: Mapping[str, str]) -> None:
    missing = [f"--{one.option}" for one in QUESTIONS if one.usual is None and one.option not in options]
    if missing:
        hint = "or run it on a terminal, where it asks"
        fail(f"give {', '.join(missing)}", code=EX_USAGE, hint=hint, name="usage")


def _ask(question: Question, usual: str | None) -> str:
    """Until the answer is one."""
    while True:
        answer = str(click.prompt(question.words, default=usual, err=True, show_default=bool(usual)))
        try:
            check(question, answer)
        except BadAnswer as error:
            say(str(error))
        else:
            return answer


def _begin(answers: Mapping[str, str], directory: Path, *, force: bool) -> Begun:
    user = USER if os.geteuid() == 0 else getpass.getuser()
    place = Place(directory, Path(sys.executable).with_name("mailgate"), user)
    with told_errors():
        try:
            return begin(answers, place, replace=force, environ=os.environ, now=now())
        except OSError as error:
            fail(str(error), code=EX_CANTCREAT, hint="choose another DIR")


def _tell(begun: Begun) -> None:
    if wants_json():
        staff = {"id": begun.staff.id, "name": begun.staff.name, "email": begun.staff.address}
        files = [str(path) for path in begun.files]
        print_object({"config": str(begun.config), "staff": staff, "files": files})
        return
    for one in begun.snippets:
        click.echo(f"--- {one.belongs} ({SNIPPETS}/{one.name})\n\n{one.text}")
    directory, command = begun.config.parent, f"mailgate --config {begun.config}"
    click.echo(
        f"--- made in {directory}: config.toml, the store, {SNIPPETS}/ with all of the above\n\nWhat to do next:"
    )
    if os.geteuid() == 0:
        click.echo(f"  chown -R {USER} {directory}   # root made it; the gate runs as {USER}")
    click.echo(f"  {command} doctor     # what is still wrong, and how to mend it")
    click.echo(f"  {command} serve      # or the systemd unit above")
