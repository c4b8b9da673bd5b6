"""What a backup holds and says of itself, whichever database it is of."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mailgate.errors import Permanent
from store.archive import Objects

EMBEDDED, DUMP = "mailgate.db", "mailgate.dump"
"""The database in a backup: a file of SQLite, or what pg_dump made of a PostgreSQL."""

ARCHIVE, SETTINGS, CONTENTS, SUMS = "archive", "config.toml", "backup.json", "SHA256SUMS"

COUNTED = {"mails_in": "spool", "mails_out": "outbox", "tickets": "tickets", "customers": "customers"}

Progress = Callable[[str, int, int], None]
"""What is copied, how much of it is done, and how much there is."""


class NothingThere(Permanent):
    """There is no store where one should be copied from."""


class DamagedCopy(Permanent):
    """What was copied is not what it should be."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read of a database at the instant that its copy is of."""

    revision: str
    counts: dict[str, int]
    large: tuple[str, ...]  # digests of the blobs that stand in the archive


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    made_at: str
    program: str  # version of mailgate
    revision: str
    database: str  # EMBEDDED or DUMP
    database_sha256: str
    database_bytes: int
    mails_in: int
    mails_out: int
    tickets: int
    customers: int
    files: int
    file_bytes: int
    missing: tuple[str, ...]  # digests of blobs whose file was not there or not whole, when the backup was made


def contents_of(source: Path) -> Contents:
    """What a backup says that it holds. Raises DamagedCopy."""
    try:
        found: dict[str, Any] = {"database": EMBEDDED} | json.loads((source / CONTENTS).read_bytes())
        values = {field.name: found[field.name] for field in fields(Contents)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedCopy(f"{source} is not a whole backup: {CONTENTS}: {error}") from error
    return Contents(**{**values, "missing": tuple(values["missing"])})


def check(source: Path, contents: Contents) -> None:
    """The database of a backup is what was written, and the files are not forgotten. Raises DamagedCopy, OSError."""
    database = source / contents.database
    if digest_of(database) != contents.database_sha256:
        raise DamagedCopy(f"{database} is not what was written at {contents.made_at}")
    if not (source / ARCHIVE).is_dir():
        raise DamagedCopy(f"the backup has lost its directory {source / ARCHIVE}")


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


def sync(path: Path) -> None:
    """A file, or the names in a directory, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
