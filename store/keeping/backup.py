"""A consistent copy of an embedded store while programs work on it: one directory, complete once it has its name.

backup.json     Contents, as JSON
mailgate.db     one snapshot of the database
archive/        the large blobs that its rows name, as in the store's own archive
config.toml     the settings file
"""

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailgate.errors import Permanent
from store.archive import Directory, MissingBlob, Objects
from store.engine import read_url

DATABASE, ARCHIVE, SETTINGS, CONTENTS = "mailgate.db", "archive", "config.toml", "backup.json"

COUNTED = {"mails_in": "spool", "mails_out": "outbox", "tickets": "tickets", "customers": "customers"}

_PAGES = 2560
"""Copied between two words on the progress: 10 MiB."""

Progress = Callable[[str, int, int], None]
"""What is copied, how much of it is done, and how much there is."""


class NotEmbedded(Permanent):
    """The store is not a file of ours."""


class TargetTaken(Permanent):
    """There is something where the backup should go."""


class DamagedCopy(Permanent):
    """What was copied is not what it should be."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    made_at: str
    program: str  # version of mailgate
    revision: str
    database_sha256: str
    database_bytes: int
    mails_in: int
    mails_out: int
    tickets: int
    customers: int
    files: int
    file_bytes: int
    missing: tuple[str, ...]  # digests of blobs whose file was not there or not whole, when the backup was made


def back_up(
    url: str, objects: Objects, settings_file: Path, target: Path, *, program: str, now: datetime, progress: Progress
) -> Contents:
    """Copy the store into a new directory, with the large blobs that its rows name, wherever `objects` has them.

    A blob that is not there or not whole is named in the contents, and all others are copied. Raises NotEmbedded,
    TargetTaken, DamagedCopy, ArchiveUnavailable, OSError, sqlite3.Error.
    """
    source = database_path(url)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise TargetTaken(f"{target} is there already and not an empty directory")
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.unfinished")
    unfinished.mkdir(mode=0o700)
    try:
        database = unfinished / DATABASE
        _copy_database(source, database, progress)
        revision, counts, named = _read(database)
        found, missing = _copy_files(named, objects, unfinished / ARCHIVE, progress)
        write_private(unfinished / SETTINGS, settings_file.read_bytes())
        contents = Contents(
            made_at=now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            program=program,
            revision=revision,
            database_sha256=digest_of(database),
            database_bytes=database.stat().st_size,
            **counts,
            files=len(found),
            file_bytes=sum(found),
            missing=missing,
        )
        write_private(unfinished / CONTENTS, json.dumps(asdict(contents), indent=2).encode() + b"\n")
        for directory in {path.parent for path in unfinished.rglob("*")}:
            sync(directory)
        unfinished.rename(target)
        sync(target.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return contents


def contents_of(source: Path) -> Contents:
    """What a backup says that it holds. Raises DamagedCopy."""
    try:
        found: dict[str, Any] = json.loads((source / CONTENTS).read_bytes())
        values = {field.name: found[field.name] for field in fields(Contents)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedCopy(f"{source} is not a whole backup: {CONTENTS}: {error}") from error
    return Contents(**{**values, "missing": tuple(values["missing"])})


def database_path(url: str) -> Path:
    """The file of an embedded store. Raises NotEmbedded, UnusableStoreUrl."""
    parsed = read_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise NotEmbedded("store.url names no SQLite file: use the tools of its own server, such as pg_dump")
    return Path(parsed.database)


def copy_blob(source: Objects, target: Objects, sha256: str) -> int:
    """Copy one large blob from one archive to another, where it is not yet; returns its size.

    Raises DamagedCopy when its bytes are not what its name says, MissingBlob, ArchiveUnavailable, and OSError when it
    cannot be written.
    """
    raw = source.get(sha256)
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise DamagedCopy(f"{source.place} has other bytes than its name says for {sha256}")
    target.put(sha256, raw)
    return len(raw)


def large_blobs(conn: sqlite3.Connection) -> list[str]:
    """Digests of the blobs that stand in files."""
    return [row[0] for row in conn.execute("SELECT sha256 FROM blobs WHERE content IS NULL ORDER BY sha256")]


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner reads, down to the disk."""
    with created(path) as file:
        file.write(content)


@contextmanager
def created(path: Path) -> Iterator[Any]:
    """A new file that only its owner reads, on the disk when the block ends well."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def sync(directory: Path) -> None:
    """The names in a directory are on the disk."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_pages(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database into a new file of one piece, as of one instant, whoever writes to it meanwhile."""
    write_private(target, b"")
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as read,
        closing(sqlite3.connect(target, isolation_level=None)) as write,
    ):
        read.execute("BEGIN")  # one snapshot for all steps; without it each commit of others would start them anew
        read.execute("SELECT count(*) FROM sqlite_master").fetchone()
        read.backup(write, pages=_PAGES, progress=lambda _, left, all_: progress("database", all_ - left, all_))
        write.execute("PRAGMA journal_mode=DELETE")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _copy_database(source: Path, target: Path, progress: Progress) -> None:
    if not source.is_file():
        raise NotEmbedded(f"there is no store at {source}")
    copy_pages(source, target, progress)
    with closing(sqlite3.connect(target)) as conn:
        verdict = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise DamagedCopy(f"the database at {source} is damaged: {verdict}")


def _read(database: Path) -> tuple[str, dict[str, int], list[str]]:
    with closing(sqlite3.connect(database)) as conn:
        try:
            [(revision,)] = conn.execute("SELECT version_num FROM alembic_version").fetchall()
        except (sqlite3.OperationalError, ValueError) as error:
            raise NotEmbedded("the store has no schema yet: mailgate db upgrade") from error
        counts = {
            name: int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - names of ours
            for name, table in COUNTED.items()
        }
        return str(revision), counts, large_blobs(conn)


def _copy_files(
    named: list[str], objects: Objects, target: Path, progress: Progress
) -> tuple[list[int], tuple[str, ...]]:
    target.mkdir(mode=0o700)
    sizes, missing = [], []
    for number, sha256 in enumerate(named, 1):
        try:
            sizes.append(copy_blob(objects, Directory(target), sha256))
        except (MissingBlob, DamagedCopy):
            missing.append(sha256)
        progress("files", number, len(named))
    return sizes, tuple(missing)
