"""A consistent copy of a store while programs work on it: one directory, complete once it has its name.

backup.json     Contents, as JSON; written last
mailgate.db     one snapshot of an embedded store's database, or
mailgate.dump   the same of a PostgreSQL, as pg_dump writes it
archive/        the large blobs that its rows name, as in a directory of the store's own
config.toml     the settings file
SHA256SUMS      the digests of these files, for `sha256sum --check`

The database comes first. A blob is there before the row that names it can be seen, and none goes before its row, so
whatever the snapshot names can still be copied then, but for what is erased meanwhile.
"""

import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from mailgate.errors import Permanent
from store.archive import Directory, MissingBlob, Objects
from store.keeping.copies.contents import (
    ARCHIVE,
    CONTENTS,
    DUMP,
    EMBEDDED,
    SETTINGS,
    SUMS,
    Contents,
    DamagedCopy,
    Progress,
    copy_blob,
    digest_of,
    sync,
    write_private,
)
from store.keeping.copies.embedded import copy_database, database_path
from store.keeping.copies.server import dump


class TargetTaken(Permanent):
    """There is something where the backup should go."""


def back_up(
    url: str, objects: Objects, settings_file: Path, target: Path, *, program: str, now: datetime, progress: Progress
) -> Contents:
    """Copy the store into a new directory, with the large blobs that its rows name, wherever `objects` has them.

    A blob that is not there or not whole is named in the contents, and all others are copied. Raises NothingThere,
    TargetTaken, DamagedCopy, StoreUnfinished, ArchiveUnavailable, OSError, sqlite3.Error; for a PostgreSQL also
    ProgramMissing, ProgramFailed and what SQLAlchemy raises.
    """
    source = database_path(url)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise TargetTaken(f"{target} is there already and not an empty directory")
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.unfinished")
    unfinished.mkdir(mode=0o700)
    try:
        database = unfinished / (DUMP if source is None else EMBEDDED)
        snapshot = dump(url, database, progress) if source is None else copy_database(source, database, progress)
        found, missing = _copy_files(snapshot.large, objects, unfinished / ARCHIVE, progress)
        write_private(unfinished / SETTINGS, settings_file.read_bytes())
        sums = _sums(unfinished)
        write_private(unfinished / SUMS, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode())
        contents = Contents(
            made_at=now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            program=program,
            revision=snapshot.revision,
            database=database.name,
            database_sha256=sums[database.name],
            database_bytes=database.stat().st_size,
            **snapshot.counts,
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


def _copy_files(
    named: Sequence[str], objects: Objects, target: Path, progress: Progress
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


def _sums(directory: Path) -> dict[str, str]:
    """By the path within the backup. A large blob's digest is its name, and was checked when it was copied."""
    files = {path.relative_to(directory): path for path in directory.rglob("*") if path.is_file()}
    return {name.as_posix(): path.name if name.parts[0] == ARCHIVE else digest_of(path) for name, path in files.items()}
