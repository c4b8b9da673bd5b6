"""The two ends of a move, each in either kind of database: one that nobody writes to, and one that is being filled."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import OperationalError

from mailgate.errors import Permanent
from store.keeping.copies.restored import StoreInUse, StoreThere
from store.keeping.copies.server_restore import clear, refuse_what_is_there
from store.keeping.moving.rows import Key
from store.migrations import HEAD, MOVING, current, migrate, stamp, unstamp
from store.post import processes
from store.schema import metadata

_COUNTERS_OF_SQLITE = "SELECT name, seq FROM sqlite_sequence"

_moved = Table(  # in the database that is filled, until it is full
    "store_move",
    MetaData(),
    Column("name", String, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("last_key", Text),
    Column("whole", Boolean, nullable=False),
)

_REFERENCES = "(references)"
"""The row of that table which is of no table: it keeps the foreign keys that are set aside."""

_FOREIGN_KEYS = text("""
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2
""")


class HalfOfAnother(Permanent):
    """The target is half filled from another store, or by another version."""


@dataclass(frozen=True, slots=True)
class Progressed:
    """How much of a table has arrived."""

    rows: int
    last_key: Key | None
    whole: bool


@contextmanager
def nobody_writes(engine: Engine) -> Iterator[Connection]:
    """One transaction that keeps all writers out of the source, and reads it. Raises StoreInUse."""
    with engine.connect().execution_options(write=True, isolation_level=_isolation(engine)) as conn:
        try:
            conn.begin()
            if conn.dialect.name == "postgresql":
                quote = conn.dialect.identifier_preparer.quote_identifier
                names = ", ".join(map(quote, sorted(metadata.tables)))
                conn.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                conn.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        except OperationalError as error:
            raise StoreInUse(f"a program writes to the store that should be moved: {error.orig}") from error
        there = [one for one in processes.present(conn) if not processes.died_here(one)]
        if there:
            names = ", ".join(f"mailgate {one.does} on {one.host} (pid {one.pid})" for one in there)
            raise StoreInUse(f"programs work on the store that should be moved: {names}; stop them first")
        yield conn


def counters(conn: Connection) -> Mapping[str, int]:
    """The last id that each table gave out; of what was removed, too."""
    known: dict[str, int] = {}
    if conn.dialect.name != "postgresql":
        known = {row[0]: int(row[1]) for row in conn.exec_driver_sql(_COUNTERS_OF_SQLITE)}
    found = {}
    for table in _numbered():
        newest = conn.execute(select(func.max(table.c.id))).scalar() or 0
        if (sequence := _sequence(conn, table)) is not None:
            last = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"  # noqa: S608 - by PostgreSQL
            known[table.name] = int(conn.exec_driver_sql(last).scalar_one())
        found[table.name] = max(int(newest), known.get(table.name, 0))
    return found


class Target:
    """A database that is filled; until it is full it says so of itself, and no program takes it for a store."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.is_server = conn.dialect.name == "postgresql"

    def claim(self, source: str, *, start_over: bool) -> bool:
        """Make the empty tables, or find those of this very move; True for these. `source` is a name for the source.

        Raises StoreThere, HalfOfAnother.
        """
        mark = f"{MOVING} {source}"
        with self.conn.begin():
            revision = current(self.conn)
            if revision == mark and not start_over:
                return True
            if revision is not None and revision.startswith(MOVING):
                if not start_over:
                    raise HalfOfAnother("the target is half filled from another store, or by another version")
                self._clear()
            self._refuse_what_is_there()
            migrate(self.conn)
            for table in reversed(metadata.sorted_tables):
                self.conn.execute(delete(table))  # what a migration puts into a new store
            _moved.create(self.conn)
            if self.is_server:
                self._set_references_aside()
            stamp(self.conn, mark)
        return False

    def progress(self, table: Table) -> Progressed:
        """How much of a table has arrived."""
        with self.conn.begin():
            row = self.conn.execute(select(_moved).where(_moved.c.name == table.name)).first()
        if row is None:
            return Progressed(0, None, False)
        return Progressed(row.rows, None if row.last_key is None else tuple(json.loads(row.last_key)), row.whole)

    def note(self, table: Table, progressed: Progressed) -> None:
        """Write it down, in the transaction of the rows."""
        key = None if progressed.last_key is None else json.dumps(progressed.last_key)
        values = {"rows": progressed.rows, "last_key": key, "whole": progressed.whole}
        if not self.conn.execute(update(_moved).where(_moved.c.name == table.name).values(values)).rowcount:
            self.conn.execute(insert(_moved).values(name=table.name, **values))

    def finish(self, numbers: Mapping[str, int]) -> None:
        """It is full: have what refers to rows checked and ids go on behind these, and let it be a store."""
        self.wait_for_disk(True)
        with self.conn.begin():
            if self.is_server:
                for statement in self._references():
                    self.conn.exec_driver_sql(statement)
            elif broken := self.conn.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise StoreThere(f"a row of {broken[0]} refers to one of {broken[2]} that is not there", "")
            for table in _numbered():
                self._number(table, numbers[table.name])
            _moved.drop(self.conn)
            stamp(self.conn, HEAD)
        if self.is_server:
            with self.conn.begin():
                self.conn.exec_driver_sql("ANALYZE")

    def _set_references_aside(self) -> None:
        """A ticket may refer to a later one, so that is checked when all rows are there."""
        found = self.conn.execute(_FOREIGN_KEYS).all()
        for table, name, _ in found:
            self.conn.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        again = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in found]
        self.conn.execute(insert(_moved).values(name=_REFERENCES, rows=0, last_key=json.dumps(again), whole=True))

    def _references(self) -> Sequence[str]:
        """The statements that put them back."""
        kept = select(_moved.c.last_key).where(_moved.c.name == _REFERENCES)
        found: list[str] = json.loads(self.conn.execute(kept).scalar_one())
        return found

    def wait_for_disk(self, durable: bool) -> None:
        """Until the end nothing is promised: batches need not wait for the disk, the last commit does so for all."""
        driver: Any = self.conn.connection.driver_connection
        if self.is_server:
            with self.conn.begin():
                self.conn.exec_driver_sql(f"SET synchronous_commit = {'on' if durable else 'off'}")
        else:
            driver.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            driver.execute(f"PRAGMA foreign_keys={'ON' if durable else 'OFF'}")

    def _refuse_what_is_there(self) -> None:
        if self.is_server:
            refuse_what_is_there(self.conn)
        elif names := inspect(self.conn).get_table_names():
            raise StoreThere(f"the file is no empty database: it has {names[0]} and other tables", "name a new file")

    def _clear(self) -> None:
        _moved.drop(self.conn, checkfirst=True)
        if not self.is_server:
            self.conn.exec_driver_sql("DROP TABLE IF EXISTS search_index")
            metadata.drop_all(self.conn)
            unstamp(self.conn)
        else:
            clear(self.conn)

    def _number(self, table: Table, last: int) -> None:
        if (sequence := _sequence(self.conn, table)) is not None:
            if last:
                self.conn.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
        elif not self.is_server and table.dialect_options["sqlite"]["autoincrement"] and last:
            self.conn.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
            row = {"name": table.name, "last": last}
            self.conn.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), row)


@contextmanager
def filling(engine: Engine) -> Iterator[Target]:
    """One connection by which a database is filled."""
    with engine.connect().execution_options(write=True) as conn:
        target = Target(conn)
        target.wait_for_disk(False)
        yield target


def _isolation(engine: Engine) -> str:
    return "REPEATABLE READ" if engine.dialect.name == "postgresql" else "SERIALIZABLE"


def _numbered() -> Sequence[Table]:
    return [table for table in metadata.sorted_tables if "id" in table.c]


def _sequence(conn: Connection, table: Table) -> str | None:
    """The counter of a table in PostgreSQL, as it is named in SQL."""
    if conn.dialect.name != "postgresql":
        return None
    found = conn.execute(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name}).scalar()
    return None if found is None else str(found)
