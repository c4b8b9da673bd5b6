"""What `--plot` draws: bars beside the columns of a table, or a picture in a new file."""

import gettext
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from mailgate.cli.cells import Column, laid_out, table_of
from mailgate.cli.output import EX_CANTCREAT, EX_USAGE, Row, fail, say, zone
from mailgate.language.tags import FALLBACK
from webview.words import Words

HERE = "-"  # the terminal
_ENDING = ".svg"
_MOST, _LEAST = 60, 10  # places of what is drawn

plot_option = click.option(
    "--plot",
    is_flag=False,
    flag_value=HERE,
    metavar="[FILE.svg]",
    help="Draw it, here or as an SVG picture into a new file.",
)


def words() -> Words:
    """Those of a terminal, which are English."""
    return Words(FALLBACK, gettext.NullTranslations())


def room(beside: int) -> int:
    """Places that a terminal has for what is drawn, when columns take so many."""
    return max(min(shutil.get_terminal_size().columns - beside, _MOST), _LEAST)


def print_drawn(table: Sequence[Row], columns: Sequence[str], drawn: Mapping[str, Sequence[str]]) -> None:
    """The table, with what is drawn of a column beside it."""
    laid: list[Column] = []
    for key, column in zip(columns, table_of(table, columns, zone()), strict=True):
        laid.append(column)
        if key in drawn:
            laid.append(Column("", tuple(drawn[key])))
    for line in laid_out(laid, None):
        click.echo(line)


def write_picture(path: Path, picture: str) -> None:
    """Into a new file; anything else ends the command."""
    if path.suffix.lower() != _ENDING:
        fail(f"{path} would not be a picture that is drawn here", code=EX_USAGE, hint=f"a name that ends in {_ENDING}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(picture)
    except FileExistsError:
        fail(f"{path} is there already", code=EX_CANTCREAT, hint="name another file")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        fail(f"{path} cannot be written: {error}", code=EX_CANTCREAT)
    say(f"{path} is written")
