"""Engine from a URL; the write transaction and the read-only connection. Nothing here waits on a network."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from mailgate.errors import Misconfigured, Temporary
from store.turns import WriteTurn

BUSY_SECONDS = 5.0
"""How long a writer waits for another process's write lock before the mail is answered 451."""

PAGE_SECONDS = 5
"""How long a page waits for a database server: for a connection that is free, for a new one, for an answer."""

TELLINGS, PAUSE_SECONDS = 5, 0.05
"""How often a story is told that a server breaks off for the sake of another, and the longest pause before the next."""

_CONFLICTS = ("40001", "40P01")
"""SQLSTATE: serialization_failure, deadlock_detected (PostgreSQL, Appendix A)."""

T = TypeVar("T")

_turns: WeakKeyDictionary[Engine, WriteTurn] = WeakKeyDictionary()


class NoStore(Temporary):
    """The store does not exist and the command at hand must not make one."""


class UnusableStoreUrl(Misconfigured):
    """No database can be asked for by this URL. What it says is not repeated: a password may stand in it."""


def connect(url: str, *, read_only: bool = False, must_exist: bool = False) -> Engine:
    """An engine for `sqlite:///…` (WAL, synchronous=FULL, foreign keys) or `postgresql+psycopg://…`.

    A read-only engine cannot write: SQLite opens the file with mode=ro and query_only, PostgreSQL's sessions are
    read-only. It and `must_exist` raise NoStore when the file is not there. Raises UnusableStoreUrl. What an error of
    the database says goes to the log and into rows, so it names no values.
    """
    parsed = read_url(url)
    if parsed.get_backend_name() != "sqlite":
        if read_only:
            return _reading_server(url)
        with _told_what_is_unusable():
            return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    path = Path(parsed.database or "")
    if (read_only or must_exist) and not path.is_file():
        raise NoStore(f"there is no store at {path}")
    if read_only:
        place = URL.create("sqlite", database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})
        engine = create_engine(place, pool_size=8, hide_parameters=True)
    else:
        with _told_what_is_unusable():
            engine = create_engine(url, pool_size=16, max_overflow=32, hide_parameters=True)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # everybody's mail and the signing keys; SQLite gives its other files the same mode
        _turns[engine] = WriteTurn()

    @event.listens_for(engine, "connect")
    def _pragmas(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # BEGIN is ours to say: see _begin
        dbapi.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        if read_only:
            dbapi.execute("PRAGMA query_only=ON")
            return
        dbapi.execute("PRAGMA journal_mode=WAL")
        dbapi.execute("PRAGMA synchronous=FULL")
        dbapi.execute("PRAGMA foreign_keys=ON")
        dbapi.execute("PRAGMA secure_delete=ON")  # a live sign-in link must not linger in a free page

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        # A transaction that reads and then writes must hold the write lock from its start: an upgrade fails at once
        # with "database is locked", whatever the busy timeout.
        write = conn.get_execution_options().get("write")
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def connect_for_pages(url: str, *, at_once: int) -> Engine:
    """A read-only engine for so many pages at the same time; a server that does not answer is waited for in vain soon.

    A file on this host needs no such care. Raises as `connect`.
    """
    if read_url(url).get_backend_name() == "sqlite":
        return connect(url, read_only=True)
    return _reading_server(
        url,
        f"-c statement_timeout={PAGE_SECONDS}s",
        pool_size=at_once,
        max_overflow=0,
        pool_timeout=PAGE_SECONDS,
    )


def _reading_server(url: str, options: str = "", **pool: float) -> Engine:
    """Sessions that cannot write."""
    arguments = {
        "options": f"-c default_transaction_read_only=on {options}".strip(),
        "connect_timeout": PAGE_SECONDS,
        "tcp_user_timeout": PAGE_SECONDS * 1000,  # a host that is gone sends no word of it
        "application_name": "mailgate pages" if pool else "mailgate",
    }
    with _told_what_is_unusable():
        return create_engine(
            url,
            pool_pre_ping=True,
            connect_args=arguments,
            hide_parameters=True,
            **pool,
        )


def read_url(url: str) -> URL:
    """`store.url` in its parts. Raises UnusableStoreUrl."""
    with _told_what_is_unusable():
        return make_url(url)


@contextmanager
def _told_what_is_unusable() -> Iterator[None]:
    try:
        yield
    except NoSuchModuleError as error:
        raise UnusableStoreUrl("store.url names a kind of database that is not known here") from error
    except ImportError as error:
        missing = error.name or "of its database"
        raise UnusableStoreUrl(f"store.url needs the driver {missing}, which is not installed") from error
    except (ArgumentError, ValueError, TypeError) as error:  # TypeError: an option that the driver does not have
        raise UnusableStoreUrl("store.url cannot be read: something in it is no host, port or option") from error


@contextmanager
def transaction(engine: Engine, *, durable: bool = True, urgent: bool = False) -> Iterator[Connection]:
    """One write transaction: committed on leaving, rolled back on any exception.

    `durable=False` skips the wait for the disk: the commit survives the death of the process; a power cut may undo it,
    and everything after it, up to the last durable one. For what is then simply done again: leases, and what becomes
    of an accepted mail, whose row is waiting once more. The next durable commit keeps it for good: nothing goes out
    to anybody before one. `urgent`: a client waits for it; of the
    writers in this process it goes first. Raises TimeoutError when its turn does not come within BUSY_SECONDS.
    """
    turn = _turns.get(engine)
    if turn is None:
        with engine.begin() as conn:
            if not durable:
                conn.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield conn
        return
    if not turn.take(urgent=urgent, timeout_seconds=BUSY_SECONDS):
        raise TimeoutError("the write lock was not free in time")
    try:
        with engine.connect().execution_options(write=True) as conn:
            _wait_for_disk(conn, durable)
            with conn.begin():
                yield conn
    finally:
        turn.give_back()


def _wait_for_disk(conn: Connection, durable: bool) -> None:
    """A connection stays as it was set last, so that most transactions find it as they want it."""
    if conn.info.get("durable", True) is not durable:
        driver = conn.connection.driver_connection
        assert driver is not None
        driver.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        conn.info["durable"] = durable


def empty_log(engine: Engine, *, within_seconds: float) -> bool:
    """Bring SQLite's write-ahead log into the database and cut it to nothing: pages as they were stand in it till then.

    For what must not be found any more, when its erasure is committed. False when others read or write all the time.
    PostgreSQL keeps its log by rules of its own.
    """
    turn = _turns.get(engine)
    if turn is None:
        return True
    if not turn.take(urgent=False, timeout_seconds=within_seconds):
        return False
    try:
        with engine.connect() as conn:
            driver = conn.connection.driver_connection  # no transaction is begun: a checkpoint is outside of any
            assert driver is not None
            driver.execute(f"PRAGMA busy_timeout={int(within_seconds * 1000)}")
            try:
                busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                driver.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
            return not busy
    except (sqlite3.OperationalError, OperationalError):
        return False
    finally:
        turn.give_back()


def transact(engine: Engine, story: Callable[[Connection], T], *, durable: bool = True, urgent: bool = False) -> T:
    """What the story returns, told in a transaction of its own; see `transaction`.

    Of several that wait for each other a server breaks one off. Nothing of that has been done, so it begins anew, a few
    times: a story keeps nothing from one telling to the next.
    """
    for _ in range(TELLINGS - 1):
        try:
            with transaction(engine, durable=durable, urgent=urgent) as conn:
                return story(conn)
        except OperationalError as error:
            if not is_conflict(error):
                raise
        time.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311 - so that they do not meet again
    with transaction(engine, durable=durable, urgent=urgent) as conn:
        return story(conn)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent snapshot to read from; it neither blocks writers nor waits for them."""
    with engine.connect() as conn:
        if conn.dialect.name == "postgresql":
            conn.execution_options(isolation_level="REPEATABLE READ")
        with conn.begin():
            yield conn


def is_conflict(error: Exception) -> bool:
    """A server broke the transaction off, which waited for another that waited for it, or saw what that has changed."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in _CONFLICTS


def is_busy(error: Exception) -> bool:
    """The store is locked or away, or all connections to it are lent: the same may well work in a moment."""
    if isinstance(error, OperationalError):
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_BUSY)  # PostgreSQL's has none: nobody answers
        return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)  # above it: why it is so
    if isinstance(error, DBAPIError) and error.connection_invalidated:  # it broke in the middle
        return True
    return isinstance(error, NoConnectionFree)


def insert_once(conn: Connection, table: Table, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert a row, or several, unless their keys are there already."""
    conn.execute(_insert_once(table, conn.dialect.name), values)


def insert_unless_there(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False, and nothing is done, when its key is there already."""
    inserted = conn.execute(_insert_once(table, conn.dialect.name).returning(*table.primary_key), values)
    return inserted.first() is not None


def insert_new(conn: Connection, table: Table, values: Mapping[str, Any]) -> int | None:
    """Insert a row and return its id; None, and nothing is done, when its key is there already."""
    inserted = conn.execute(_insert_once(table, conn.dialect.name).returning(table.c.id), values).scalar()
    return None if inserted is None else int(inserted)


@cache
def _insert_once(table: Table, dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()
