"""All settings in a row, for people and scripts to look at; credentials in URLs are masked."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.config.reading import DEFAULT, Loaded, Origin
from mailgate.config.sections import setting_names
from mailgate.toml_text.positions import KeyPath
from mailgate.toml_text.problems import mask

Plain = str | int | float | bool | list[str] | list[int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting with its value in effect; entries of lists are numbered from 0: `desk[0].address`."""

    setting: str
    value: Plain
    origin: Origin


def entries(loaded: Loaded) -> Iterator[Entry]:
    """Every setting in the order of the dataclasses, then the desks and IMAP folders."""
    settings = loaded.settings
    for section, key in setting_names():
        yield _entry(loaded, (section, key), getattr(getattr(settings, section), key))
    for index, desk in enumerate(settings.desks):
        yield _entry(loaded, ("desk", index, "name"), desk.name)
        yield _entry(loaded, ("desk", index, "address"), desk.mailbox.address)
    for index, folder in enumerate(settings.imap):
        for field in dataclasses.fields(folder):
            yield _entry(loaded, ("imap", index, field.name), getattr(folder, field.name))


def _entry(loaded: Loaded, path: KeyPath, value: object) -> Entry:
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)[1:]
    return Entry(name, _plain(value), loaded.origins.get(path, DEFAULT))


def _plain(value: object) -> Plain:
    match value:
        case None:
            return ""
        case bool() | int() | float():
            return value
        case tuple() if value and all(isinstance(item, int) for item in value):
            return list(value)
        case tuple():
            return [mask(str(item)) for item in value]
        case _:
            return mask(str(value))
