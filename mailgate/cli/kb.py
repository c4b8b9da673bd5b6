"""`mailgate kb`: the articles in the folder of the knowledge base, as they are on disk."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from mailgate.cli.gate import settings
from mailgate.cli.group import Group
from mailgate.cli.output import (
    EX_DATAERR,
    EX_NOINPUT,
    after_option,
    fail,
    json_option,
    limit_option,
    print_rows,
    say,
    wants_json,
)
from mailgate.inbound.article_folder import Shelf, read_folder
from mailgate.tickets.article import ENDING, KB_PATH, bad_links

HINT = "see knowledge_base.folder in the settings"


@click.group(cls=Group)
def kb() -> None:
    """Articles of the knowledge base: list and check."""


@kb.command("list")
@limit_option
@after_option
@json_option
def list_(limit: int | None, after: int) -> None:
    """The articles that are shown, by their names; `--after` counts from the first."""
    public_url = settings().web.public_url
    rows = [
        {"slug": one.slug, "title": one.title, "url": f"{public_url}{KB_PATH}{one.slug}"} for one in _shelf().articles
    ][after:]
    print_rows(rows[:limit], ("slug", "title", "url"))


@kb.command()
@json_option
def check() -> None:
    """What is wrong with the files, one line each; exit 65 when there is something."""
    shelf = _shelf()
    slugs = {one.slug for one in shelf.articles}
    problems = [{"file": one.name, "shown": False, "problem": one.problem} for one in shelf.broken]
    problems += [
        {"file": f"{one.slug}{ENDING}", "shown": True, "problem": problem}
        for one in shelf.articles
        for problem in bad_links(one, slugs)
    ]
    if problems or wants_json():
        print_rows(problems, ("file", "shown", "problem"), is_cut=False)
    say(f"{len(shelf.articles)} articles are shown, {len(problems)} problems")
    sys.exit(EX_DATAERR if problems else 0)


def _shelf() -> Shelf:
    folder = settings().knowledge_base.folder
    if folder is None:
        fail("there is no knowledge base", code=EX_DATAERR, hint=HINT)
    try:
        return read_folder(folder)
    except OSError as error:
        _unreadable(folder, error)


def _unreadable(folder: Path, error: OSError) -> NoReturn:
    fail(f"{folder} cannot be read: {error.strerror}", code=EX_NOINPUT, hint=HINT)
