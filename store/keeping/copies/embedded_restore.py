"""Put a backup in place of an embedded store. The old one stays beside it.

All is made ready beside the place first; the change itself is one rename.
"""

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

from store.archive import Archive, Directory, Objects
from store.engine import connect
from store.keeping import serving
from store.keeping.copies.contents import ARCHIVE, Contents, DamagedCopy, Progress, check, sync
from store.keeping.copies.embedded import copy_pages, large_blobs
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
from store.migrations import upgrade
from store.post.outbox import UNFINISHED

_NUMBER_ALL = """
    INSERT INTO sqlite_sequence (name, seq)
    SELECT name, 0 FROM sqlite_master
    WHERE sql LIKE '%AUTOINCREMENT%' AND type = 'table' AND name NOT IN (SELECT name FROM sqlite_sequence)
"""
"""A table that was empty when the backup was made has no next id yet."""


def restore_embedded(
    source: Path,
    contents: Contents,
    database: Path,
    archive: Path,
    objects: Objects,
    *,
    replace: bool,
    now: datetime,
    progress: Progress,
    others_seconds: float,
) -> Restored:
    """As `store.keeping.copies.restore.restore` says, for the file `database`. Raises StoreInUse, StoreThere, too."""
    if database.exists() and not replace:
        raise StoreThere(f"there is a store at {database}", "--replace puts it aside")
    check(source, contents)
    for directory in (archive, database.parent):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = serving.take(archive)
    if held is None:
        raise StoreInUse(f"a `mailgate serve` works on the store of {archive}")
    unfinished = database.with_name(f".{database.name}.{secrets.token_hex(4)}.unfinished")
    try:
        copy_pages(source / contents.database, unfinished, progress)
        migrated = _migrate(unfinished)
        on_hold = _make_ready(unfinished, now)
        copied = Directory(source / ARCHIVE)
        forgotten = _forget_again(unfinished, archive, Archive(copied))
        with closing(sqlite3.connect(unfinished)) as conn:
            named = large_blobs(conn)
        restore_files(named, copied, objects, contents.missing, progress)
        kept_aside = _put_in_place(unfinished, database, now, others_seconds)
    finally:
        held.close()
        for mark in ("", "-wal", "-shm", "-journal"):
            Path(f"{unfinished}{mark}").unlink(missing_ok=True)
    return Restored(contents, str(database), kept_aside, migrated, on_hold, forgotten)


def _migrate(database: Path) -> bool:
    engine = connect(f"sqlite:///{database}")
    try:
        return upgrade(engine)
    finally:
        engine.dispose()


def _make_ready(database: Path, now: datetime) -> int:
    """Check the rows, and see to it that they promise nothing twice; returns how many mails are on hold."""
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")
        conn.execute("PRAGMA synchronous=FULL")
        verdict = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok" or conn.execute("PRAGMA foreign_key_check").fetchone():
            raise DamagedCopy(f"the database of the backup is damaged: {verdict}")
        unsent = sorted(UNFINISHED)
        marks = ", ".join("?" * len(unsent))
        conn.execute("BEGIN IMMEDIATE")
        held = conn.execute(
            f"UPDATE outbox SET state = 'held', due_at = NULL, lease = NULL WHERE state IN ({marks})",  # noqa: S608
            unsent,
        ).rowcount
        at = now.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        # No worker has them any more: mail in is worked off at the next start.
        conn.execute("UPDATE spool SET lease = NULL, due_at = ? WHERE due_at IS NOT NULL", (at,))
        conn.execute(_NUMBER_ALL)
        marks = ", ".join("?" * len(ROWS))
        conn.execute(
            f"UPDATE sqlite_sequence SET seq = seq + CASE WHEN name IN ({marks}) THEN ? ELSE ? END",  # noqa: S608
            (*ROWS, ROWS_STEP, PEOPLE_STEP),
        )
        for people in ("customers", "staff"):
            conn.execute(f"UPDATE {people} SET epoch = epoch + ?", (EPOCH_STEP,))  # noqa: S608 - names of ours
        conn.execute("COMMIT")
    return held


def _forget_again(database: Path, archive: Path, files: Archive) -> int:
    engine = connect(f"sqlite:///{database}")
    try:
        done = forget_again(engine, archive, files)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(database, isolation_level=None)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")  # one file is put in place
        if done:
            plain.execute("VACUUM")  # the pages of the copy hold what was erased
    return done


def _put_in_place(unfinished: Path, database: Path, now: datetime, others_seconds: float) -> Path | None:
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    aside = database.with_name(f"{database.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    if aside.exists():
        aside = aside.with_name(f"{aside.name}-{secrets.token_hex(2)}")
    there = database.exists()
    with _alone(database) if there else nullcontext():
        for mark in ("-wal", "-shm", "-journal"):  # of a damaged store, or left without one: they are not the new one's
            with suppress(FileNotFoundError):
                Path(f"{database}{mark}").rename(f"{aside}{mark}")
        if there:
            try:
                os.link(database, aside)  # both names at once: there is no instant without a store at its place
            except OSError:
                database.rename(aside)
        unfinished.rename(database)
        sync(database.parent)
        if there:
            time.sleep(others_seconds)
    return aside if there else None


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Keep every other program out of the store and have it in one file. A damaged one is taken as it is."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=1.0)) as conn:
        try:
            conn.execute("PRAGMA journal_mode=DELETE").fetchone()
            conn.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreInUse(f"a program has the store at {database} open") from error
        except sqlite3.DatabaseError:
            pass
        yield
