"""Put a backup where the settings have the store. What was unsent does not leave by itself."""

from datetime import datetime
from pathlib import Path

from mailgate.errors import Permanent
from store.archive import Objects
from store.engine import BUSY_SECONDS
from store.keeping.copies.contents import DUMP, Progress, contents_of
from store.keeping.copies.embedded import database_path
from store.keeping.copies.embedded_restore import restore_embedded
from store.keeping.copies.restored import Restored, StoreThere
from store.keeping.copies.server_restore import restore_server

__all__ = ["OtherDatabase", "Restored", "StoreThere", "restore"]


class OtherDatabase(Permanent):
    """The backup is of another kind of database than the settings name."""


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

    `archive`: the directory of the lock and of the log of erasures. Raises DamagedCopy, OtherDatabase, StoreInUse,
    StoreThere, StoreTooNew, ArchiveUnavailable, OSError, sqlite3.Error; for a PostgreSQL also ProgramMissing,
    ProgramFailed and what SQLAlchemy raises. Then the store is as it was.

    `others_seconds`: how long a former embedded store stays locked after it was put aside. A program that had opened it
    just before gives up in that time, instead of taking a mail into a store that is no longer looked at.
    """
    contents = contents_of(source)
    database = database_path(url)
    is_dump = contents.database == DUMP
    if is_dump != (database is None):
        of, named = ("PostgreSQL", "SQLite") if is_dump else ("SQLite", "PostgreSQL")
        raise OtherDatabase(f"the backup is of {of} and store.url names {named}: restore it there, then move the store")
    if database is None:
        return restore_server(source, contents, url, archive, objects, replace=replace, now=now, progress=progress)
    return restore_embedded(
        source,
        contents,
        database,
        archive,
        objects,
        replace=replace,
        now=now,
        progress=progress,
        others_seconds=others_seconds,
    )
