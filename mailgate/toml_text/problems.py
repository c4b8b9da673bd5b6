"""What is wrong with a text: each problem with its place and the nearest known name, all reported together."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailgate.errors import Permanent

MAX_SUGGESTIONS = 3

# Up to the last "@", as a password may hold one unescaped; a SQLite URL holds nothing but a path.
_CREDENTIALS = re.compile(r"(?<=://)(?<!sqlite://)\S+(?=@)")
_SECRET_PARAMETER = re.compile(r"(?i)(?<=[?&])([\w-]*(?:password|secret|token)[\w-]*=)([^&\s]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: a place in the file, the whole file when `line` is None, or an environment variable."""

    file: str = ""  # as the operator wrote it; "" for a variable
    line: int | None = None  # from 1
    column: int = 1  # from 1, in characters
    width: int = 1
    source_line: str = ""
    variable: str | None = None

    @property
    def order(self) -> tuple[bool, int, int]:
        """The file from top to bottom, then the environment."""
        return self.variable is not None, self.line or 0, self.column

    def __str__(self) -> str:
        if self.variable is not None:
            return self.variable
        return self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; what it tells is without credentials."""

    place: Place
    reason: str
    nearest: tuple[str, ...] = ()
    path: str = ""  # of the key, as it is written with dots; "" where a whole text is meant

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", _printable(mask(self.reason)))

    @property
    def hint(self) -> str:
        """The question for the nearest names, "" when none is near."""
        quoted = [f'"{name}"' for name in self.nearest]
        if not quoted:
            return ""
        return f"did you mean {' or '.join(filter(None, [', '.join(quoted[:-1]), quoted[-1]]))}?"

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.reason}"]
        place = self.place
        if place.line is not None and place.source_line.strip():
            # Tabs stay tabs before the caret, or it would stand under another word.
            before = re.sub(r"[^\t]", " ", place.source_line[: place.column - 1])
            underline = "^" * max(1, min(place.width, len(place.source_line) - place.column + 1))
            lines.append(f"{place.line:>5} | {_printable(_mask_in_place(place.source_line))}")
            lines.append(f"      | {before}{underline} {self.hint}".rstrip())
        elif self.hint:
            lines.append(f"      | {self.hint}")
        return "\n".join(lines)


class Problems(Permanent):
    """A text cannot be used; holds every problem that one reading found, in the order of their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__("\n".join([*map(str, self.problems), f"{count} error{'' if count == 1 else 's'}."]))


class BadValue(Exception):
    """A value that a key cannot take; `reason` continues the sentence "[section] key …"."""

    def __init__(self, reason: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.nearest = nearest


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """At most three of the known names that look like this one, best first; case is no difference.

    A name that is clearly less like it than the best one is left out.
    """
    word = word.lower()
    names = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word, names, MAX_SUGGESTIONS, cutoff=0.6)
    likeness = {match: difflib.SequenceMatcher(None, match, word).ratio() for match in close}
    return tuple(names[match] for match in close if likeness[match] > likeness[close[0]] - 0.1)


def mask(text: str) -> str:
    """The text with the credentials of its URLs made unreadable."""
    return _CREDENTIALS.sub("***", _SECRET_PARAMETER.sub(r"\1***", text))


def _printable(text: str) -> str:
    """The text without what a terminal would obey; of the same length."""
    return "".join(ch if ch.isprintable() or ch == "\t" else "\ufffd" for ch in text)


def _mask_in_place(line: str) -> str:
    """As `mask`, but of the same length, so that carets stay where they are."""
    line = _SECRET_PARAMETER.sub(lambda found: found[1] + "*" * len(found[2]), line)
    return _CREDENTIALS.sub(lambda found: "*" * len(found[0]), line)
