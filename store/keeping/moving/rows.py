"""Rows as they go from one database to another: read and written in batches by primary key, and summed up to compare.

A row is a tuple of plain values, the same whichever database it is from: None, bool, int, float, str, bytes, date, and
datetime in UTC without its zone. JSON is the text that was written, for that tells a null of JSON from no value at all.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    DateTime,
    Float,
    LargeBinary,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    select,
    tuple_,
    type_coerce,
)

from mailgate.errors import Permanent, Temporary
from store.schema import Utc

Row = tuple[Any, ...]
Key = tuple[Any, ...]

AT_ONCE = 200
LARGE_AT_ONCE = 20
"""Rows in one batch; of the second kind each may have a megabyte or more with it."""

NUL, IN_PLACE_OF_NUL = "\0", "\N{REPLACEMENT CHARACTER}"
"""SQLite keeps the character in a text, PostgreSQL refuses it."""


class UnmovableRow(Permanent):
    """The other database does not take a row."""


class LostConnection(Temporary):
    """The server went away in the middle; the same command goes on from there."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds, whatever the order of its rows."""

    rows: int
    digest: str  # SHA-256 of each row, added up


def batches(conn: Connection, table: Table, *, after: Key | None = None) -> Iterator[Sequence[Row]]:
    """All rows behind this primary key, in its order."""
    key = tuple(table.primary_key.columns)
    places = [list(table.columns).index(column) for column in key]
    size = LARGE_AT_ONCE if any(isinstance(column.type, LargeBinary) for column in table.columns) else AT_ONCE
    query = select(*map(_plain, table.columns)).order_by(*key).limit(size)
    plainly = _reader(table)
    while True:
        found = conn.execute(query if after is None else _behind(query, key, after)).all()
        if found:
            yield [plainly(row) for row in found]
        if len(found) < size:
            return
        after = tuple(found[-1][place] for place in places)


def key_of(table: Table, row: Row) -> Key:
    """The primary key in a row."""
    columns = list(table.columns)
    return tuple(row[columns.index(column)] for column in table.primary_key.columns)


def count(conn: Connection, table: Table) -> int:
    """How many rows a table has."""
    return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def write(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add the rows in the transaction of `conn`. Raises UnmovableRow, LostConnection."""
    if conn.dialect.name == "postgresql":
        _copy_in(conn, table, rows)
    else:
        quote = conn.dialect.identifier_preparer.quote_identifier
        names = ", ".join(quote(column.name) for column in table.columns)
        marks = ", ".join("?" * len(table.columns))
        driver = conn.connection.driver_connection
        assert driver is not None
        driver.executemany(
            f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})",  # noqa: S608 - names of ours
            [[_for_sqlite(value) for value in row] for row in rows],
        )


def sum_up(conn: Connection, table: Table, *, seen: Callable[[int], None]) -> Sum:
    """Read a table whole; `seen` hears of each batch."""
    rows = total = 0
    for batch in batches(conn, table):
        rows += len(batch)
        total += sum(int.from_bytes(_digest(row)) for row in batch)
        seen(len(batch))
    return Sum(rows, f"{total % (1 << 256):064x}")


def _plain(column: Any) -> Any:
    if isinstance(column.type, JSON):
        return cast(column, Text).label(column.name)
    if isinstance(column.type, Utc):
        return type_coerce(column, DateTime()).label(column.name)
    return column


def _reader(table: Table) -> Callable[[Any], Row]:
    """Makes plain values of what a driver gives."""
    kinds = [_kind(column.type) for column in table.columns]

    def read(row: Any) -> Row:
        return tuple(None if value is None else kind(value) for kind, value in zip(kinds, row, strict=True))

    return read


def _kind(of: Any) -> Callable[[Any], Any]:
    match of:
        case Boolean():
            return bool
        case LargeBinary():
            return bytes
        case Float():
            return float
        case Utc():
            return lambda value: value
        case _:
            return _without_nul


def _without_nul(value: Any) -> Any:
    return value.replace(NUL, IN_PLACE_OF_NUL) if isinstance(value, str) else value


def _behind(query: Select[Any], key: Sequence[Any], after: Key) -> Select[Any]:
    if len(key) == 1:
        return query.where(key[0] > after[0])
    values = [literal(value, type_=column.type) for value, column in zip(after, key, strict=True)]
    return query.where(tuple_(*key) > tuple_(*values))


def _copy_in(conn: Connection, table: Table, rows: Sequence[Row]) -> None:
    import psycopg

    quote = conn.dialect.identifier_preparer.quote_identifier
    names = ", ".join(quote(column.name) for column in table.columns)
    driver: Any = conn.connection.driver_connection
    try:
        with driver.cursor().copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copying:
            for row in rows:
                copying.write_row(row)
    except psycopg.OperationalError as error:
        raise LostConnection(f"the server went away: {error}") from error
    except psycopg.Error as error:
        raise UnmovableRow(f"PostgreSQL does not take a row of {table.name}: {error}") from error


def _for_sqlite(value: Any) -> Any:
    """As SQLAlchemy writes it there."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _digest(row: Row) -> bytes:
    digest = hashlib.sha256()
    for value in row:
        raw = _bytes_of(value)
        digest.update(b"%d:" % len(raw))
        digest.update(raw)
    return digest.digest()


def _bytes_of(value: Any) -> bytes:
    match value:
        case None:
            return b"-"
        case bytes():
            return b"x" + value
        case str():
            return b"s" + value.encode("utf-8", "surrogatepass")
        case datetime():
            return b"t" + value.isoformat().encode()
        case date():
            return b"d" + value.isoformat().encode()
        case _:  # bool, int, float
            return repr(value).encode()
