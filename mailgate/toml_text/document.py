"""One TOML text as parsed: its values, and the place of each, ready to be named in an error."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailgate.toml_text.positions import KeyPath, Positions, Span, find_positions
from mailgate.toml_text.problems import Place, Problem

_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)\Z")

MAX_KEY_PARTS = 100
"""tomllib copies a key for each of its parts: one of a megabyte would take it hours."""

# Where keys begin: at the start of a line, in a header, in an inline table. What a text in quotes happens to say there
# is no key, but nobody writes a hundred words with a dot after each.
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_DEEP_KEY = re.compile(rf"(?:^[ \t]*+\[{{0,2}}|[{{,])[ \t]*+(?P<key>(?:{_PART}){{{MAX_KEY_PARTS}}})", re.MULTILINE)

MAX_SHOWN_LINE = 1000
"""A line with more characters is not shown with its mistakes, each of which would repeat it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML text that could be parsed. `file` is the name of its file as the operator gave it."""

    file: str
    text: str
    values: Mapping[str, Any]
    positions: Positions
    line_starts: list[int] = field(init=False, repr=False, compare=False)  # offset of each line

    def __post_init__(self) -> None:
        object.__setattr__(self, "line_starts", _line_starts(self.text))

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key, from 1; None when the file does not have it."""
        span = self.positions.keys.get(path)
        return None if span is None else bisect_right(self.line_starts, span.start)

    def place_of_key(self, path: KeyPath) -> Place:
        """Where a key stands, or the nearest key around it; the whole file when there is none."""
        return self._place(self.positions.keys, path)

    def place_of_value(self, path: KeyPath) -> Place:
        """Where a value stands; that of its key when it is a table with a header of its own."""
        if path in self.positions.values:
            return self._place(self.positions.values, path)
        return self.place_of_key(path)

    def _place(self, spans: Mapping[KeyPath, Span], path: KeyPath) -> Place:
        while path and path not in spans:
            path = path[:-1]
        if not path:
            return Place(self.file)
        return _place_at(self.file, self.text, spans[path], self.line_starts)


def parse(raw: bytes, file: str) -> Document | Problem:
    """Parse the bytes of a file. They are UTF-8 (a byte order mark is allowed); \\r\\n counts as \\n, as in TOML."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
        shown = before + raw[error.start :].decode("utf-8", "replace")
        place = _place_at(file, shown, Span(len(before), len(before) + 1), _line_starts(shown))
        return Problem(place, f"not UTF-8: byte 0x{raw[error.start]:02x}; save the file as UTF-8")
    if deep := _DEEP_KEY.search(text):
        place = _place_at(file, text, Span(deep.start("key"), deep.end()), _line_starts(text))
        return Problem(place, f"a key of more than {MAX_KEY_PARTS} parts")
    try:
        return Document(file, text, tomllib.loads(text), find_positions(text))
    except RecursionError:
        return Problem(Place(file), "not TOML: nested too deeply")
    except ValueError as error:  # TOMLDecodeError, or a number that Python does not take
        return _syntax_problem(file, text, str(error))


def _syntax_problem(file: str, text: str, message: str) -> Problem:
    found = _TOML_PLACE.search(message)
    reason = f"not TOML: {message[: found.start()] if found else message}"
    if found and found["line"]:
        starts = _line_starts(text)
        offset = starts[int(found["line"]) - 1] + int(found["column"]) - 1
        return Problem(_place_at(file, text, Span(offset, offset + 1), starts), reason)
    if found is None or not text.strip():
        return Problem(Place(file), reason)
    end = len(text.rstrip())  # what is missing is missing behind the last word
    return Problem(_place_at(file, text, Span(end, end + 1), _line_starts(text)), f"{reason} at the end of the file")


def _place_at(file: str, text: str, span: Span, line_starts: Sequence[int]) -> Place:
    line = bisect_right(line_starts, span.start)
    line_start = line_starts[line - 1]
    line_end = line_starts[line] - 1 if line < len(line_starts) else len(text)
    width = min(span.end, line_end) - span.start  # of several lines the first is shown
    source_line = text[line_start:line_end] if line_end - line_start <= MAX_SHOWN_LINE else ""
    return Place(file, line, span.start - line_start + 1, max(1, width), source_line)


def _line_starts(text: str) -> list[int]:
    """Offsets of all lines: with them a place is found without reading the text from its start."""
    return [0, *(found.end() for found in re.finditer("\n", text))]
