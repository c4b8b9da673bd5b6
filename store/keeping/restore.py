"""Put a backup in place of an embedded store. The old one stays beside it; what was unsent does not leave by itself.

All is made ready beside the place first; the change itself is one rename. A backup is older than what happened since:
what it holds as unsent may have been sent, and its next ids may have been given out.
"""

import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from mailgate.errors import Permanent, Temporary
from store import people
from store.archive import Archive, Directory, MissingBlob, Objects
from store.engine import BUSY_SECONDS, connect, reading, transaction
from store.keeping import erasure, erasure_log, serving
from store.keeping.backup import (
    ARCHIVE,
    DATABASE,
    Contents,
    DamagedCopy,
    Progress,
    contents_of,
    copy_blob,
    copy_pages,
    database_path,
    digest_of,
    large_blobs,
    sync,
)
from store.keeping.erased_blobs import read_attached
from store.migrations import upgrade
from store.post.outbox import UNFINISHED

PEOPLE_STEP, ROWS_STEP = 1_000, 100_000
"""How far ids jump: more than were given out since the backup. A reply address, a return address or a session of then
must not mean something else now."""

EPOCH_STEP = 1_000
"""A session that was ended since the backup must not live again: all end."""

_ROWS = ("spool", "outbox", "entries", "lists")


_NUMBER_ALL = """
    INSERT INTO sqlite_sequence (name, seq)
    SELECT name, 0 FROM sqlite_master
    WHERE sql LIKE '%AUTOINCREMENT%' AND type = 'table' AND name NOT IN (SELECT name FROM sqlite_sequence)
"""
"""A table that was empty when the backup was made has no next id yet."""


class StoreInUse(Temporary):
    """A program works on the store."""


class StoreThere(Permanent):
    """There is a store, and nobody said that it may be replaced."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    contents: Contents
    database: Path
    kept_aside: Path | None  # the former store
    migrated: bool
    on_hold: int  # outgoing mails that were unsent when the backup was made
    forgotten: int  # customers in it who were erased since then, and were erased again


def restore(
    source: Path,
    url: str,
    archive: Path,
    objects: Objects,
    *,
    replace: bool,
    now: datetime,
    progress: Progress,
    others_seconds: float = BUSY_SECONDS + 0.5,
) -> Restored:
    """Put the backup in `source` where the settings have the store, its large blobs into `objects`.

    `archive`: the directory of the lock and of the log of erasures. Raises DamagedCopy, NotEmbedded, StoreInUse,
    StoreThere, StoreTooNew, ArchiveUnavailable, OSError, sqlite3.Error; then the store is as it was.

    `others_seconds`: how long a former store stays locked after it was put aside. A program that had opened it just
    before gives up in that time, instead of taking a mail into a store that is no longer looked at.
    """
    database = database_path(url)
    contents = contents_of(source)
    if database.exists() and not replace:
        raise StoreThere(f"there is a store at {database}")
    if digest_of(source / DATABASE) != contents.database_sha256:
        raise DamagedCopy(f"{source / DATABASE} is not what was written at {contents.made_at}")
    if not (source / ARCHIVE).is_dir():
        raise DamagedCopy(f"the backup has lost its directory {source / ARCHIVE}")
    for directory in (archive, database.parent):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = serving.take(archive)
    if held is None:
        raise StoreInUse(f"a `mailgate serve` works on the store of {archive}")
    unfinished = database.with_name(f".{database.name}.{secrets.token_hex(4)}.unfinished")
    try:
        copy_pages(source / DATABASE, unfinished, progress)
        migrated = _migrate(unfinished)
        on_hold = _make_ready(unfinished, now)
        copied = Directory(source / ARCHIVE)
        forgotten = _forget_again(unfinished, archive, Archive(copied))
        _restore_files(unfinished, copied, objects, frozenset(contents.missing), progress)
        kept_aside = _put_in_place(unfinished, database, now, others_seconds)
    finally:
        held.close()
        for mark in ("", "-wal", "-shm", "-journal"):
            Path(f"{unfinished}{mark}").unlink(missing_ok=True)
    return Restored(contents, database, kept_aside, migrated, on_hold, forgotten)


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
        marks = ", ".join("?" * len(_ROWS))
        conn.execute(
            f"UPDATE sqlite_sequence SET seq = seq + CASE WHEN name IN ({marks}) THEN ? ELSE ? END",  # noqa: S608
            (*_ROWS, ROWS_STEP, PEOPLE_STEP),
        )
        for people in ("customers", "staff"):
            conn.execute(f"UPDATE {people} SET epoch = epoch + ?", (EPOCH_STEP,))  # noqa: S608 - names of ours
        conn.execute("COMMIT")
    return held


def _forget_again(database: Path, archive: Path, files: Archive) -> int:
    """Erase whoever was erased since the backup was made; returns how many. `files` are those of the backup."""
    done = 0
    engine = connect(f"sqlite:///{database}")
    try:
        for past in erasure_log.read(archive):
            with reading(engine) as conn:
                mails = erasure.mails_of(conn, past.customer_id)
            attached = read_attached(engine, files, mails)
            with transaction(engine) as conn:
                if not erasure.was_erased(conn, past.customer_id) and _is_meant(conn, past):
                    erasure.erase(conn, attached, past.customer_id, by=past.by, now=past.at)
                    done += 1
    finally:
        engine.dispose()
    with closing(sqlite3.connect(database, isolation_level=None)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")  # one file is put in place
        if done:
            plain.execute("VACUUM")  # the pages of the copy hold what was erased
    return done


def _is_meant(conn: Connection, past: erasure_log.Erasure) -> bool:
    customer = people.find_customer(conn, past.customer_id)
    return customer is not None and people.registered_at(conn, past.customer_id) == past.registered_at


def _restore_files(
    database: Path, source: Objects, objects: Objects, missing: frozenset[str], progress: Progress
) -> None:
    """Every large blob that the rows name stands whole in the archive; those of the former store stay, too."""
    with closing(sqlite3.connect(database)) as conn:
        named = large_blobs(conn)
    for number, sha256 in enumerate(named, 1):
        if not _is_whole(objects, sha256):
            try:
                copy_blob(source, objects, sha256)
            except MissingBlob as error:
                if sha256 not in missing:
                    raise DamagedCopy(f"the backup has no file of the blob {sha256}") from error
        progress("files", number, len(named))


def _is_whole(objects: Objects, sha256: str) -> bool:
    """It is there. A damaged one is removed, so that it can be put there anew."""
    try:
        if hashlib.sha256(objects.get(sha256)).hexdigest() == sha256:
            return True
    except MissingBlob:
        return False
    objects.remove(sha256)
    return False


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
