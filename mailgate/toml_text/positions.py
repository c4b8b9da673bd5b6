"""Where each key and value of a TOML text stands; tomllib says what they are, but not where."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]
"""("smtp", "listen"), or ("desk", 0, "address") inside an array."""

_GAP = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")
_MOST_SHOWN = 60  # characters of a key
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_PLAIN_VALUE = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'  # up to two quotes may stand right before the closing three
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|[^,\]}#\n]*[^,\]}#\s]",  # number, boolean, date; a date may hold one space
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets into the text, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Positions:
    """Spans by path. A table's key is the name in the first header that mentions it; `values` has no such tables."""

    keys: Mapping[KeyPath, Span]
    values: Mapping[KeyPath, Span]


def dotted(path: Iterable[str | int]) -> str:
    """A path as it is written with dots: `product[3].prices.EUR`; entries of a list count from 0."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{_quoted(step)}" for step in path).removeprefix(".")


def _quoted(key: str) -> str:
    """A key as it stands in TOML: in quotes, unless it is letters, digits and hyphens alone."""
    return key if _BARE_KEY.match(key) else f'"{key if len(key) <= _MOST_SHOWN else f"{key[: _MOST_SHOWN - 1]}…"}"'


def find_positions(text: str) -> Positions:
    """Find all keys and values of a text that tomllib has accepted, its line ends being \\n."""
    scan = _Scan(text)
    scan.document()
    return Positions(scan.keys, scan.values)


class _Scan:
    """One walk through a valid text; what is not valid has no meaning here."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: dict[KeyPath, Span] = {}
        self.values: dict[KeyPath, Span] = {}
        self.last_entry: dict[KeyPath, int] = {}  # of each array of tables: the index of its newest entry

    def document(self) -> None:
        table: KeyPath = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BLANK)

    def header(self) -> KeyPath:
        is_entry = self.text.startswith("[[", self.at)
        self.at += 2 if is_entry else 1
        parts = self.key()
        self.at += 2 if is_entry else 1
        path: KeyPath = ()
        for index, (name, span) in enumerate(parts):
            path = (*path, name)
            self.keys.setdefault(path, span)
            if is_entry and index == len(parts) - 1:
                self.last_entry[path] = self.last_entry.get(path, -1) + 1
            if path in self.last_entry:  # [desk.more] speaks of the newest [[desk]]
                path = (*path, self.last_entry[path])
                self.keys.setdefault(path, span)
        return path

    def pair(self, table: KeyPath) -> None:
        path = table
        for name, span in self.key():
            path = (*path, name)
            self.keys.setdefault(path, span)
        self.at += 1  # the equals sign
        self.skip(_GAP)
        self.value(path)

    def key(self) -> list[tuple[str, Span]]:
        """Read a key with all its dotted parts, and the white space behind it."""
        parts: list[tuple[str, Span]] = []
        while True:
            self.skip(_GAP)
            start = self.at
            raw = self.skip(_KEY_PART)
            # Only what is in quotes can stand for other characters; most keys are bare, and files may be large.
            name = next(iter(tomllib.loads(f"{raw} = 0"))) if raw[:1] in {'"', "'"} else raw
            parts.append((name, Span(start, self.at)))
            self.skip(_GAP)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def value(self, path: KeyPath) -> None:
        start = self.at
        match self.text[self.at]:
            case "[":
                self.array(path)
            case "{":
                self.inline_table(path)
            case _:
                self.skip(_PLAIN_VALUE)
        self.values[path] = Span(start, self.at)

    def array(self, path: KeyPath) -> None:
        index = 0
        while self.text[self.at] != "]":
            self.at += 1  # the opening bracket or a comma
            self.skip(_BLANK)
            if self.text[self.at] != "]":
                self.value((*path, index))
                index += 1
                self.skip(_BLANK)
        self.at += 1

    def inline_table(self, path: KeyPath) -> None:
        while self.text[self.at] != "}":
            self.at += 1  # the opening brace or a comma
            self.skip(_BLANK)
            if self.text[self.at] != "}":
                self.pair(path)
                self.skip(_BLANK)
        self.at += 1

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Move past what the pattern matches here, if it does, and return it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]
