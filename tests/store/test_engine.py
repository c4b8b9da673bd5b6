"""The write transaction, the snapshot to read from, and the handle that cannot write."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from store.engine import NoStore, connect, empty_log, insert_once, reading, transaction
from store.migrations import upgrade
from store.schema import blobs
from tests.empty_store import put_empty_store

BLOB = {"sha256": "0" * 64, "size": 1, "content": b"x"}


@pytest.fixture
def file_engine(tmp_path: Path) -> Iterator[Engine]:
    """A store in a file, for what only SQLite has."""
    put_empty_store(tmp_path / "mailgate.db")
    engine = connect(f"sqlite:///{tmp_path / 'mailgate.db'}")
    yield engine
    engine.dispose()


def number_of_blobs(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(blobs)).scalar_one()


def test_a_transaction_is_committed_when_it_ends_well(engine: Engine) -> None:
    with transaction(engine) as conn:
        conn.execute(insert(blobs).values(BLOB))

    assert number_of_blobs(engine) == 1


@pytest.mark.parametrize("durable", [True, False])
def test_a_transaction_is_rolled_back_when_it_fails(engine: Engine, durable: bool) -> None:
    def fail_half_way() -> None:
        with transaction(engine, durable=durable) as conn:
            conn.execute(insert(blobs).values(BLOB))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        fail_half_way()

    assert number_of_blobs(engine) == 0


def test_threads_that_write_at_once_all_get_their_turn(engine: Engine) -> None:
    def write(number: int) -> None:
        for turn in range(20):
            with transaction(engine, durable=False) as conn:
                conn.execute(insert(blobs).values({**BLOB, "sha256": f"{number}-{turn}"}))

    threads = [Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert number_of_blobs(engine) == 160


def test_every_commit_waits_for_the_disk_but_those_that_need_not(file_engine: Engine) -> None:
    seen = []
    for durable in (True, False, False, True, False, True):
        with transaction(file_engine, durable=durable) as conn:
            seen.append((durable, conn.execute(text("PRAGMA synchronous")).scalar()))

    assert seen == [(durable, 2 if durable else 1) for durable, _ in seen]


def test_a_reader_sees_the_store_as_it_was_when_it_began(engine: Engine) -> None:
    with reading(engine) as conn:
        before = conn.execute(select(func.count()).select_from(blobs)).scalar()
        with transaction(engine) as writing:
            writing.execute(insert(blobs).values(BLOB))

        assert conn.execute(select(func.count()).select_from(blobs)).scalar() == before == 0


@pytest.mark.parametrize("folder", ["plain", "with space", "100%41", "a#b"])
def test_the_read_only_handle_reads_and_cannot_write(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    url = f"sqlite:///{tmp_path / folder / 'mailgate.db'}"
    writer = connect(url)
    upgrade(writer)
    with transaction(writer) as conn:
        conn.execute(insert(blobs).values(BLOB))

    reader = connect(url, read_only=True)

    assert number_of_blobs(reader) == 1
    for words in ("DELETE FROM blobs", "CREATE TABLE t (x)", "PRAGMA user_version=7"):
        with pytest.raises(OperationalError), reader.connect() as conn:
            conn.execute(text(words))
    with pytest.raises(OperationalError), transaction(reader) as conn:
        conn.execute(insert(blobs).values({**BLOB, "sha256": "1"}))
    assert number_of_blobs(writer) == 1
    reader.dispose()
    writer.dispose()


def test_the_read_only_handle_cannot_be_talked_into_writing(file_engine: Engine) -> None:
    reader = connect(str(file_engine.url), read_only=True)

    with reader.connect() as conn:
        conn.execute(text("PRAGMA query_only=OFF"))
        with pytest.raises(OperationalError):
            conn.execute(insert(blobs).values(BLOB))

    reader.dispose()


@pytest.mark.parametrize("options", [{"read_only": True}, {"must_exist": True}])
def test_a_store_that_is_not_there_is_not_made_in_passing(tmp_path: Path, options: dict[str, bool]) -> None:
    with pytest.raises(NoStore):
        connect(f"sqlite:///{tmp_path / 'var' / 'mailgate.db'}", **options)

    assert list(tmp_path.iterdir()) == []


def test_a_row_whose_key_is_there_is_not_inserted_again(engine: Engine) -> None:
    with transaction(engine) as conn:
        insert_once(conn, blobs, BLOB)
        insert_once(conn, blobs, [{**BLOB, "size": 2}, {**BLOB, "sha256": "1" * 64}])
        sizes = conn.execute(select(blobs.c.sha256, blobs.c.size)).all()

    assert set(sizes) == {(BLOB["sha256"], BLOB["size"]), ("1" * 64, BLOB["size"])}


def test_what_was_overwritten_is_gone_when_the_log_is_emptied(file_engine: Engine) -> None:
    with transaction(file_engine) as conn:
        conn.execute(insert(blobs).values({**BLOB, "content": b"Grommets-7781"}))
    with transaction(file_engine) as conn:
        conn.execute(update(blobs).values(content=b"gone"))
    before = on_disk(file_engine)

    emptied = empty_log(file_engine, within_seconds=1.0)

    assert b"Grommets-7781" in before
    assert emptied
    assert b"Grommets-7781" not in on_disk(file_engine)
    assert number_of_blobs(file_engine) == 1


def test_a_log_that_is_being_read_is_emptied_later(file_engine: Engine) -> None:
    with transaction(file_engine) as conn:
        conn.execute(insert(blobs).values(BLOB))
    with reading(file_engine) as reader:
        reader.execute(select(blobs.c.size)).all()
        with transaction(file_engine) as conn:
            conn.execute(update(blobs).values(content=b"y"))

        assert not empty_log(file_engine, within_seconds=0.05)

    assert empty_log(file_engine, within_seconds=1.0)
    with transaction(file_engine) as conn:  # the connections wait as long as before
        assert conn.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def on_disk(engine: Engine) -> bytes:
    """The files of the store, one after the other."""
    path = Path(str(engine.url.database))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def test_an_error_of_the_database_names_no_values(engine: Engine) -> None:
    with transaction(engine) as conn:
        conn.execute(insert(blobs).values(BLOB))

    with pytest.raises(IntegrityError) as caught, transaction(engine) as conn:
        conn.execute(insert(blobs).values({**BLOB, "content": b"anne@customer.example"}))

    assert "anne" not in str(caught.value) + repr(caught.value)
