"""Put a backup into an empty database of a PostgreSQL.

From the first instant the database says of itself that it is being restored, so that no program takes it for a store;
only when all is done does it say which schema it has.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, text, update

from store.archive import Archive, Directory, Objects
from store.engine import connect, reading, transaction
from store.keeping.copies.contents import ARCHIVE, Contents, Progress, check
from store.keeping.copies.restored import (
    EPOCH_STEP,
    PEOPLE_STEP,
    ROWS,
    ROWS_STEP,
    Restored,
    StoreInUse,
    StoreThere,
    forget_again,
    restore_files,
)
from store.keeping.copies.server import load, named_large, objects_in
from store.migrations import HEAD, RESTORING, current, migrate, refuse_unusable, stamp, unstamp
from store.post.outbox import UNFINISHED
from store.schema import customers, metadata, outbox, processes, spool, staff

_LOCK = 0x6D61696C67617465
"""Of whoever fills a database: "mailgate" in ASCII."""

_NAMED = 3


def restore_server(
    source: Path,
    contents: Contents,
    url: str,
    archive: Path,
    objects: Objects,
    *,
    replace: bool,
    now: datetime,
    progress: Progress,
) -> Restored:
    """As `store.keeping.copies.restore.restore` says, for a database that has to be empty.

    When it fails the database is empty again. What a killed one left is cleared away by the next.
    """
    refuse_unusable(contents.revision)
    check(source, contents)
    archive.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = connect(url)
    try:
        with alone(engine):
            _claim(engine, replace=replace)
            try:
                load(url, source / contents.database, progress)
                migrated = _migrate(engine, contents.revision)
                on_hold = _make_ready(engine, now)
                copied = Directory(source / ARCHIVE)
                forgotten = forget_again(engine, archive, Archive(copied))
                with reading(engine) as conn:
                    named = named_large(conn)
                restore_files(named, copied, objects, contents.missing, progress)
                _look_over(engine)
                with transaction(engine) as conn:
                    stamp(conn, HEAD)
            except BaseException:
                with transaction(engine) as conn:
                    clear(conn)
                raise
        return Restored(contents, engine.url.render_as_string(hide_password=True), None, migrated, on_hold, forgotten)
    finally:
        engine.dispose()


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Nobody else fills the database meanwhile. Raises StoreInUse."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if not conn.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}).scalar_one():
            raise StoreInUse("another `mailgate restore` or `mailgate move-store` works on the database")
        try:
            yield
        finally:
            conn.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})


def refuse_what_is_there(conn: Connection) -> None:
    """Only an empty database is filled. Raises StoreThere."""
    there = objects_in(conn)
    if not there:
        return
    few = ", ".join(there[:_NAMED]) + (f" and {len(there) - _NAMED} more" if there[_NAMED:] else "")
    raise StoreThere(f"the database is not empty: it has {few}", "createdb makes an empty one; name it in store.url")


def clear(conn: Connection) -> None:
    """Take away what was filled in: our tables, with what hangs on them."""
    metadata.drop_all(conn)
    unstamp(conn)


def _claim(engine: Engine, *, replace: bool) -> None:
    with transaction(engine) as conn:
        if current(conn) == RESTORING:
            clear(conn)
        try:
            refuse_what_is_there(conn)
        except StoreThere as error:
            if replace:
                raise StoreThere(f"{error}; nothing is put aside in a PostgreSQL", error.hint) from error
            raise
        stamp(conn, RESTORING)


def _migrate(engine: Engine, revision: str) -> bool:
    if revision == HEAD:
        return False
    with transaction(engine) as conn:  # nobody sees the revision of the backup in between
        stamp(conn, revision)
        migrate(conn)
        stamp(conn, RESTORING)
    return True


def _make_ready(engine: Engine, now: datetime) -> int:
    """See to it that the rows promise nothing twice; returns how many mails are on hold."""
    with transaction(engine) as conn:
        unsent = outbox.c.state.in_(sorted(UNFINISHED))
        held = conn.execute(update(outbox).where(unsent).values(state="held", due_at=None, lease=None)).rowcount
        # No worker has them any more: mail in is worked off at the next start.
        conn.execute(update(spool).where(spool.c.due_at.is_not(None)).values(lease=None, due_at=now))
        conn.execute(delete(processes))
        for name in metadata.tables:
            _jump(conn, name, ROWS_STEP if name in ROWS else PEOPLE_STEP)
        for table in (customers, staff):
            conn.execute(update(table).values(epoch=table.c.epoch + EPOCH_STEP))
    return held


def _jump(conn: Connection, table: str, step: int) -> None:
    if "id" not in metadata.tables[table].c:
        return
    counter = conn.execute(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table}).scalar()
    if counter is not None:
        last = f"SELECT setval(:counter, last_value + :step) FROM {counter}"  # noqa: S608 - quoted by PostgreSQL
        conn.execute(text(last), {"counter": counter, "step": step})


def _look_over(engine: Engine) -> None:
    """Have the room of erased rows given back, and the server know how many rows there are where."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("VACUUM (ANALYZE)")
