"""`mailgate init`: a few questions, then settings, store, first staff member, and what to paste elsewhere."""

import getpass
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from mailgate.cli.gate import now, told_errors
from mailgate.cli.output import EX_CANTCREAT, EX_USAGE, fail, json_option, print_object, say, wants_json
from mailgate.config import Settings
from mailgate.setup.answers import QUESTIONS, BadAnswer, Question, check, check_directory, check_together, guessed_zone
from mailgate.setup.begin import SNIPPETS, AlreadyThere, Begun, begin, refuse_if_there
from mailgate.setup.next_steps import about_staff_mail, steps
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
@click.option("--pages", help="Address of the pages, behind a proxy; empty: none. On this machine alone, if not given.")
@click.option("--staff-signs", help="Whether mail of staff is signed with DKIM: yes, no or unknown.")
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
            if question.option in options:
                answers[question.option] = options[question.option]
            elif asks:
                answers[question.option] = _ask(question, usual)
            elif not question.may_stay_open:
                answers[question.option] = usual or ""
        check_together(answers)
    except BadAnswer as error:
        fail(str(error), code=EX_USAGE, hint="see mailgate init --help", name="BadAnswer")
    except AlreadyThere as error:
        hint = "--force replaces it and keeps the store"
        fail(str(error), code=EX_CANTCREAT, hint=hint, name="AlreadyThere")
    place = Place(directory, Path(sys.executable).with_name("mailgate"), _user())
    _tell(_begin(answers, place, force=force), place, answers)


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


def _user() -> str:
    """Who will run the gate."""
    return USER if os.geteuid() == 0 else getpass.getuser()


def _begin(answers: Mapping[str, str], place: Place, *, force: bool) -> Begun:
    with told_errors():
        try:
            return begin(answers, place, replace=force, environ=os.environ, now=now())
        except OSError as error:
            fail(str(error), code=EX_CANTCREAT, hint="choose another DIR")


def _tell(begun: Begun, place: Place, answers: Mapping[str, str]) -> None:
    left = steps(begun.settings, place, by_root=os.geteuid() == 0)
    about_staff = about_staff_mail(begun.staff.address, answers["staff-signs"])
    if wants_json():
        staff = {"id": begun.staff.id, "name": begun.staff.name, "email": begun.staff.address}
        files = [str(path) for path in begun.files]
        commands = [command for step in left for command in step.commands]
        made = {"config": str(begun.config), "staff": staff, "files": files}
        print_object({**made, "next": commands, "staff_mail": list(about_staff)})
        return
    for one in begun.snippets:
        click.echo(f"--- {one.belongs} ({SNIPPETS}/{one.name})\n\n{one.text}")
    click.echo(f"--- made in {place.directory}: config.toml, the store, {SNIPPETS}/ with all of the above\n")
    for sentence in (*about_staff, *_about_pages(begun.settings)):
        click.echo(click.wrap_text(sentence, 100, preserve_paragraphs=False))
    click.echo("\nWhat to do next, as root:")
    for step in left:
        click.echo(f"\n  # {step.why}")
        for command in step.commands:
            click.echo(f"  {command}")


def _about_pages(settings: Settings) -> tuple[str, ...]:
    if settings.web.listen is None:
        return ("There are no pages, and no mail has a link to one: web.listen is empty.",)
    if settings.web.is_public:
        return (
            f"Pages are at {settings.web.public_url}, as soon as a proxy leads from there to {settings.web.listen}.",
        )
    here = f"Pages are at {settings.web.public_url}, for this machine alone."
    return (f"{here} For others, put a proxy in front of them and its address into web.public_url.",)
