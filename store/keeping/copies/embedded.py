"""The database of an embedded store as one file, copied while programs write to it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from store.engine import read_url
from store.keeping.copies.contents import COUNTED, DamagedCopy, NothingThere, Progress, Snapshot, sync, write_private
from store.migrations import refuse_unfinished

_PAGES = 2560
"""Copied between two words on the progress: 10 MiB."""


def database_path(url: str) -> Path | None:
    """The file of an embedded store; None for a database server. Raises UnusableStoreUrl."""
    parsed = read_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def copy_database(source: Path, target: Path, progress: Progress) -> Snapshot:
    """Copy the database into a new file, and read there what it holds. Raises NothingThere, DamagedCopy, OSError."""
    if not source.is_file():
        raise NothingThere(f"there is no store at {source}")
    copy_pages(source, target, progress)
    with closing(sqlite3.connect(target)) as conn:
        verdict = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise DamagedCopy(f"the database at {source} is damaged: {verdict}")
        try:
            [(revision,)] = conn.execute("SELECT version_num FROM alembic_version").fetchall()
        except (sqlite3.OperationalError, ValueError) as error:
            raise NothingThere("the store has no schema yet: mailgate db upgrade") from error
        refuse_unfinished(revision)
        counts = {
            name: int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - names of ours
            for name, table in COUNTED.items()
        }
        return Snapshot(str(revision), counts, tuple(large_blobs(conn)))


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
    sync(target)


def large_blobs(conn: sqlite3.Connection) -> list[str]:
    """Digests of the blobs that stand in files."""
    return [row[0] for row in conn.execute("SELECT sha256 FROM blobs WHERE content IS NULL ORDER BY sha256")]
