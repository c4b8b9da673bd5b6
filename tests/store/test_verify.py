"""Verify: what is missing, damaged, or named by nothing, in either kind of archive."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from mailgate.mail.envelope import Door, Envelope
from store.archive import INLINE_BYTES, Archive, MissingBlob
from store.engine import reading, transaction
from store.keeping.verify import SETTLED, Verified, remove_unnamed, verify
from store.post import spool
from store.schema import blobs

LARGE = b"\xff" * (INLINE_BYTES + 1)


def receive(engine: Engine, archive: Archive, raw: bytes) -> str:
    blob = archive.prepare(raw)
    with transaction(engine) as conn:
        archive.add(conn, blob)
        spool.add(conn, Envelope("anne@customer.example", (), Door.SMTP, datetime.now(UTC)), blob.sha256)
    return blob.sha256


def look(engine: Engine, archive: Archive, *, later: timedelta = timedelta()) -> Verified:
    return verify(engine, archive, now=datetime.now(UTC) + later, progress=lambda *_: None)


def replace_object(archive: Archive, sha256: str, raw: bytes) -> None:
    archive.objects.remove(sha256)
    archive.objects.put(sha256, raw)


def test_a_whole_archive_has_no_fault(engine: Engine, archive: Archive) -> None:
    receive(engine, archive, b"small")
    receive(engine, archive, LARGE)

    found = look(engine, archive, later=2 * SETTLED)

    assert (found.blobs, found.large, found.total_bytes) == (2, 1, 5 + len(LARGE))
    assert (found.faults, found.unnamed) == ((), ())


@pytest.mark.parametrize("raw", [b"\x00" * len(LARGE), LARGE[:-1]], ids=["other bytes", "cut"])
def test_a_damaged_object_is_found_with_the_mail_that_it_is_of(engine: Engine, archive: Archive, raw: bytes) -> None:
    receive(engine, archive, LARGE + b"whole")
    sha256 = receive(engine, archive, LARGE)
    replace_object(archive, sha256, raw)

    [fault] = look(engine, archive).faults

    assert (fault.sha256, fault.is_missing, fault.inbox) == (sha256, False, (2,))


def test_a_missing_object_is_found_with_the_mail_that_it_is_of(engine: Engine, archive: Archive) -> None:
    receive(engine, archive, LARGE + b"whole")
    sha256 = receive(engine, archive, LARGE)
    archive.objects.remove(sha256)

    [fault] = look(engine, archive).faults

    assert (fault.sha256, fault.is_missing, fault.inbox) == (sha256, True, (2,))


def test_a_damaged_row_is_found(engine: Engine, archive: Archive) -> None:
    sha256 = receive(engine, archive, b"small")
    with transaction(engine) as conn:
        conn.execute(update(blobs).values(content=b"SMALL"))

    [fault] = look(engine, archive).faults

    assert (fault.sha256, fault.is_missing, fault.inbox) == (sha256, False, (1,))


def test_an_object_that_no_row_names_is_found_when_no_mail_can_be_on_its_way(engine: Engine, archive: Archive) -> None:
    orphan = archive.prepare(LARGE)

    at_once = look(engine, archive)
    later = look(engine, archive, later=SETTLED + timedelta(hours=1))

    assert at_once.unnamed == ()
    assert [(one.sha256, one.size) for one in later.unnamed] == [(orphan.sha256, orphan.size)]


def test_what_no_row_names_is_removed_and_what_one_names_by_now_stays(engine: Engine, archive: Archive) -> None:
    orphan, named = archive.prepare(LARGE), archive.prepare(LARGE + b"named")
    found = look(engine, archive, later=SETTLED + timedelta(hours=1))
    receive(engine, archive, LARGE + b"named")

    removed = remove_unnamed(engine, archive, found.unnamed, lambda *_: None)

    assert removed == 1
    with reading(engine) as conn:
        assert archive.load(conn, named.sha256) == LARGE + b"named"
    with pytest.raises(MissingBlob):
        archive.read(orphan)
