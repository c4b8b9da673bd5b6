"""How much of each kind of words there is in each language, shipped and the operator's together."""

import tomllib
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mailgate.language.tags import FALLBACK
from mailgate.setup.words.library import AREAS, Area, Library
from webview.translation import UNREADABLE, first_form, is_whole, read_catalogue


@dataclass(frozen=True, slots=True)
class Coverage:
    """One kind of words in one language. `own`: how many of them, or of their files, are the operator's."""

    locale: str
    words: str
    there: int
    total: int
    own: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Rounded down: 100 is whole."""
        return self.there * 100 // self.total


def coverage(library: Library) -> tuple[Coverage, ...]:
    """Every language of which there is a word, English first."""
    files = {*library.shipped_files, *library.own_files}
    found = {locale for area in AREAS.values() for file in files if (locale := area.locale_of(file))}
    locales = (FALLBACK, *sorted(found - {FALLBACK}))
    return tuple(_of(words, locale, library) for locale in locales for words in AREAS)


def _of(words: str, locale: str, library: Library) -> Coverage:
    find, area = _FINDERS[words], AREAS[words]
    wanted = find(library.shipped, area, FALLBACK)
    mine = find(library.own, area, locale) & wanted if library.own else set()
    there = (find(library.shipped, area, locale) & wanted) | mine
    return Coverage(locale, words, len(there), len(wanted), len(mine), tuple(sorted(wanted - there)))


def _files(directory: Path, area: Area, locale: str) -> Set[str]:
    """The names of a locale's files, such as `reply` and `parts/actions`."""
    prefix, _, ending = area.file.format(locale=locale, name="*").partition("*")
    files = (path.relative_to(directory).as_posix() for path in directory.glob(f"{prefix}**/*{ending}"))
    return {file[len(prefix) : -len(ending)] for file in files}


def _sentences(directory: Path, area: Area, locale: str) -> Set[str]:
    """The sentences in the one file of a locale, such as `event.closed`; none of one that cannot be read."""
    try:
        tables = tomllib.loads((directory / area.file.format(locale=locale)).read_text("utf-8"))
    except (OSError, ValueError):
        return set()
    return {f"{table}.{key}" for table, given in tables.items() if isinstance(given, dict) for key in given}


def _keys(directory: Path, area: Area, locale: str) -> Set[str]:
    """The words in the one file of a locale, such as `total`; none of one that cannot be read."""
    try:
        return set(tomllib.loads((directory / area.file.format(locale=locale)).read_text("utf-8")))
    except (OSError, ValueError):
        return set()


def _messages(directory: Path, area: Area, locale: str) -> Set[str]:
    """The messages of a locale that say something; English is what they say in the templates."""
    try:
        catalogue = read_catalogue(directory / area.file.format(locale=locale))
    except UNREADABLE:
        return set()
    return {first_form(one.id) for one in catalogue if one.id and (locale == FALLBACK or is_whole(one.string))}


_FINDERS: Mapping[str, Callable[[Path, Area, str], Set[str]]] = MappingProxyType(
    {"mails": _files, "pages": _messages, "history": _sentences, "documents": _keys}
)
