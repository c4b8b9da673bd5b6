"""One page of a long list, found by the row that it stands behind or before: the last is as quick as the first.

The statements are built once: a list is a `Listing` of its module, and its values are bound by name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, RowMapping, Select, bindparam, tuple_

PAGE_ROWS = 50
NEWEST = "newest"
"""In place of a row: what stands before the end of the list is its last page."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAX_ID = 2**63 - 1
_MAX_MICROSECONDS = 253_402_300_799_999_999  # the end of the year 9999

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page is meant, as its URL says it: the one behind a row, or before a row; the first one without either."""

    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in the order of the list; `onward` and `back` name the rows that its neighbours begin at, "" for none."""

    rows: tuple[T, ...]
    onward: str  # for `Turn.after`
    back: str  # for `Turn.before`


class Listing(Generic[T]):
    """A list that is read page by page.

    `query` selects what it is ordered by under the names `id` and, if there is an instant before it, `at`. `fits` says
    how many of the rows go on one page, at least one.
    """

    def __init__(
        self,
        query: Select[Any],
        row: Callable[[RowMapping], T],
        *,
        id: ColumnElement[int],  # noqa: A002 - the name of the column
        at: ColumnElement[datetime] | None = None,
        descending: bool = True,
        fits: Callable[[Sequence[T]], int] = len,
    ) -> None:
        self._row = row
        self._fits = fits
        self._descending = descending
        self._by_instant = at is not None
        self._statements = {
            (falls, placed): _statement(query, id, at, falls=falls, placed=placed)
            for falls in (False, True)
            for placed in (False, True)
        }

    def page(self, conn: Connection, turn: Turn, **values: object) -> Page[T]:
        """Read one page, with the values that the query names. A place that is nonsense means the first page."""
        backwards = bool(turn.before) and not turn.after
        place = self._read_place(turn.before if backwards else turn.after)
        statement = self._statements[self._descending is not backwards, bool(place)]
        found = conn.execute(statement, {**values, **place}).mappings().all()
        rows = [self._row(mapping) for mapping in found[:PAGE_ROWS]]
        kept = self._fits(rows) if rows else 0
        more = len(found) > kept
        ends = [self._place(found[0]), self._place(found[kept - 1])] if kept else ["", ""]
        rows = rows[:kept]
        if backwards:
            rows.reverse()
            ends.reverse()
        if backwards:
            return Page(tuple(rows), "" if turn.before == NEWEST else ends[1], ends[0] if more else "")
        return Page(tuple(rows), ends[1] if more else "", ends[0] if place else "")

    def _place(self, mapping: RowMapping) -> str:
        if not self._by_instant:
            return str(mapping["id"])
        return f"{(mapping['at'] - _EPOCH) // _MICROSECOND}.{mapping['id']}"

    def _read_place(self, text: str) -> dict[str, object]:
        limits: tuple[int, ...] = (_MAX_MICROSECONDS, _MAX_ID) if self._by_instant else (_MAX_ID,)
        parts = text.split(".")
        if text == NEWEST:
            numbers = limits
        elif len(parts) == len(limits) and all(_is_number(part) for part in parts):
            numbers = tuple(int(part) for part in parts)
        else:
            return {}
        if any(number > limit for number, limit in zip(numbers, limits, strict=True)):
            return {}
        if not self._by_instant:
            return {"place_id": numbers[0]}
        return {"place_at": _EPOCH + numbers[0] * _MICROSECOND, "place_id": numbers[1]}


def _statement(
    query: Select[Any], id_: ColumnElement[int], at: ColumnElement[datetime] | None, *, falls: bool, placed: bool
) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [id_] if at is None else [at, id_]
    names = ["place_id"] if at is None else ["place_at", "place_id"]
    if placed:
        # Whoever asks may say a larger number than a column has: PostgreSQL compares it as it is.
        kinds = [BigInteger() if isinstance(column.type, Integer) else column.type for column in columns]
        places = [bindparam(name, type_=kind) for name, kind in zip(names, kinds, strict=True)]
        row, place = tuple_(*columns), tuple_(*places)
        query = query.where(row < place if falls else row > place)
    return query.order_by(*(column.desc() if falls else column.asc() for column in columns)).limit(PAGE_ROWS + 1)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) < 20
