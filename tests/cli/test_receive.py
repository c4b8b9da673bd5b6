"""`mailgate receive`: exit 0 means that the mail is on disk, everything else is exit 75 and a reason."""

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest
from click.testing import Result

from tests.program import MAILGATE, Program, configured
from tests.servers.process import wait_until

MAIL = b"From: Anne <anne@customer.example>\nSubject: Quota\nMessage-ID: <1@customer.example>\n\nIt is full.\n"
RECIPIENT = ("--recipient", "support@support.example")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate that has a store."""
    program = configured(tmp_path / "gate", {"limits": {"max_message_bytes": 100_000}})
    program.ask("due")
    return program


def assert_later(done: Result, reason: str) -> None:
    assert (done.exit_code, done.stdout) == (75, ""), done.stderr
    assert_is_reason(done.stderr, reason)


def assert_is_reason(stderr: str, reason: str) -> None:
    first = stderr.splitlines()[0]
    assert first.startswith("4.3.0 ")
    assert reason in first


def test_a_mail_with_exit_0_is_there_and_settled_by_a_serve_that_runs(program: Program) -> None:
    with program.serve():
        done = program.execute("receive", "--sender", "anne@customer.example", *RECIPIENT, stdin=MAIL)
        assert (done.returncode, done.stderr) == (0, b"2.0.0 accepted, id 1\n")

        wait_until(lambda: program.ask("inbox", "list")[0]["disposition"] != "waiting", what="its disposition")

    [row] = program.ask("inbox", "list")
    assert (row["disposition"], row["reverse_path"]) == ("held", "anne@customer.example")
    assert program.run("inbox", "show", "1", "--raw").stdout_bytes == MAIL


def test_the_log_of_a_failure_does_not_stand_before_its_reason(program: Program) -> None:
    (program.directory / "var" / "archive").rmdir()

    done = program.execute("receive", *RECIPIENT, stdin=MAIL)

    assert done.returncode == 75
    assert_is_reason(done.stderr.decode(), "No such file or directory")


@pytest.mark.parametrize("sender", ["", "<>"])
def test_the_null_path_may_be_written_in_two_ways(program: Program, sender: str) -> None:
    done = program.run("receive", "--sender", sender, *RECIPIENT, stdin=MAIL)

    assert done.exit_code == 0
    assert program.ask("inbox", "list")[0]["reverse_path"] == ""


def test_a_mail_with_broken_line_ends_and_nul_is_kept(program: Program) -> None:
    raw = MAIL + b"one\rtwo\0three\r\nfour"

    done = program.run("receive", *RECIPIENT, stdin=raw)

    assert done.exit_code == 0
    assert program.run("inbox", "show", "1", "--raw").stdout_bytes == raw


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--recipient", "no address"), "not a mail address: 'no address'"),
        (("--recipient", "a\r\nb@support.example"), "line break"),
        (("--unknown",), "No such option '--unknown'"),
        ((*RECIPIENT, "support@support.example"), "unexpected extra argument"),
        (("--recipient",), "requires an argument"),
    ],
)
def test_a_command_line_that_is_wrong_costs_no_mail(program: Program, arguments: tuple[str, ...], reason: str) -> None:
    done = program.run("receive", *arguments, stdin=MAIL)

    assert_later(done, reason)
    assert program.ask("inbox", "list") == []


def test_a_mail_that_is_too_large_is_not_taken(program: Program) -> None:
    done = program.run("receive", *RECIPIENT, stdin=MAIL + b"one line of many\n" * 10_000)

    assert_later(done, "limits.max_message_bytes is 100000")


def test_a_closed_standard_input_is_no_mail(program: Program) -> None:
    closed = f"exec {MAILGATE} --config {program.config} receive <&-"

    done = subprocess.run(["sh", "-c", closed], capture_output=True, check=False, timeout=60)

    assert done.returncode == 75
    assert_is_reason(done.stderr.decode(), "standard input is closed")


def test_without_a_config_there_is_nothing_to_go_by(program: Program) -> None:
    program.config.unlink()

    assert_later(program.run("receive", *RECIPIENT, stdin=MAIL), "config.toml")


@pytest.mark.parametrize("mistake", ["not toml [", "[smtp]\nlisen = 1\n", "[limits]\nmax_message_bytes = 'large'\n"])
def test_a_broken_config_costs_no_mail(program: Program, mistake: str) -> None:
    program.config.write_text(mistake)

    assert_later(program.run("receive", *RECIPIENT, stdin=MAIL), "config.toml")


def test_no_store_is_made(tmp_path: Path) -> None:
    program = configured(tmp_path / "gate", has_store=False)

    done = program.run("receive", *RECIPIENT, stdin=MAIL)

    assert_later(done, "there is no store at")
    assert os.listdir(program.directory) == ["config.toml"]


def test_a_store_of_no_known_schema_is_left_alone(tmp_path: Path) -> None:
    program = configured(tmp_path / "gate", has_store=False)
    program.database.parent.mkdir()
    sqlite3.connect(program.database).close()
    program.database.touch()

    done = program.run("receive", *RECIPIENT, stdin=MAIL)

    assert_later(done, "mailgate db upgrade")


def test_what_is_no_store_at_all_is_left_alone(program: Program) -> None:
    program.database.write_bytes(b"this was a database once\n" * 100)

    assert_later(program.run("receive", *RECIPIENT, stdin=MAIL), "not a database")


def test_a_locked_store_is_a_reason_to_come_later(program: Program) -> None:
    other = sqlite3.connect(program.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = program.run("receive", *RECIPIENT, stdin=MAIL)
    other.execute("ROLLBACK")
    taken = program.run("receive", *RECIPIENT, stdin=MAIL)
    other.close()

    assert_later(refused, "locked")
    assert taken.exit_code == 0


def test_too_little_space_is_a_reason_to_come_later(program: Program) -> None:
    done = program.run("receive", *RECIPIENT, stdin=MAIL, environment={"MAILGATE_LIMITS__MIN_FREE_BYTES": str(1 << 50)})

    assert_later(done, "limits.min_free_bytes")


def test_a_wrong_option_before_the_command_is_a_reason_to_come_later_too() -> None:
    done = subprocess.run([MAILGATE, "--typo", "receive"], input=b"", capture_output=True, check=False)

    assert done.returncode == 75
