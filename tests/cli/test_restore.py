"""`mailgate restore`: nothing is sent again (F18), nothing is overwritten, and no id means two things."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store.engine import connect, reading
from store.keeping import serving
from store.post import spool
from tests.cli.copies import LARGE, beside, contents, leftovers, mail, receive, settled, stored
from tests.outbound.sink import Sink, running
from tests.program import Program
from tests.servers.process import wait_until


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smarthost: it takes everything."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture
def program(tmp_path: Path, sink: Sink) -> Program:
    """A gate with Anne as its customer and Bart on its staff."""
    program = beside(tmp_path / "gate", sink)
    program.ask("customer", "add", "Anne Miller", "anne@customer.example")
    program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
    return program


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "backup"


def test_what_was_unsent_at_the_backup_is_not_sent_again_after_a_restore(
    program: Program, sink: Sink, target: Path
) -> None:
    receive(program, mail("No mail since Monday"))
    sink.replies["MAIL"] = ["451 4.7.1 try again later"] * 9
    program.ask("due", "run")
    receive(program, mail("And on Sunday too"))
    program.ask("backup", str(target))
    sink.replies.clear()
    with program.serve():
        for row in program.ask("queue", "list"):
            program.run("queue", "retry", str(row["id"]))
        wait_until(lambda: settled(program), what="all mail settled")
    sent = [row["message_id"] for row in program.ask("queue", "list", "--state", "sent")]
    sink.messages.clear()

    done = program.run("restore", str(target), "--replace")

    assert done.exit_code == 0, done.stderr
    assert "outgoing mails are on hold" in done.stderr
    assert "mailgate queue list --state held" in done.stderr
    held = program.ask("queue", "list", "--state", "held")
    assert {row["message_id"] for row in held} <= set(sent)
    assert [row["next_attempt_at"] for row in held] == [None] * len(held)
    assert len(held) >= 1
    with program.serve():
        wait_until(lambda: settled(program), what="all mail settled")
        untouched = program.ask("queue", "list", "--state", "held")
        assert untouched == held
        assert not any(row["message_id"].encode() in raw for raw in sink.messages for row in held)
        assert [row["disposition"] for row in program.ask("inbox", "list")] == ["opened", "opened"]

        program.ask("queue", "release", *(str(row["id"]) for row in held))
        wait_until(lambda: settled(program), what="the released mail")
    assert all(any(row["message_id"].encode() in raw for raw in sink.messages) for row in held)


def test_a_store_that_is_served_is_not_replaced(program: Program, target: Path) -> None:
    program.ask("backup", str(target))

    with program.serve():
        done = program.run("restore", str(target), "--replace")

    assert done.exit_code == 75
    assert "a `mailgate serve` works on the store" in done.stderr


def test_a_store_that_another_program_reads_is_not_replaced(program: Program, target: Path) -> None:
    program.ask("backup", str(target))
    reader = connect(f"sqlite:///{program.database}", read_only=True)

    with reading(reader) as conn:
        spool.listing(conn)
        done = program.run("restore", str(target), "--replace")
    reader.dispose()

    assert done.exit_code == 75
    assert "open" in done.stderr
    assert leftovers(program) == []


def test_a_store_is_replaced_only_when_that_is_said_and_then_kept(program: Program, target: Path) -> None:
    program.ask("backup", str(target))
    receive(program, mail("after the backup"))
    refused = program.run("restore", str(target))
    still_there = len(stored(program))

    done = program.run("restore", str(target), "--replace", "--json")

    assert (refused.exit_code, still_there) == (73, 1)
    assert "--replace" in refused.stderr
    aside = Path(json.loads(done.stdout)["kept_aside"])
    assert str(aside) in done.stderr
    assert stored(program) == {}
    with closing(sqlite3.connect(aside)) as conn:
        assert conn.execute("SELECT count(*) FROM spool").fetchone() == (1,)
    assert leftovers(program) == []


@pytest.mark.parametrize("name", ["mailgate.db", "backup.json", "archive"])
def test_a_damaged_backup_is_refused_and_the_store_stays(program: Program, target: Path, name: str) -> None:
    receive(program, LARGE)
    program.ask("backup", str(target))
    found = target / name
    damaged = next(found.glob("??/*")) if found.is_dir() else found
    raw = damaged.read_bytes()
    damaged.write_bytes(raw[: len(raw) // 2] + b"!" + raw[len(raw) // 2 + 1 :])
    if name == "backup.json":
        damaged.write_bytes(b"{}")
    shutil.rmtree(program.directory / "var" / "archive")
    before = program.database.read_bytes()

    done = program.run("restore", str(target), "--replace")

    assert done.exit_code == 65
    assert program.database.read_bytes() == before
    assert leftovers(program) == []


def test_a_backup_without_its_large_mails_is_refused(program: Program, target: Path) -> None:
    receive(program, LARGE)
    program.ask("backup", str(target))
    shutil.rmtree(target / "archive")

    done = program.run("restore", str(target), "--replace")

    assert done.exit_code == 65
    assert "has lost its directory" in done.stderr


def test_a_large_mail_that_is_damaged_in_the_archive_is_put_back_whole(program: Program, target: Path) -> None:
    receive(program, LARGE)
    program.ask("backup", str(target))
    [file] = (program.directory / "var" / "archive").glob("??/*")
    file.write_bytes(b"damaged")

    done = program.run("restore", str(target), "--replace")

    assert done.exit_code == 0, done.stderr
    assert file.read_bytes() == next((target / "archive").glob("??/*")).read_bytes()


def test_a_damaged_store_can_be_replaced(program: Program, target: Path) -> None:
    receive(program, mail("No mail since Monday"))
    program.ask("backup", str(target))
    program.database.write_bytes(b"not a database at all" * 1000)

    done = program.run("restore", str(target), "--replace")

    assert done.exit_code == 0, done.stderr
    assert len(stored(program)) == 1


def test_a_backup_of_a_newer_version_is_refused(program: Program, sink: Sink, tmp_path: Path, target: Path) -> None:
    program.ask("backup", str(target))
    database = target / "mailgate.db"
    with closing(sqlite3.connect(database)) as conn, conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    said = {**contents(target), "database_sha256": hashlib.sha256(database.read_bytes()).hexdigest()}
    (target / "backup.json").write_text(json.dumps(said))
    elsewhere = beside(tmp_path / "elsewhere", sink)

    done = elsewhere.run("restore", str(target))

    assert done.exit_code == 65
    assert "9999" in done.stderr
    assert not elsewhere.database.exists()


def test_sessions_of_before_the_restore_have_ended(program: Program, sink: Sink, tmp_path: Path, target: Path) -> None:
    program.ask("backup", str(target))
    elsewhere = beside(tmp_path / "elsewhere", sink)

    elsewhere.ask("restore", str(target))

    with closing(sqlite3.connect(elsewhere.database)) as conn:
        epochs = conn.execute("SELECT epoch FROM customers UNION ALL SELECT epoch FROM staff").fetchall()
    assert epochs
    assert all(epoch > 0 for (epoch,) in epochs)


def test_looking_for_a_serve_finds_one_that_holds_the_store(tmp_path: Path) -> None:
    free = serving.is_taken(tmp_path)

    held = serving.take(tmp_path)

    assert held is not None
    assert (free, serving.is_taken(tmp_path), serving.take(tmp_path)) == (False, True, None)
    held.close()
    assert not serving.is_taken(tmp_path)
