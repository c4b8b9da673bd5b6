"""What the dataclasses say about the file: its sections, their keys, and the kind of each."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from mailgate.config.settings import DeskEntry, FallbackSmarthost, Hook, ImapFolder, Settings
from mailgate.config.values import Kind

LISTS: Mapping[str, type[Any]] = MappingProxyType(
    {"desk": DeskEntry, "imap": ImapFolder, "fallback_smarthost": FallbackSmarthost, "hook": Hook}
)
"""The arrays of tables, `[[name]]`."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section."""

    name: str
    kind: Kind
    default: object
    is_required: bool


def sections() -> Mapping[str, type[Any]]:
    """The dataclass of each `[section]` by its name, in the order of the file."""
    hints = get_type_hints(Settings)
    return {name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint) and isinstance(hint, type)}


def keys_of(section: type[Any]) -> Mapping[str, Key]:
    """The keys of a section or of an entry of a list."""
    hints = get_type_hints(section, include_extras=True)
    return {
        field.name: Key(field.name, _kind(hints[field.name]), field.default, field.default is dataclasses.MISSING)
        for field in dataclasses.fields(section)
    }


def setting_names() -> Iterator[tuple[str, str]]:
    """Section and key of every setting outside the lists."""
    for section, shape in sections().items():
        for key in keys_of(shape):
            yield section, key


def _kind(hint: object) -> Kind:
    if get_origin(hint) is Annotated:
        for extra in get_args(hint)[1:]:
            if isinstance(extra, Kind):
                return extra
    raise TypeError(f"a setting without a kind: {hint}")
