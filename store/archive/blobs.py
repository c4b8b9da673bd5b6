"""Blobs by SHA-256: raw mails and attachments, small ones in the database, large ones as objects. No blob is changed,
and only erasure removes one; the same bytes are kept once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, bindparam, select

from mailgate.errors import Temporary
from mailgate.jobs import Aside, at_hand
from store.archive.erased import was_just_erased
from store.archive.objects import MissingBlob, Objects
from store.engine import insert_once
from store.schema import blobs

INLINE_BYTES = 1 << 20
"""Up to here a blob stands in the database, in the transaction of the row that names it."""

_WHOLE = select(blobs.c.sha256, blobs.c.size, blobs.c.content)
_ROW = _WHOLE.where(blobs.c.sha256 == bindparam("the_sha256"))
_ROWS = _WHOLE.where(blobs.c.sha256.in_(bindparam("the_digests", expanding=True)))
_SIZES = select(blobs.c.sha256, blobs.c.size).where(blobs.c.sha256.in_(bindparam("the_digests", expanding=True)))


class GoneMeanwhile(Temporary):
    """The bytes must be prepared again."""

    reply = "451 4.3.0 Please try again later"


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes ready to be recorded, or found. `content` is None when they stand in an object."""

    sha256: str
    size: int
    content: bytes | None


class Archive:
    """The blobs of one store; `objects` has the large ones, and `aside` is entered while one is written or read."""

    def __init__(self, objects: Objects, aside: Aside = at_hand) -> None:
        self.objects = objects
        self._aside = aside

    def prepare(self, raw: bytes) -> Blob:
        """Digest the bytes and, when they are large, have them kept durably. Call it outside the transaction.

        Raises OSError when the disk does not take them, ArchiveUnavailable.
        """
        sha256 = hashlib.sha256(raw).hexdigest()
        if len(raw) <= INLINE_BYTES:
            return Blob(sha256, len(raw), raw)
        with self._aside():
            self.objects.put(sha256, raw)
        return Blob(sha256, len(raw), None)

    def add(self, conn: Connection, blob: Blob) -> str:
        """Record the blob in the transaction of the row that names it; returns its digest.

        Raises GoneMeanwhile when it may have been erased since `prepare`.
        """
        record(conn, blob)
        if blob.content is None and was_just_erased(conn, blob.sha256):
            raise GoneMeanwhile(f"blob {blob.sha256} was erased a moment ago")
        return blob.sha256

    def discard(self, buried: Sequence[str]) -> None:
        """Remove the objects of blobs that were buried in a transaction, after it.

        Raises OSError or ArchiveUnavailable; `mailgate verify` finds those that are left.
        """
        for sha256 in buried:
            self.objects.remove(sha256)

    def find(self, conn: Connection, sha256: str) -> Blob:
        """The blob with this digest, for `read` after the transaction. Raises MissingBlob."""
        row = conn.execute(_ROW, {"the_sha256": sha256}).first()
        if row is None:
            raise MissingBlob(f"no blob {sha256}")
        return _blob(row)

    def find_all(self, conn: Connection, digests: Sequence[str]) -> Mapping[str, Blob]:
        """Those of these blobs that are there, by their digests, for `read` after the transaction."""
        rows = conn.execute(_ROWS, {"the_digests": list(digests)})
        return {row.sha256: _blob(row) for row in rows}

    def read(self, blob: Blob) -> bytes:
        """Its bytes. Raises MissingBlob, ArchiveUnavailable."""
        if blob.content is not None:
            return blob.content
        with self._aside():
            return self.objects.get(blob.sha256)

    def load(self, conn: Connection, sha256: str) -> bytes:
        """The bytes with this digest; for who just looks. Raises MissingBlob, ArchiveUnavailable."""
        return self.read(self.find(conn, sha256))

    def sizes(self, conn: Connection, digests: Sequence[str]) -> Mapping[str, int]:
        """Bytes of each of these blobs that there is."""
        return {row.sha256: row.size for row in conn.execute(_SIZES, {"the_digests": list(digests)})}


def _blob(row: Row[str, int, bytes | None]) -> Blob:
    return Blob(row.sha256, row.size, None if row.content is None else bytes(row.content))


def contents(conn: Connection, digests: Sequence[str]) -> Mapping[str, bytes]:
    """The bytes of those of these blobs that stand in the database."""
    if not digests:
        return {}
    rows = conn.execute(_ROWS, {"the_digests": list(digests)})
    return {row.sha256: bytes(row.content) for row in rows if row.content is not None}


def in_row(raw: bytes) -> Blob:
    """Bytes that will stand in the database whatever their size: for the rare ones first wanted in a transaction."""
    return Blob(hashlib.sha256(raw).hexdigest(), len(raw), raw)


def record(conn: Connection, blob: Blob) -> str:
    """Record the blob in the transaction of the row that names it; returns its digest."""
    insert_once(conn, blobs, {"sha256": blob.sha256, "size": blob.size, "content": blob.content})
    return blob.sha256
