"""Blobs: what goes in comes out, once, whether it stands in the database or in an object, of either kind of archive."""

import hashlib
import tracemalloc
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select, update

from store.archive import INLINE_BYTES, Archive, GoneMeanwhile, MissingBlob, Objects, bury
from store.archive.erased import WHILE
from store.engine import reading, transaction
from store.schema import blobs, erased_blobs

MESSAGE = 35 << 20
LARGE = b"\xff" * (INLINE_BYTES + 1)


def keep(engine: Engine, archive: Archive, raw: bytes) -> str:
    blob = archive.prepare(raw)
    with transaction(engine) as conn:
        return archive.add(conn, blob)


def stored(objects: Objects) -> list[tuple[str, int]]:
    return [(one.sha256, one.size) for one in objects.listing()]


@pytest.mark.parametrize("size", [0, 1, INLINE_BYTES])
def test_small_bytes_stand_in_the_database(engine: Engine, archive: Archive, size: int) -> None:
    raw = b"\xff" * size

    sha256 = keep(engine, archive, raw)

    with reading(engine) as conn:
        assert archive.load(conn, sha256) == raw
    assert sha256 == hashlib.sha256(raw).hexdigest()
    assert stored(archive.objects) == []


@pytest.mark.parametrize("size", [INLINE_BYTES + 1, 2 * INLINE_BYTES])
def test_large_bytes_stand_in_an_object(engine: Engine, archive: Archive, size: int) -> None:
    raw = b"\xff" * size

    sha256 = keep(engine, archive, raw)

    with reading(engine) as conn:
        assert archive.load(conn, sha256) == raw
    assert stored(archive.objects) == [(sha256, size)]


@pytest.mark.parametrize("size", [10, INLINE_BYTES + 1])
def test_the_same_bytes_are_kept_once(engine: Engine, archive: Archive, size: int) -> None:
    raw = b"\xff" * size

    keep(engine, archive, raw)
    keep(engine, archive, raw)

    with reading(engine) as conn:
        assert conn.execute(select(func.count()).select_from(blobs)).scalar() == 1
    assert len(stored(archive.objects)) == (size > INLINE_BYTES)


def test_bytes_that_were_never_kept_are_missing(engine: Engine, archive: Archive) -> None:
    with reading(engine) as conn, pytest.raises(MissingBlob):
        archive.load(conn, "0" * 64)


def test_an_object_that_is_gone_is_missing(engine: Engine, archive: Archive) -> None:
    sha256 = keep(engine, archive, LARGE)
    keep(engine, archive, LARGE + b"another")
    archive.objects.remove(sha256)

    with reading(engine) as conn, pytest.raises(MissingBlob):
        archive.load(conn, sha256)


def test_a_blob_is_found_in_a_transaction_and_read_after_it(engine: Engine, archive: Archive) -> None:
    sha256 = keep(engine, archive, LARGE)

    with reading(engine) as conn:
        blob = archive.find(conn, sha256)

    assert archive.read(blob) == LARGE


def test_what_is_not_there_can_be_removed(archive: Archive) -> None:
    archive.objects.remove("0" * 64)

    assert stored(archive.objects) == []


def test_the_objects_are_listed_by_their_digests(engine: Engine, archive: Archive) -> None:
    kept = [keep(engine, archive, LARGE + bytes([number])) for number in range(5)]

    listed = stored(archive.objects)

    assert listed == [(sha256, len(LARGE) + 1) for sha256 in sorted(kept)]


def test_what_was_prepared_before_its_erasure_is_prepared_anew(engine: Engine, archive: Archive) -> None:
    blob = archive.prepare(LARGE)
    with transaction(engine) as conn:
        buried = bury(conn, [blob.sha256])
    archive.discard(buried)

    with pytest.raises(GoneMeanwhile), transaction(engine) as conn:
        archive.add(conn, blob)

    with reading(engine) as conn, pytest.raises(MissingBlob):
        archive.load(conn, blob.sha256)
    assert stored(archive.objects) == []


def test_erased_bytes_can_come_again_after_a_while(engine: Engine, archive: Archive) -> None:
    sha256 = keep(engine, archive, LARGE)
    with transaction(engine) as conn:
        conn.execute(blobs.delete())
        archive.discard(bury(conn, [sha256]))
        conn.execute(update(erased_blobs).values(erased_at=datetime.now(UTC) - 2 * WHILE))

    keep(engine, archive, LARGE)

    with reading(engine) as conn:
        assert archive.load(conn, sha256) == LARGE


def test_what_a_row_names_is_not_buried(engine: Engine, archive: Archive) -> None:
    sha256 = keep(engine, archive, LARGE)

    with transaction(engine) as conn:
        buried = bury(conn, [sha256])

    assert buried == ()
    assert keep(engine, archive, LARGE) == sha256


def test_the_largest_mail_is_in_memory_once_more_at_most(engine: Engine, archive: Archive) -> None:
    raw = b"\xfe" * MESSAGE
    keep(engine, archive, LARGE)  # what is loaded by the first call alone
    tracemalloc.start()

    sha256 = keep(engine, archive, raw)
    to_keep = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    with reading(engine) as conn:
        assert len(archive.load(conn, sha256)) == MESSAGE
    to_read = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert to_keep < MESSAGE
    assert to_read < 2.2 * MESSAGE
