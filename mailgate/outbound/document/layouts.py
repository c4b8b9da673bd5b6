"""Where the layouts of documents stand and their words: built in, and an operator's own in front of them.

A layout is a file of typst, `documents/document.typ`; words are `documents/words/<language>.toml`, of which an own file
may have those alone that it says otherwise.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from mailgate.language.tags import chain

DOCUMENTS: Final = "documents"
"""Below the directory of templates."""

_PLACE: Final = re.compile(r"┌─ (?:[^\n]*[/\\])?([^/\\\n]+):(\d+):\d+")  # as typst shows where a mistake is


@dataclass(frozen=True, slots=True)
class Folder:
    """A way to draw: whose layout, and whose words."""

    own: Path | None
    built_in: Path

    @property
    def is_built_in(self) -> bool:
        """Nothing of the operator's is in it."""
        return self.own is None

    @property
    def words(self) -> tuple[Path, ...]:
        """Where words are looked for, the first that counts first."""
        return (self.own, self.built_in) if self.own else (self.built_in,)

    def file(self, layout: str) -> Path:
        """The layout of this name."""
        mine = self.own / layout if self.own else None
        return mine if mine and mine.is_file() else self.built_in / layout

    def blamed(self, layout: str, error: Exception) -> str:
        """What is wrong, for staff: the file and what typst says of it."""
        placed = _PLACE.search(str(getattr(error, "diagnostic", "")))
        if placed:
            return f"{DOCUMENTS}/{placed[1]}:{placed[2]}: {error}"
        is_own = self.own is not None and self.file(layout).parent == self.own
        return f"{DOCUMENTS}/{layout if is_own else 'words'}: {error}"


def folders(built_in: Path, own: Path | None) -> tuple[Folder, ...]:
    """The ways to draw in their order; `own` is None, or no folder, where the operator has none."""
    theirs = (Folder(own, built_in),) if own and own.is_dir() else ()
    return (*theirs, Folder(None, built_in))


@lru_cache(maxsize=64)
def words_of(directories: Sequence[Path], language: str) -> tuple[str, Mapping[str, str]]:
    """The words of the language, or of the nearest that has any, and which that is: in it dates are told, too.

    Raises OSError, and ValueError for a file that is no TOML.
    """
    for tag in chain(language):
        found = [path for folder in directories if (path := folder / "words" / f"{tag}.toml").is_file()]
        if found:
            words: dict[str, str] = {}
            for path in [*_english(directories, tag), *reversed(found)]:
                words |= tomllib.loads(path.read_text("utf-8"))
            return (language if language.startswith(tag) else tag), words
    raise FileNotFoundError(directories[-1] / "words" / "en.toml")


def _english(directories: Sequence[Path], tag: str) -> list[Path]:
    """What fills up an operator's own language; the shipped ones are whole."""
    built_in = directories[-1] / "words"
    return [] if (built_in / f"{tag}.toml").is_file() else [built_in / "en.toml"]
