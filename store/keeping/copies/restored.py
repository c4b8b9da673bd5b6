"""What holds for every restore: a backup is older than what happened since.

What it holds as unsent may have been sent, its next ids may have been given out, and who is in it may have been erased.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from mailgate.errors import Permanent, Temporary
from store import people
from store.archive import Archive, MissingBlob, Objects
from store.engine import reading, transaction
from store.keeping import erasure, erasure_log
from store.keeping.copies.contents import Contents, DamagedCopy, Progress, copy_blob
from store.keeping.erased_blobs import read_attached

PEOPLE_STEP, ROWS_STEP = 1_000, 100_000
"""How far ids jump: more than were given out since the backup. A reply address, a return address or a session of then
must not mean something else now."""

ROWS = ("spool", "outbox", "entries", "lists")
"""Tables whose ids jump by ROWS_STEP; those of all others by PEOPLE_STEP."""

EPOCH_STEP = 1_000
"""A session that was ended since the backup must not live again: all end."""


class StoreInUse(Temporary):
    """A program works on the store."""


class StoreThere(Permanent):
    """There is something where the store should go, and nobody said that it may be replaced."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.hint = hint  # what helps


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    contents: Contents
    database: str  # the file, or the URL of a database without its password
    kept_aside: Path | None  # the former store
    migrated: bool
    on_hold: int  # outgoing mails that were unsent when the backup was made
    forgotten: int  # customers in it who were erased since then, and were erased again


def forget_again(engine: Engine, archive: Path, files: Archive) -> int:
    """Erase whoever was erased since the backup was made; returns how many. `files` are those of the backup.

    `archive`: the directory of the log of erasures. Raises ArchiveUnavailable.
    """
    done = 0
    for past in erasure_log.read(archive):
        with reading(engine) as conn:
            mails = erasure.mails_of(conn, past.customer_id)
        attached = read_attached(engine, files, mails)
        with transaction(engine) as conn:
            if not erasure.was_erased(conn, past.customer_id) and _is_meant(conn, past):
                erasure.erase(conn, attached, past.customer_id, by=past.by, now=past.at)
                done += 1
    return done


def _is_meant(conn: Connection, past: erasure_log.Erasure) -> bool:
    customer = people.find_customer(conn, past.customer_id)
    return customer is not None and people.registered_at(conn, past.customer_id) == past.registered_at


def restore_files(
    named: Sequence[str], source: Objects, objects: Objects, missing: Collection[str], progress: Progress
) -> None:
    """Every large blob that the rows name stands whole in the archive; those of the former store stay, too.

    `missing`: what the backup had not either. Raises DamagedCopy, ArchiveUnavailable, OSError.
    """
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
