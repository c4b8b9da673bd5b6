"""A text with mistakes in it ends a command: all of them on stderr, each at its place, and as JSON where asked for."""

import json
from typing import NoReturn

import click

from mailgate.cli.output import wants_json
from mailgate.toml_text.problems import Problem, Problems


def fail_with(errors: Problems, *, code: int, name: str, hint: str) -> NoReturn:
    """End the command: all problems on stderr, with `--json` also an error object on stdout."""
    click.echo(str(errors), err=True)
    if wants_json():
        first = errors.problems[0]
        error = {
            "code": name,
            "message": str(first).partition("\n")[0],
            "hint": first.hint or hint,
            "problems": [_as_json(problem) for problem in errors.problems],
        }
        click.echo(json.dumps({"error": error}, ensure_ascii=False))
    raise SystemExit(code)


def _as_json(problem: Problem) -> dict[str, object]:
    place = problem.place
    return {
        "file": place.file or None,
        "variable": place.variable,
        "line": place.line,
        "column": None if place.line is None else place.column,
        "path": problem.path or None,
        "reason": problem.reason,
        "nearest": problem.nearest,
    }
