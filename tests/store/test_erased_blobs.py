"""Who adds a large blob beside somebody who erases it, on PostgreSQL: whoever comes second waits for the first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from store.archive import INLINE_BYTES, Archive, Directory, GoneMeanwhile, MissingBlob, bury
from store.engine import connect, reading, transaction
from store.migrations import upgrade
from tests.servers.postgresql import Postgresql
from tests.servers.process import wait_until

pytestmark = pytest.mark.server

LARGE = b"\xff" * (INLINE_BYTES + 1)
WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def server(postgresql: Postgresql) -> Iterator[Engine]:
    """An empty store on PostgreSQL."""
    engine = connect(postgresql.url(f"erased_{uuid4().hex}"))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def files(tmp_path: Path) -> Archive:
    """An archive without a large blob."""
    return Archive(Directory(tmp_path / "archive"))


@contextmanager
def meanwhile() -> Iterator[ThreadPoolExecutor]:
    """Another process, in effect: a connection of its own."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def somebody_waits(server: Engine) -> bool:
    with reading(server) as conn:
        return bool(conn.execute(WAITS).scalar())


def add(server: Engine, archive: Archive) -> str:
    blob = archive.prepare(LARGE)
    with transaction(server) as conn:
        return archive.add(conn, blob)


def bury_it(server: Engine, sha256: str) -> tuple[str, ...]:
    with transaction(server) as conn:
        return bury(conn, [sha256])


def test_what_is_just_being_added_is_not_buried(server: Engine, files: Archive) -> None:
    blob = files.prepare(LARGE)

    with meanwhile() as other:
        with transaction(server) as conn:
            files.add(conn, blob)
            buried = other.submit(bury_it, server, blob.sha256)
            wait_until(lambda: somebody_waits(server), what="the one who buries waits")
        files.discard(buried.result(60))

    assert buried.result() == ()
    with reading(server) as conn:
        assert files.load(conn, blob.sha256) == LARGE


def test_what_is_just_being_buried_is_not_added(server: Engine, files: Archive) -> None:
    blob = files.prepare(LARGE)

    with meanwhile() as other:
        with transaction(server) as conn:
            buried = bury(conn, [blob.sha256])
            added = other.submit(add, server, files)
            wait_until(lambda: somebody_waits(server), what="the one who adds waits")
        files.discard(buried)

    assert buried == (blob.sha256,)
    with pytest.raises(GoneMeanwhile):
        added.result(60)
    with reading(server) as conn, pytest.raises(MissingBlob):
        files.load(conn, blob.sha256)


def test_what_was_buried_can_be_buried_again(server: Engine, files: Archive) -> None:
    blob = files.prepare(LARGE)

    assert bury_it(server, blob.sha256) == (blob.sha256,)
    assert bury_it(server, blob.sha256) == (blob.sha256,)
