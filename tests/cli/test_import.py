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


def test_customers_are_planned_and_then_taken_over(program: Program, tmp_path: Path) -> None:
    table = tmp_path / "customers.csv"
    table.write_text("external_id;name;email\n7;Bo;bo@x.example\n")

    plan = program.ask("import", "customers", str(table))
    before = program.ask("customer", "list")
    done = program.ask("import", "customers", str(table), "--apply")

    assert (plan["applied"], plan["add"], len(before)) == (False, 1, 1)
    assert (done["applied"], done["add"]) == (True, 1)
    assert [one["external_id"] for one in program.ask("customer", "list")] == [None, "7"]


def test_one_bad_row_keeps_all_out_unless_that_is_meant(program: Program, tmp_path: Path) -> None:
    table = tmp_path / "customers.csv"
    table.write_text("external_id,name,email\n7,Bo,bo@x.example\n8,Cy,cy\n")

    refused = program.run("import", "customers", str(table), "--apply")
    before = program.ask("customer", "list")
    partly = program.run("import", "customers", str(table), "--apply", "--skip-bad")

    assert (refused.exit_code, partly.exit_code) == (65, 65)
    assert "line 3, email 'cy': not a mail address: 'cy'" in refused.stderr
    assert "nothing was written" in refused.stderr
    assert len(before) == 1
    assert [one["name"] for one in program.ask("customer", "list")] == ["Anne Miller", "Bo"]


def test_a_desk_that_is_not_there_is_named_with_those_that_are(program: Program, tmp_path: Path) -> None:
    done = program.run("import", "mbox", str(mbox(tmp_path / "old", letter(1))), "--desk", "sales")

    assert done.exit_code == 65
    assert "there is no desk 'sales' (support" in done.stderr
