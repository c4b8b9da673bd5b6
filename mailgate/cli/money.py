"""`mailgate money`: what the rules of billing say. No settings, no store, no clock, no network."""

import json
import os
import stat
import sys

import click

from mailgate.billing.question import answer
from mailgate.cli.group import Group


@click.group(cls=Group)
def money() -> None:
    """What the rules of billing say about amounts, days and tax."""


@money.command()
def check() -> None:
    """Answer one JSON question a line of standard input, one line each, in the same order.

    Exit 0 for every input: a question that cannot be answered gets `error`, the first key that is missing or unusable.
    """
    if sys.stdin is None or sys.stdout is None:  # closed by who called
        return
    out = sys.stdout.buffer
    is_waited_for = not stat.S_ISREG(os.fstat(out.fileno()).st_mode)
    for line in sys.stdin.buffer:
        out.write(f"{json.dumps(answer(_read(line)))}\n".encode())
        if is_waited_for:  # whoever asks through a pipe may wait for this answer before the next question
            out.flush()


def _read(line: bytes) -> object:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):  # no JSON, no text, a number of thousands of digits, brackets without end
        return None
    return found
