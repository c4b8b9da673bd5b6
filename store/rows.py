"""Rows become frozen values, and values become rows, by the annotations of their dataclass."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from enum import StrEnum
from functools import partial
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from sqlalchemy import Connection, Insert, RowMapping

T = TypeVar("T")
_Convert = Callable[[Any], Any]


class Rows(Generic[T]):
    """How values of one dataclass stand in rows: each field in the column of its name.

    A StrEnum stands as its word, a tuple as a JSON array, in it a dataclass as an object. What is different is read
    from the whole row by a function named after the field; what no row has is `given` to each reading. Neither of them
    is written. Made once, when a module is imported: to read a row costs what it costs by hand.
    """

    def __init__(self, kind: type[T], *, given: Sequence[str] = (), **read: Callable[[Any], Any]) -> None:
        assert is_dataclass(kind)
        hints = get_type_hints(kind)
        self._kind = kind
        self._names = tuple(one.name for one in fields(kind) if one.name not in {*given, *read})
        self._from_row = tuple((name, convert) for name in self._names if (convert := _reading(hints[name])))
        self._from_value = tuple((name, convert) for name in self._names if (convert := _writing(hints[name])))
        self._written = tuple(name for name in self._names if name != "id")
        self._read = tuple(read.items())

    def read(self, row: RowMapping | Mapping[str, Any], **given: Any) -> T:
        """The value of a row, which may have more columns."""
        values = {name: row[name] for name in self._names}
        for name, convert in self._from_row:
            values[name] = convert(values[name])
        for name, read in self._read:
            values[name] = read(row)
        return self._kind(**values, **given)

    def columns(self, value: T) -> dict[str, Any]:
        """The row of a value, without `id`, which the table gives."""
        values = {name: getattr(value, name) for name in self._written}
        for name, convert in self._from_value:
            values[name] = convert(values[name])
        return values


def insert_row(conn: Connection, statement: Insert, values: Mapping[str, Any]) -> int:
    """Insert one row and return its id."""
    inserted = conn.execute(statement, dict(values)).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def _reading(hint: Any) -> _Convert | None:
    """How a column becomes a value; None: it is one."""
    plain = _without_none(hint)
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return plain if plain is hint else lambda word: None if word is None else plain(word)
    if get_origin(plain) is tuple:
        make = _reading_one(get_args(plain)[0])
        return (lambda array: tuple(map(make, array or ()))) if make else lambda array: tuple(array or ())
    return None


def _reading_one(kind: Any) -> _Convert | None:
    """How what stands in an array becomes a value."""
    return partial(_of_object, kind) if is_dataclass(kind) else _reading(kind)


def _of_object(kind: Any, stored: Mapping[str, Any]) -> Any:
    return kind(**stored)


def _writing(hint: Any) -> _Convert | None:
    """How a value becomes a column; None: it can stand there."""
    if get_origin(hint) is not tuple:
        return None
    return (lambda values: [asdict(one) for one in values]) if is_dataclass(get_args(hint)[0]) else list


def _without_none(hint: Any) -> Any:
    kinds = [one for one in get_args(hint) if one is not NoneType]
    return kinds[0] if len(kinds) == 1 and NoneType in get_args(hint) else hint
