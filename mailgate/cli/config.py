"""`mailgate config`: are the settings right, and where does each come from?"""

import json
import os
from pathlib import Path
from typing import NoReturn, Protocol, cast

import click

from mailgate.cli.group import Group
from mailgate.cli.output import EX_CONFIG, record_json, wants_json
from mailgate.cli.problems import fail_with
from mailgate.config import ConfigErrors, Loaded, load_with_origins
from mailgate.config.listing import Entry, entries
from mailgate.config.shipped import shipped_text

json_option = click.option(
    "--json", is_flag=True, expose_value=False, callback=record_json, help="One JSON object on stdout."
)

_WIDEST = 56  # of the values beside which origins stand in a column


class HasConfigPath(Protocol):
    """What the main command leaves in `ctx.obj` for these commands."""

    @property
    def config_path(self) -> Path: ...


@click.group(name="config", cls=Group)
def config() -> None:
    """Check and show the settings."""


@config.command()
@json_option
def check() -> None:
    """Find every mistake in the config file and the environment; exit 78 when there is one."""
    path = _path()
    loaded = _load(path)
    unbuilt = loaded.settings.unbuilt()
    count = sum(1 for _ in entries(loaded))
    if wants_json():
        click.echo(json.dumps({"file": str(path), "settings": count, "unbuilt": unbuilt}))
        return
    for words in unbuilt:
        click.echo(f"no effect yet: {words}", err=True)
    click.echo(f"{path}: {count} settings, no errors")


@config.command()
@click.option("--origin", is_flag=True, help="Tell the line, variable or default that each value comes from.")
@json_option
def show(origin: bool) -> None:
    """Show every setting as it is in effect; credentials in URLs are masked."""
    loaded = _load(_path())
    if wants_json():
        shown = [_as_json(entry) for entry in entries(loaded)]
        click.echo(json.dumps({"settings": shown, "unbuilt": loaded.settings.unbuilt()}, ensure_ascii=False))
        return
    rows = [
        (f"{entry.setting} = {json.dumps(entry.value, ensure_ascii=False)}", entry.origin) for entry in entries(loaded)
    ]
    width = min(max(len(row) for row, _ in rows), _WIDEST)  # a long value does not push all origins out of sight
    for row, where in rows:
        click.echo(f"{row:<{width}}  {where}" if origin else row)


@config.command()
def example() -> None:
    """Print a settings file with every setting, its default and its reason."""
    click.echo(shipped_text(), nl=False)


def fail(errors: ConfigErrors) -> NoReturn:
    """End the command: all problems on stderr, with `--json` also an error object on stdout, exit code 78."""
    fail_with(errors, code=EX_CONFIG, name="config", hint="mailgate config check")


def _path() -> Path:
    return cast("HasConfigPath", click.get_current_context().obj).config_path


def _load(path: Path) -> Loaded:
    try:
        return load_with_origins(path, os.environ)
    except ConfigErrors as errors:
        fail(errors)


def _as_json(entry: Entry) -> dict[str, object]:
    origin = entry.origin
    return {
        "setting": entry.setting,
        "value": entry.value,
        "origin": origin.source,
        "file": origin.file,
        "line": origin.line,
        "variable": origin.variable,
    }
