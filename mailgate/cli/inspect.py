"""`mailgate inspect`: what mailgate reads in a mail, as JSON. No settings, no store, no network."""

import io
import json
import sys
from pathlib import Path
from typing import BinaryIO

import click

from mailgate.cli.output import EX_NOINPUT, EX_USAGE, fail, say
from mailgate.mail.bounds import MAX_INPUT
from mailgate.mail.inspection import Facts, inspect_mail, unread


@click.command()
@click.option("--jsonl", is_flag=True, help="Read the FILES instead, and print one line for each.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def inspect(jsonl: bool, files: tuple[Path, ...]) -> None:
    """Read one mail on standard input and print what it says as one JSON object.

    Exit 0 for every mail, however broken: what was wrong with it stands in `defects`. A file that cannot be read gets
    its line, too, is named on stderr, and makes the exit code 66 at the end.
    """
    if files and not jsonl:
        fail("files need --jsonl", code=EX_USAGE, hint="see mailgate inspect --help")
    if not jsonl:
        _print(inspect_mail(*_read(io.BytesIO() if sys.stdin is None else sys.stdin.buffer)))
        return
    missing = False
    for file in files:
        try:
            with file.open("rb") as opened:
                raw, cut = _read(opened)
        except (OSError, ValueError) as error:
            missing = True
            say(f"mailgate: {file}: {getattr(error, 'strerror', None) or error}")
            _print(unread())
        else:
            _print(inspect_mail(raw, cut))
    if missing:
        sys.exit(EX_NOINPUT)


def _read(source: BinaryIO) -> tuple[bytes, bool]:
    """As much as is looked at, and whether there was more."""
    return source.read(MAX_INPUT), bool(source.read(1))


def _print(facts: Facts) -> None:
    """One line of UTF-8, whatever the locale says; a key at a time, so that a long text is not held four times over."""
    out = sys.stdout.buffer
    for at, (key, value) in enumerate(facts.items()):
        out.write(f"{', ' if at else '{'}{json.dumps(key)}: ".encode())
        out.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    out.write(b"}\n")
    out.flush()
