"""The databases of the stores that are measured: a file beside the settings, or one of a durable PostgreSQL."""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from mailgate.config import load
from store.engine import read_url
from tests.servers.postgresql import Postgresql, running_postgresql

BUSY_SECONDS = 600.0

DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=512MB", "max_wal_size=4GB")
"""As one is run whose data matter; the tests' own does not wait for the disk."""

Ask = Callable[[str], int | None]
"""The first value that a query finds."""


@contextmanager
def durable_server(kept: Path | None = None) -> Iterator[Postgresql]:
    """A PostgreSQL of this run, or one whose files are kept there. Raises ServerMissing."""
    with running_postgresql(*DURABLE, kept=kept) as server:
        yield server


def new_database(server: Postgresql) -> str:
    """The URL of a new one."""
    return server.url(f"bench_{secrets.token_hex(4)}")


def url_of(directory: Path) -> str:
    """Where the store of a prepared directory is."""
    return load(directory / "config.toml", {}).store.url


@contextmanager
def asking(directory: Path) -> Iterator[Ask]:
    """Questions to the store of a prepared directory, each of which sees what is committed by then."""
    url = read_url(url_of(directory))
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as store:
            yield lambda query: _first(store.execute(query).fetchone())
    else:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as conn:
            yield lambda query: _first(conn.execute(query.encode()).fetchone())


def _first(row: tuple[int, ...] | None) -> int | None:
    return None if row is None else row[0]


def pids_of(server: Postgresql) -> list[int]:
    """The process whose children all others of a server are."""
    return [int(server.run("postgres", "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)"))]
