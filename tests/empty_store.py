"""An empty store of the newest schema: migrated once in a run, and copied for each test."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from store.engine import connect, reading
from store.migrations import upgrade
from store.web_role import sql_for
from tests.servers.postgresql import USER, Postgresql

PAGES_USER = "mailgate_web"

_TEMPLATES: dict[int, str] = {}  # by the port of the server


def put_empty_store(database: Path) -> None:
    """Write the file of a store without a row of ours, as `upgrade` makes it; one that is there stays as it is.

    A migration takes ten times as long as what most tests do then. What the migration does has tests of its own, and
    so has what a program does that finds no file.
    """
    if database.exists():
        return
    database.touch(mode=0o600)
    database.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory(prefix="mailgate-store-") as directory:
        database = Path(directory) / "mailgate.db"
        engine = connect(f"sqlite:///{database}")
        upgrade(engine)
        engine.dispose()  # the last connection to close moves the write-ahead log into the file
        assert not database.with_name("mailgate.db-wal").exists()
        return database.read_bytes()


def empty_server_store(server: Postgresql) -> str:
    """The same in a new database of a PostgreSQL, with a user for the pages; the database's name."""
    database = f"test_{secrets.token_hex(4)}"
    engine = connect(server.url(database, template=_template(server)))
    with reading(engine) as conn:
        sql = sql_for(conn, PAGES_USER)
    engine.dispose()
    server.run(database, sql)
    return database


@contextmanager
def server_store(server: Postgresql) -> Iterator[str]:
    """The URL of a store without a row of ours, in a database that ends with the context."""
    template, database = _template(server), f"test_{secrets.token_hex(4)}"
    with psycopg.connect(server.url_for(USER, "postgres").replace("+psycopg", ""), autocommit=True) as administrator:
        # Copied as files: through the log, which is the default, it takes twice to six times as long.
        administrator.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        try:
            yield server.url_for(USER, database)
        finally:
            administrator.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


STORES = ("sqlite", "postgresql")


@contextmanager
def store_of_kind(kind: str, server: Callable[[], Postgresql]) -> Iterator[str | None]:
    """The URL of a store of one of `STORES`, without a row of ours; None for a file of the test's own directory."""
    if kind == "sqlite":
        yield None
        return
    with server_store(server()) as url:
        yield url


def _template(server: Postgresql) -> str:
    template = _TEMPLATES.get(server.port)
    if template is None:
        template = _TEMPLATES[server.port] = f"template_{secrets.token_hex(4)}"
        engine = connect(server.url(template))
        upgrade(engine)
        engine.dispose()
    return template
