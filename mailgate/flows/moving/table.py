"""A table that an older system or a spreadsheet has written: its lines by columns, and what keeps it from being one."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mailgate.errors import Permanent

_DELIMITERS = ",;\t"
_FORMULA = re.compile(r'="(.*)"\Z', re.DOTALL)  # how a spreadsheet is kept from taking 007 for 7
_ROUNDED = re.compile(r"\d[.,]\d+E\+\d+\Z")
_COUNTS = ("none", "the first", "the first two", "the first three", "the first four")

ROUNDED = "a spreadsheet has rounded it: make the column text before saving"


class BadTable(Permanent):
    """The file as a whole is no such table."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be taken; `line` is that of the file, as an editor counts."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in one line, without what spreadsheets put around it; a column that is not there has ""."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def fault(self, column: str, reason: str) -> Fault:
        """A cell of it cannot be taken."""
        return Fault(self.number, column, self[column], reason)


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read."""

    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]  # columns that mean nothing here


def read_lines(raw: bytes, *, required: Sequence[str], optional: Sequence[str]) -> Lines:
    """Read a CSV file with a header line; empty lines are left out.

    UTF-8 with or without its mark, or UTF-16 with it; separated by comma, semicolon or tab. Raises BadTable.
    """
    columns = (*required, *optional)
    text = _decode(raw)
    first, _, rest = text.partition("\n")
    skipped = 0
    if re.fullmatch(r"sep=.\r?", first.strip("\ufeff")):  # a spreadsheet's own line
        text, skipped = rest, 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    numbered = _numbered(reader, skipped)
    header = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in next(numbered, (0, [""]))[1]]
    missing = [name for name in required if name not in header]
    if missing:
        needed = f"{_COUNTS[len(required)]} needed"
        raise BadTable(f"no column {', '.join(missing)}; the columns are {', '.join(columns)}, {needed}")
    twice = sorted({name for name in header if name in columns and header.count(name) > 1})
    if twice:
        raise BadTable(f"the column {twice[0]} is there twice")
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, cells in numbered:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            reason = f"{len(cells)} values for {len(header)} columns"
            faults.append(Fault(number, "", cells[len(header)], reason))
            continue
        lines.append(Line(number, {name: plain(cell) for name, cell in zip(header, cells, strict=False)}))
    return Lines(tuple(lines), tuple(faults), tuple(name for name in header if name and name not in columns))


def plain(cell: str) -> str:
    """The value without what spreadsheets put around it."""
    text = cell.strip().strip("\u00a0").strip()
    formula = _FORMULA.match(text)
    return formula[1].strip() if formula else text


def is_rounded(value: str) -> bool:
    """A spreadsheet has taken an id for a number."""
    return _ROUNDED.match(value) is not None


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadTable(f"line {line} is not UTF-8: save the table as `CSV UTF-8`") from error


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


class _Reader(Protocol):
    """What `csv.reader` makes."""

    @property
    def line_num(self) -> int: ...
    def __next__(self) -> list[str]: ...


def _numbered(reader: _Reader, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins in: a value in quotes may have several."""
    while True:
        line = reader.line_num + skipped + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadTable(f"line {line} is no CSV: {error}") from error
