"""`mailgate kb`: the articles in the folder of the knowledge base, as they are on disk."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from mailgate.cli.gate import settings
from mailgate.cli.output import EX_DATAERR, EX_NOINPUT, after_option, fail, json_option, limit_option, print_rows, say
from mailgate.inbound.article_folder import Shelf, read_folder
from mailgate.tickets.article import ENDING, KB_PATH, bad_links

HINT = "see knowledge_base.folder in the settings"


@click.group()
def kb() -> None:
    """Articles of the knowledge base: list and check."""


@kb.command("list")
@limit_option
@after_option
@json_option
def list_(limit: int | None, after: int, as_json: bool) -> None:
    """The articles that are shown, by their names; `--after` counts from the first."""
    public_url = settings(as_json=as_json).web.public_url
    rows = [
        {"slug": one.slug, "title": one.title, "url": f"{public_url}{KB_PATH}{one.slug}"}
        for one in _shelf(as_json=as_json).articles
    ][after:]
    print_rows(rows[:limit], ("slug", "title", "url"), as_json=as_json)


@kb.command()
@json_option
def check(as_json: bool) -> None:
    """What is wrong with the files, one line each; exit 65 when there is something."""
    shelf = _shelf(as_json=as_json)
    slugs = {one.slug for one in shelf.articles}
    problems = [{"file": one.name, "shown": False, "problem": one.problem} for one in shelf.broken]
    problems += [
        {"file": f"{one.slug}{ENDING}", "shown": True, "problem": problem}
        for one in shelf.articles
        for problem in bad_links(one, slugs)
    ]
    if problems or as_json:
        print_rows(problems, ("file", "shown", "problem"), as_json=as_json)
    say(f"{len(shelf.articles)} articles are shown, {len(problems)} problems")
    sys.exit(EX_DATAERR if problems else 0)


def _shelf(*, as_json: bool) -> Shelf:
    folder = settings(as_json=as_json).knowledge_base.folder
    if folder is None:
        fail("there is no knowledge base", code=EX_DATAERR, hint=HINT, as_json=as_json)
    try:
        return read_folder(folder)
    except OSError as error:
        _unreadable(folder, error, as_json=as_json)


def _unreadable(folder: Path, error: OSError, *, as_json: bool) -> NoReturn:
    fail(f"{folder} cannot be read: {error.strerror}", code=EX_NOINPUT, hint=HINT, as_json=as_json)
