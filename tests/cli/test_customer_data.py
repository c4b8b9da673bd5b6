"""`mailgate customer export` and `forget` as operators give them; a restore brings nobody back who was forgotten."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from store.keeping import erasure_log
from tests.cli.copies import LARGE, beside, mail, receive
from tests.outbound.sink import Sink, running
from tests.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """A gate with Anne as its customer, Bart on its staff, and a mail of hers."""
    with running(Sink()) as sink:
        program = beside(tmp_path / "gate", sink)
        program.ask("customer", "add", "Anne Miller", "anne@customer.example")
        program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
        receive(program, mail("No mail since Monday"))
        receive(program, LARGE.replace(b"Cris <cris@stranger.example>", b"Anne Miller <anne@customer.example>"))
        program.ask("due", "run")
        yield program


def test_an_export_is_a_zip_file(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "anne.zip"

    done = program.ask("customer", "export", "1", "-o", str(path))

    with ZipFile(path) as file:
        assert {"customer.json", "tickets/1.json", "mails.json"} <= set(file.namelist())
    assert (done["tickets"], done["file"]) == (2, str(path))
    assert program.run("customer", "export", "1", "-o", str(path)).exit_code == 73


def test_forgetting_wants_the_name(program: Program) -> None:
    dry = program.ask("customer", "forget", "1", "--dry-run")
    wrong = program.run("customer", "forget", "1", stdin=b"Anne\n")
    before = program.ask("customer", "show", "1")
    right = program.run("customer", "forget", "1", stdin=b"Anne Miller\n")
    again = program.run("customer", "forget", "1", "--yes")

    assert (dry["tickets"], dry["mails_in"]) == (2, 2)
    assert (wrong.exit_code, before["name"]) == (64, "Anne Miller")
    assert (right.exit_code, program.ask("customer", "show", "1")["name"]) == (0, "erased-1")
    assert again.exit_code == 65
    assert "was erased already" in again.stderr


def test_a_restore_of_an_older_backup_forgets_again(program: Program, tmp_path: Path) -> None:
    program.ask("backup", str(tmp_path / "backup"))
    program.ask("customer", "forget", "1", "--yes")

    done = program.ask("restore", str(tmp_path / "backup"), "--replace")

    with closing(sqlite3.connect(program.database)) as conn:
        dump = "\n".join(conn.iterdump())
    assert done["forgotten"] == 1
    assert "anne@customer.example" not in dump
    assert b"anne@customer.example" not in program.database.read_bytes()
    left = {path.name for path in program.database.parent.rglob("archive/**/*") if path.is_file()}
    assert left == {erasure_log.NAME, "serve.lock"}


def test_a_restore_forgets_nobody_of_another_store(program: Program, tmp_path: Path) -> None:
    program.ask("backup", str(tmp_path / "backup"))
    program.ask("customer", "forget", "1", "--yes")
    [log] = program.database.parent.rglob(erasure_log.NAME)
    [past] = erasure_log.read(log.parent)
    log.write_text(log.read_text().replace(past.registered_at.isoformat(), "2020-01-01T00:00:00+00:00"))

    done = program.ask("restore", str(tmp_path / "backup"), "--replace")

    assert done["forgotten"] == 0
    assert program.ask("customer", "show", "1")["name"] == "Anne Miller"
