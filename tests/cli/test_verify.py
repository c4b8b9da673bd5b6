"""`mailgate verify`: exit code, JSON, and what a person reads."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.cli.copies import LARGE, mail, receive
from tests.program import Program, configured
from tests.servers.process import free_port


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with a small and a large mail."""
    program = configured(tmp_path)
    receive(program, mail("No mail since Monday"))
    receive(program, LARGE)
    return program


@pytest.fixture
def large(program: Program) -> Path:
    """The file of the large one."""
    [file] = (program.directory / "var" / "archive").glob("??/*")
    return file


def test_a_whole_archive_ends_with_0(program: Program) -> None:
    found = program.ask("verify")

    assert {key: found[key] for key in ("blobs", "large", "missing", "damaged", "unnamed", "removed")} == {
        "blobs": 2,
        "large": 1,
        "missing": [],
        "damaged": [],
        "unnamed": [],
        "removed": 0,
    }


def test_a_missing_mail_is_named_and_the_exit_code_is_65(program: Program, large: Path) -> None:
    large.unlink()

    done, as_json = program.run("verify"), program.run("verify", "--json")

    assert (done.exit_code, as_json.exit_code) == (65, 65)
    assert f"{large.name}: no file" in done.stderr
    assert "(inbox 2)" in done.stderr
    [missing] = json.loads(as_json.stdout)["missing"]
    assert (missing["sha256"], missing["inbox"]) == (large.name, [2])


def test_a_damaged_mail_is_named_and_the_exit_code_is_65(program: Program, large: Path) -> None:
    large.write_bytes(large.read_bytes().replace(b"Pictures", b"pictures"))

    done = program.run("verify", "--json")

    assert done.exit_code == 65
    [damaged] = json.loads(done.stdout)["damaged"]
    assert (damaged["sha256"], damaged["reason"]) == (large.name, "its bytes have another digest")


def test_a_file_that_nothing_names_is_told_and_removed_when_it_is_old_and_that_is_asked_for(
    program: Program, large: Path
) -> None:
    old, young = [large.with_name(large.name[:-1] + digit) for digit in "012" if digit != large.name[-1]][:2]
    for file in (old, young):
        file.write_bytes(b"of a store that was replaced")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(old, (two_days_ago, two_days_ago))

    told = program.run("verify")
    removed = program.ask("verify", "--remove-unnamed")

    assert told.exit_code == 0
    assert "1 large files are named by nothing" in told.stderr
    assert (removed["removed"], [one["sha256"] for one in removed["unnamed"]]) == (1, [old.name])
    assert [path.exists() for path in (old, young, large)] == [False, True, True]


def test_an_archive_that_is_away_is_no_fault_of_a_mail(program: Program) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    program.config.write_text(f'{program.config.read_text()}[s3]\nbucket = "mails"\nendpoint = "{away}"\n')

    done = program.run("verify", "--json")

    assert done.exit_code == 75
    assert json.loads(done.stdout)["error"]["code"] == "ArchiveUnavailable"
