"""Copies of shipped words that an operator changes, and what became of both since."""

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from mailgate.errors import Permanent
from mailgate.setup.words.library import ORIGINALS, Library


class NothingToCopy(Permanent):
    """No shipped file is called so, and none of another language could be the beginning of it."""


class CopyThere(Permanent):
    """The operator has this file already."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One file of the operator beside the shipped one. The texts are diffs, "" where both are the same."""

    file: str
    shipped: str  # of another language where there is none of this
    mine: str  # what the operator says otherwise; "" for another language, where everything is
    since: str | None  # what changed in the shipped one since it was copied; None: not known


def copy(library: Library, file: str, *, force: bool = False) -> tuple[Path, str]:
    """Put a shipped file into the operator's directory, or that of the nearest language as a beginning.

    Returns where it is, and what was copied. What it was is kept beside it, so that `differences` can tell later what
    changed. Raises NothingToCopy, CopyThere without `force`, and OSError.
    """
    assert library.own is not None
    source = library.behind(file)
    if source is None:
        raise NothingToCopy(f"there is no template {file!r}")
    target = library.own / file
    if target.exists() and not force:
        raise CopyThere(f"{target} is there already")
    text = library.text(source)
    for path in (target, library.own / ORIGINALS / file):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return target, source


def differences(library: Library) -> tuple[Difference, ...]:
    """Each own file that stands in front of a shipped one, with what differs."""
    found = ((file, library.behind(file)) for file in library.own_files)
    return tuple(_difference(library, file, shipped) for file, shipped in found if shipped is not None)


def _difference(library: Library, file: str, shipped: str) -> Difference:
    theirs, original = library.text(shipped), library.original(file)
    mine = _diff(theirs, library.own_text(file), f"shipped/{shipped}", f"own/{file}") if file == shipped else ""
    since = None if original is None else _diff(original, theirs, f"copied/{shipped}", f"shipped/{shipped}")
    return Difference(file, shipped, mine, since)


def _diff(before: str, after: str, name: str, other: str) -> str:
    lines = unified_diff(before.splitlines(), after.splitlines(), name, other, lineterm="")
    return "\n".join(lines)
