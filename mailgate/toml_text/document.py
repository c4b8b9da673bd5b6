"""One TOML text as parsed: its values, and the place of each, ready to be named in an error."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailgate.toml_text.positions import KeyPath, Positions, Span, find_positions
from mailgate.toml_text.problems import Place, Problem

_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)\Z")


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML text that could be parsed. `file` is the name of its file as the operator gave it."""

    file: str
    text: str
    values: Mapping[str, Any]
    positions: Positions

    def line_of(self, path: KeyPath) -> int | None:
        """The line of a key, from 1; None when the file does not have it."""
        span = self.positions.keys.get(path)
        return None if span is None else self.text.count("\n", 0, span.start) + 1

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
        return _place_at(self.file, self.text, spans[path].start, spans[path].end)


def parse(raw: bytes, file: str) -> Document | Problem:
    """Parse the bytes of a file. They are UTF-8 (a byte order mark is allowed); \\r\\n counts as \\n, as in TOML."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
        shown = before + raw[error.start :].decode("utf-8", "replace")
        place = _place_at(file, shown, len(before), len(before) + 1)
        return Problem(place, f"not UTF-8: byte 0x{raw[error.start]:02x}; save the file as UTF-8")
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
        lines = text.split("\n")
        line, column = int(found["line"]), int(found["column"])
        return Problem(Place(file, line, column, 1, lines[line - 1]), reason)
    if found is None or not text.strip():
        return Problem(Place(file), reason)
    end = len(text.rstrip())  # what is missing is missing behind the last word
    return Problem(_place_at(file, text, end, end + 1), f"{reason} at the end of the file")


def _place_at(file: str, text: str, start: int, end: int) -> Place:
    line_start = text.rfind("\n", 0, start) + 1
    source_line = text[line_start:].partition("\n")[0]
    line = text.count("\n", 0, start) + 1
    width = min(end, line_start + len(source_line)) - start  # of several lines the first is shown
    return Place(file, line, start - line_start + 1, max(1, width), source_line)
