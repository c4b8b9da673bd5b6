"""Library: the files of words that are shipped, and those of the operator that stand in front of them.

A file is named by its path below the directory, the same on both sides: `mail/de/reply.md`. `AREAS` says which there
may be; to add one: its row.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mailgate.language.tags import FALLBACK, chain

ORIGINALS = ".shipped"
"""Below the operator's directory: each shipped file as it was when it was copied."""


@dataclass(frozen=True, slots=True)
class Area:
    """Files of one kind. `file` takes a locale and, where there are several of a locale, a name."""

    folder: str
    file: str
    pattern: str  # of `pathlib`, for all of them

    @property
    def _shape(self) -> re.Pattern[str]:
        shape = re.escape(self.file).replace(r"\{locale\}", r"(?P<locale>[^/]+)")
        return re.compile(shape.replace(r"\{name\}", r"(?P<name>.+)") + r"\Z")

    def locale_of(self, file: str) -> str | None:
        """The locale in a file's name; None for a file of another shape."""
        match = self._shape.match(file)
        return match["locale"] if match else None

    def in_locale(self, file: str, locale: str) -> str:
        """The same file for another locale."""
        match = self._shape.match(file)
        assert match, file
        return self.file.format(**match.groupdict() | {"locale": locale})


AREAS: Mapping[str, Area] = MappingProxyType(
    {
        "mails": Area("mail", "mail/{locale}/{name}.md", "mail/*/**/*.md"),
        "pages": Area("web", "web/{locale}.po", "web/*.po"),
        "history": Area("history", "history/{locale}.toml", "history/*.toml"),
        "documents": Area("documents", "documents/words/{locale}.toml", "documents/words/*.toml"),
    }
)
"""What can be worded, by the names that `template coverage` has for it."""

LAYOUT = "mail/base.html"
"""What stands around each mail in HTML; it has no words, and so no locale."""

_WORDLESS = (LAYOUT, "web/*.html", "web/*/*.html", "web/*.css", "web/*.svg", "documents/*.typ")


@dataclass(frozen=True, slots=True)
class Library:
    """The two directories; `own` is None where the operator has none."""

    shipped: Path
    own: Path | None = None

    @property
    def shipped_files(self) -> tuple[str, ...]:
        """All that can be copied."""
        patterns = (*(area.pattern for area in AREAS.values()), *_WORDLESS)
        return tuple(sorted(name for pattern in patterns for name in _names(self.shipped, pattern)))

    @property
    def own_files(self) -> tuple[str, ...]:
        """The operator's, without what is hidden or left by an editor, and without what lies beside the folders."""
        if self.own is None:
            return ()
        return tuple(sorted(name for name in _names(self.own, "*/**/*") if not _is_aside(name)))

    def behind(self, file: str) -> str | None:
        """The shipped file that an own one stands in front of: of its name, or of the nearest language."""
        area = area_of(file)
        if area and (self.shipped / file).is_file():
            return file
        locale = area.locale_of(file) if area else None
        if area is None or locale is None:
            return None
        others = (area.in_locale(file, one) for one in chain(locale))
        return next((one for one in others if (self.shipped / one).is_file()), None)

    def text(self, file: str) -> str:
        """Of a shipped file."""
        return (self.shipped / file).read_text("utf-8")

    def own_text(self, file: str) -> str:
        """Of a file of the operator; what is no UTF-8 in it is shown as such."""
        assert self.own is not None
        return (self.own / file).read_text("utf-8", "replace")

    def original(self, file: str) -> str | None:
        """The shipped file as it was when it was copied; None when nobody knows: it was not copied by us."""
        assert self.own is not None
        kept = self.own / ORIGINALS / file
        return kept.read_text("utf-8") if kept.is_file() else None


def area_of(file: str) -> Area | None:
    """The area that a file's folder belongs to."""
    return next((area for area in AREAS.values() if file.startswith(f"{area.folder}/")), None)


def file_for(name: str, locale: str = FALLBACK) -> str:
    """The file that is meant by a mail's name, the name of an area or `layout`; a path is taken as it is."""
    if name == "layout":
        return LAYOUT
    if name in AREAS and "{name}" not in AREAS[name].file:
        return AREAS[name].file.format(locale=locale)
    return name if area_of(name) else AREAS["mails"].file.format(locale=locale, name=name)


def _names(directory: Path, pattern: str) -> Iterator[str]:
    return (path.relative_to(directory).as_posix() for path in directory.glob(pattern) if path.is_file())


def _is_aside(file: str) -> bool:
    return file.endswith(("~", ".bak", ".orig", ".rej")) or any(part.startswith((".", "#")) for part in file.split("/"))
