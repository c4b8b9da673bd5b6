"""Blobs by SHA-256: raw mails and attachments, small ones in the database, large ones as files. No blob is changed,
and only erasure removes one; the same bytes are kept once."""

import hashlib
import math
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from mailgate.errors import Permanent, Temporary
from store.engine import insert_once
from store.schema import blobs

INLINE_BYTES = 1 << 20
"""Up to here a blob stands in the database, in the transaction of the row that names it."""

UNFINISHED_SECONDS = 3600.0
"""A file that is still unfinished after so long belongs to nobody: the process that wrote it is dead."""

_CONTENT = select(blobs.c.content).where(blobs.c.sha256 == bindparam("the_sha256"))
_SIZES = select(blobs.c.sha256, blobs.c.size).where(blobs.c.sha256.in_(bindparam("the_digests", expanding=True)))


class MissingBlob(Permanent):
    """A row names bytes that the archive does not have: its directory was not restored with the database."""


class GoneMeanwhile(Temporary):
    """The bytes must be prepared again."""

    reply = "451 4.3.0 Please try again later"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes ready to be recorded. `content` is None when they already stand in a file."""

    sha256: str
    size: int
    content: bytes | None


class Archive:
    """The blobs of one store; `directory` holds the large ones."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def prepare(self, raw: bytes) -> Blob:
        """Digest the bytes and, when they are large, write and fsync their file. Call it outside the transaction.

        Raises OSError when the disk does not take them.
        """
        sha256 = hashlib.sha256(raw).hexdigest()
        if len(raw) <= INLINE_BYTES:
            return Blob(sha256, len(raw), raw)
        path = self._path(sha256)
        if not path.exists():
            self._write(path, raw)
        self._sync_names(path)
        return Blob(sha256, len(raw), None)

    def add(self, conn: Connection, blob: Blob) -> str:
        """Record the blob in the transaction of the row that names it; returns its digest.

        Raises GoneMeanwhile when its file was erased since `prepare`.
        """
        if blob.content is None and not self._path(blob.sha256).exists():
            raise GoneMeanwhile(f"the file of blob {blob.sha256} was erased a moment ago")
        return record(conn, blob)

    def discard(self, conn: Connection, digests: Sequence[str]) -> None:
        """Remove the files of those of these blobs that have no row, in a write transaction. Raises OSError."""
        kept = self.sizes(conn, digests)
        for sha256 in digests:
            if sha256 not in kept:
                self._path(sha256).unlink(missing_ok=True)

    def load(self, conn: Connection, sha256: str) -> bytes:
        """The bytes with this digest. Raises MissingBlob."""
        row = conn.execute(_CONTENT, {"the_sha256": sha256}).first()
        if row is None:
            raise MissingBlob(f"no blob {sha256}")
        if row.content is not None:
            return bytes(row.content)
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise MissingBlob(f"no file for blob {sha256} below {self._directory}") from error

    def sizes(self, conn: Connection, digests: Sequence[str]) -> Mapping[str, int]:
        """Bytes of each of these blobs that there is."""
        return {row.sha256: row.size for row in conn.execute(_SIZES, {"the_digests": list(digests)})}

    def remove_unfinished(self) -> int:
        """Remove the files whose writers died in the middle; returns their number.

        A younger one may be in the hands of another process, such as `mailgate receive`. Raises OSError.
        """
        before = time.time() - UNFINISHED_SECONDS
        abandoned = [path for path in self._directory.glob("??/*.tmp") if _last_written(path) < before]
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)

    def _path(self, sha256: str) -> Path:
        return self._directory / sha256[:2] / sha256

    def _write(self, path: Path, raw: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            with open(unfinished, "xb", opener=_private) as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def _sync_names(self, path: Path) -> None:
        # A name is durable only when its directory is, and the directories that were just made when theirs are. Also
        # for a file that was there: whoever wrote it may not have come so far yet.
        for directory in (path.parent, self._directory, self._directory.parent):
            handle = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def in_row(raw: bytes) -> Blob:
    """Bytes that will stand in the database whatever their size: for the rare ones first wanted in a transaction."""
    return Blob(hashlib.sha256(raw).hexdigest(), len(raw), raw)


def record(conn: Connection, blob: Blob) -> str:
    """Record the blob in the transaction of the row that names it; returns its digest."""
    insert_once(conn, blobs, {"sha256": blob.sha256, "size": blob.size, "content": blob.content})
    return blob.sha256


def _last_written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # finished meanwhile
        return math.inf


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
