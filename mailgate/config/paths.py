"""Paths in settings are relative to the config file, wherever the program was started."""

import dataclasses
from pathlib import Path
from typing import Any

from mailgate.config.kinds import SQLITE
from mailgate.config.sections import sections
from mailgate.config.settings import Settings


def anchored(settings: Settings, directory: Path) -> Settings:
    """The same settings with all paths absolute; relative ones start at `directory`, which is absolute."""
    changed = {name: _anchor(getattr(settings, name), directory) for name in sections()}
    changed["store"] = dataclasses.replace(changed["store"], url=anchored_url(settings.store.url, directory))
    imap = tuple(_anchor(folder, directory) for folder in settings.imap)
    return dataclasses.replace(settings, **changed, imap=imap)


def anchored_url(url: str, directory: Path) -> str:
    """Make the path of a SQLite URL absolute: three slashes are relative, four absolute. Other URLs stay."""
    if not url.startswith(SQLITE):
        return url
    name, mark, query = url.removeprefix(SQLITE).partition("?")
    return f"{SQLITE}{directory / name}{mark}{query}"


def _anchor(section: Any, directory: Path) -> Any:
    values = {field.name: getattr(section, field.name) for field in dataclasses.fields(section)}
    paths = {name: directory / value for name, value in values.items() if isinstance(value, Path)}
    return dataclasses.replace(section, **paths)
