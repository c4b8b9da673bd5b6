"""Blobs: what goes in comes out, once, whether it stands in the database or in a file."""

import hashlib
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from store.archive import INLINE_BYTES, Archive, MissingBlob
from store.engine import reading, transaction
from store.schema import blobs


def keep(engine: Engine, archive: Archive, raw: bytes) -> str:
    blob = archive.prepare(raw)
    with transaction(engine) as conn:
        return archive.add(conn, blob)


def files(directory: Path) -> list[Path]:
    return [path for path in (directory / "archive").rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, INLINE_BYTES])
def test_small_bytes_stand_in_the_database(engine: Engine, archive: Archive, tmp_path: Path, size: int) -> None:
    raw = b"\xff" * size

    sha256 = keep(engine, archive, raw)

    with reading(engine) as conn:
        assert archive.load(conn, sha256) == raw
    assert sha256 == hashlib.sha256(raw).hexdigest()
    assert files(tmp_path) == []


@pytest.mark.parametrize("size", [INLINE_BYTES + 1, 2 * INLINE_BYTES])
def test_large_bytes_stand_in_a_file(engine: Engine, archive: Archive, tmp_path: Path, size: int) -> None:
    raw = b"\xff" * size

    sha256 = keep(engine, archive, raw)

    with reading(engine) as conn:
        assert archive.load(conn, sha256) == raw
    assert files(tmp_path) == [tmp_path / "archive" / sha256[:2] / sha256]


@pytest.mark.parametrize("size", [10, INLINE_BYTES + 1])
def test_the_same_bytes_are_kept_once(engine: Engine, archive: Archive, tmp_path: Path, size: int) -> None:
    raw = b"\xff" * size

    keep(engine, archive, raw)
    keep(engine, archive, raw)

    with reading(engine) as conn:
        assert conn.execute(select(func.count()).select_from(blobs)).scalar() == 1
    assert len(files(tmp_path)) == (size > INLINE_BYTES)


def test_a_write_that_fails_leaves_no_half_file_and_may_be_repeated(
    engine: Engine, archive: Archive, tmp_path: Path
) -> None:
    raw = b"\xff" * (2 * INLINE_BYTES)
    with files_no_larger_than(INLINE_BYTES), pytest.raises(OSError, match="File too large"):
        archive.prepare(raw)
    left = files(tmp_path)

    sha256 = keep(engine, archive, raw)

    assert left == []
    with reading(engine) as conn:
        assert archive.load(conn, sha256) == raw


def test_bytes_that_were_never_kept_are_missing(engine: Engine, archive: Archive) -> None:
    with reading(engine) as conn, pytest.raises(MissingBlob):
        archive.load(conn, "0" * 64)


def test_a_file_that_is_gone_is_missing(engine: Engine, archive: Archive, tmp_path: Path) -> None:
    sha256 = keep(engine, archive, b"\xff" * (INLINE_BYTES + 1))
    files(tmp_path)[0].unlink()

    with reading(engine) as conn, pytest.raises(MissingBlob):
        archive.load(conn, sha256)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Writes past this size fail in this process, as they do on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
