"""Rows that are made up, numbered on from those that are there, and inserted many at once."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from mailgate.desks import Desk
from mailgate.mail.address_token import Key
from mailgate.people import Staff
from store.schema import (
    attachments,
    blobs,
    contacts,
    customers,
    entries,
    message_ids,
    outbox,
    participants,
    search_documents,
    spool,
    tickets,
)
from store.search import index
from store.search.index import Kind

_ORDER = (
    blobs,
    customers,
    contacts,
    tickets,
    participants,
    spool,
    entries,
    attachments,
    outbox,
    message_ids,
    search_documents,
)
_NUMBERED = (customers, contacts, tickets, spool, entries, outbox, search_documents)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to be; `messages` are customers' and staff's mails together, at least one for each ticket."""

    tickets: int
    messages: int
    seed: int = 1
    indexed: bool = False  # with the documents of the search, which else the sweep makes in time


@dataclass(frozen=True, slots=True)
class Home:
    """Whose store it is, as the settings say."""

    company: str
    domain: str
    desks: tuple[Desk, ...]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a store has before anything is made up."""

    newest: Mapping[str, int]  # the highest id, by table
    staff: tuple[Staff, ...]
    key: Key


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to be inserted into one table."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


class Rows:
    """What waits to be inserted, by table.

    Values are given as the database keeps them, instants by `stamp` and lists as JSON: to have them turned by the types
    of the columns would take longer than all the rest.
    """

    def __init__(self, newest: Mapping[str, int], *, indexed: bool = False) -> None:
        self._indexed = indexed
        self._numbers = {name: count(number + 1) for name, number in newest.items()}
        self._columns: dict[str, tuple[str, ...]] = {}
        self._waiting: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)

    def number(self, table: Table) -> int:
        """The id of the next row of this table."""
        return next(self._numbers[table.name])

    def add(self, table: Table, **values: object) -> None:
        """One row; all rows of a table name the same columns in the same order."""
        if table.name not in self._columns:
            self._columns[table.name] = tuple(values)
        self._waiting[table.name].append(tuple(values.values()))

    def blob(self, content: bytes) -> str:
        """Bytes that nothing else has; returns their digest."""
        sha256 = hashlib.sha256(content).hexdigest()
        self.add(blobs, sha256=sha256, size=len(content), content=content)
        return sha256

    def document(self, kind: Kind, row_id: int, *, at: datetime, stamped: str, **more: Any) -> None:
        """What is found of a row, if such are wanted; see `store.search.index.document`."""
        if self._indexed:
            values = index.document(kind, row_id, at=at, **more)
            self.add(search_documents, id=self.number(search_documents), **{**values, "at": stamped})

    def take(self) -> tuple[Batch, ...]:
        """All that waits, named rows before those that name them."""
        self._waiting[blobs.name].sort()  # by digest, so that its index is walked through once and not at random
        batches = [
            Batch(table.name, self._columns[table.name], self._waiting[table.name])
            for table in _ORDER
            if self._waiting.get(table.name)
        ]
        self._waiting.clear()
        return tuple(batches)


def newest_ids(conn: Connection) -> Mapping[str, int]:
    """The highest id of each table that is numbered."""
    return {table.name: conn.execute(select(func.max(table.c.id))).scalar() or 0 for table in _NUMBERED}


def insert(conn: Connection, batches: Iterable[Batch]) -> None:
    """Write what was taken."""
    for batch in batches:
        named = ", ".join(f'"{column}"' for column in batch.columns)
        if conn.dialect.name == "postgresql":
            _copy_in(conn, f'COPY "{batch.table}" ({named}) FROM STDIN', batch.rows)
        else:
            marks = ", ".join("?" for _ in batch.columns)
            conn.exec_driver_sql(f'INSERT INTO "{batch.table}" ({named}) VALUES ({marks})', batch.rows)


def _copy_in(conn: Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    driver = conn.connection.driver_connection
    assert driver is not None
    with driver.cursor().copy(statement) as copying:
        for row in rows:
            copying.write_row(row)


def number_on(conn: Connection) -> None:
    """Let the database number its rows on from here."""
    if conn.dialect.name != "postgresql":  # SQLite sees by itself which numbers were given
        return
    for table in _NUMBERED:
        newest = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
        conn.execute(text(newest))


def stamp(at: datetime) -> str:
    """An instant as `store.schema.Utc` keeps it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
