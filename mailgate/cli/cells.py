"""What is printed for people: values as words, tables as wide as their words or as the terminal, nothing it obeys."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailgate.cli.visible import visible

MINOR = "_minor"
_MARKS = ("_at", "_on")  # of keys: the unit, which people are told with the value
_GAP = 2
_NARROWEST = 8  # of a column that is cut

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that has a name: programs get its id, people the name."""

    id: int
    name: str


def named(number: int | None, names: Mapping[int, str]) -> Named | None:
    """A thing by its number, with the name that it has there."""
    return None if number is None else Named(number, names.get(number, ""))


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is printed."""

    head: str
    cells: tuple[str, ...]
    is_number: bool = False
    is_whole: bool = False  # half of it would say something else: numbers, times

    @property
    def width(self) -> int:
        """In places of a terminal."""
        return max(map(width_of, (self.head, *self.cells)))


def title(key: str, *, is_amount: bool = False) -> str:
    """A key in words: `next_due_on` is "next due". Minor units are named where an amount is not told in major ones."""
    for mark in (*_MARKS, *([MINOR] if is_amount else [])):
        key = key.removesuffix(mark)
    return key.replace("_", " ")


def is_empty(value: object) -> bool:
    """There is nothing to tell; 0 and no are something."""
    return value is None or value == "" or (isinstance(value, Sequence | Mapping) and not value)


def told(row: Row, zone: tzinfo) -> dict[str, str]:
    """What there is to tell of one object, by titles: times with their zone, what has a name with its id, too."""
    is_amount = _currency(row) is not None
    return {
        title(key, is_amount=is_amount): _cell(row, key, value, zone, is_alone=True)
        for key, value in row.items()
        if not is_empty(value)
    }


def table_of(rows: Sequence[Row], columns: Sequence[str], zone: tzinfo) -> list[Column]:
    """These columns of the rows, which are not none."""
    return [_column(rows, key, zone) for key in columns]


def laid_out(table: Sequence[Column], room: int | None) -> list[str]:
    """The lines of a table. What is wider than `room` is cut where most can be spared; None: it is for a program."""
    widths = _fitting(table, room)
    lines: list[str] = []
    for line in zip(*((one.head.upper(), *one.cells) for one in table), strict=True):
        cells = [
            _padded(_cut(cell, width), width, at_end=one.is_number)
            for cell, width, one in zip(line, widths, table, strict=True)
        ]
        lines.append((" " * _GAP).join(cells).rstrip())
    return lines


def width_of(text: str) -> int:
    """How many places of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_places(ch) for ch in text)


def _column(rows: Sequence[Row], key: str, zone: tzinfo) -> Column:
    values = [row.get(key) for row in rows]
    is_number = all(value is None or (isinstance(value, int) and not isinstance(value, bool)) for value in values)
    is_whole = is_number or any(isinstance(value, datetime) for value in values)
    cells = tuple(_cell(row, key, row.get(key), zone) for row in rows)
    head = title(key, is_amount=any(_currency(row) is not None for row in rows))
    return Column(head, cells, is_number=is_number, is_whole=is_whole)


def _cell(row: Row, key: str, value: object, zone: tzinfo, *, is_alone: bool = False) -> str:
    currency = _currency(row)
    if key.endswith(MINOR) and isinstance(value, int) and currency is not None:
        from mailgate.billing.money.amount import written

        return f"{written(value, currency)} {currency}" if is_alone else written(value, currency)
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{local:%Y-%m-%d %H:%M %Z}" if is_alone else f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, Named) and is_alone:
        return visible(f"{value.name} ({value.id})")
    return _words(value, zone)


def _currency(row: Row) -> str | None:
    found = row.get("currency")
    return found if isinstance(found, str) else None


def _words(value: object, zone: tzinfo) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, Named):
        return visible(value.name)
    if isinstance(value, Mapping):
        pairs = ((title(str(key)), _words(one, zone)) for key, one in value.items() if not is_empty(one))
        return ", ".join(f"{key} {words}" for key, words in pairs)
    if isinstance(value, list | tuple):
        return ("; " if any(isinstance(one, Mapping) for one in value) else ", ").join(
            _words(one, zone) for one in value
        )
    return visible(" ".join(str(value).split()))


def _fitting(table: Sequence[Column], room: int | None) -> list[int]:
    widths = [one.width for one in table]
    if room is None:
        return widths
    cuttable = [number for number, one in enumerate(table) if not one.is_whole]
    over = sum(widths) + _GAP * (len(table) - 1) - room
    while over > 0 and cuttable:
        widest = max(cuttable, key=lambda number: widths[number])
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
        over -= 1
    return widths


def _cut(text: str, width: int) -> str:
    if width_of(text) <= width:
        return text
    kept, room = "", width - 1
    for ch in text:
        room -= _places(ch)
        if room < 0:
            break
        kept += ch
    return f"{kept}…"


def _padded(text: str, width: int, *, at_end: bool) -> str:
    blanks = " " * (width - width_of(text))
    return f"{blanks}{text}" if at_end else f"{text}{blanks}"


def _places(ch: str) -> int:
    if unicodedata.combining(ch) or unicodedata.category(ch) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(ch) in "WF" else 1
