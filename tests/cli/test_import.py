"""`mailgate import` as an operator gives it."""

from pathlib import Path

import pytest

from tests.moving.mailbox import letter, mbox
from tests.program import Program, configured


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with Anne as its customer."""
    program = configured(tmp_path)
    program.ask("customer", "add", "Anne Miller", "anne@customer.example")
    return program


def test_a_dry_run_and_the_run_say_the_same(program: Program, tmp_path: Path) -> None:
    path = str(mbox(tmp_path / "old.mbox", letter(1), letter(2, answers=(1,))))
    report = ("--report", str(tmp_path / "report.txt"))

    dry = program.ask("import", "mbox", path, "--dry-run", *report)
    done = program.ask("import", "mbox", path, *report)

    assert dry | {"dry_run": False} == done
    assert (done["mails"], done["opened"], done["moved_in"], done["report"]) == (2, 1, 2, None)
    assert [ticket["state"] for ticket in program.ask("ticket", "list")] == ["closed"]


def test_the_report_names_what_was_left_out(program: Program, tmp_path: Path) -> None:
    path = mbox(tmp_path / "old.mbox", letter(1, author="Cris <cris@elsewhere.example>"), b"nothing\n")
    report = tmp_path / "report.txt"

    done = program.ask("import", "mbox", str(path), "--report", str(report))

    assert (done["strangers"], done["broken"]) == (1, 1)
    broken, stranger = report.read_text().splitlines()
    assert broken.startswith(f"broken\t{path} at byte ")
    assert "Cris <cris@elsewhere.example>\tNo mail since Monday" in stranger


def test_a_file_that_is_not_there_is_named(program: Program) -> None:
    done = program.run("import", "mbox", "missing.mbox")

    assert done.exit_code == 65
    assert "there is no missing.mbox" in done.stderr
