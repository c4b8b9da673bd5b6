"""On a terminal tables are cut at its width; in a pipe, in a file and as JSON everything stands whole."""

import fcntl
import os
import pty
import struct
import termios
from pathlib import Path

import pytest

from tests.cli.selling import selling
from tests.gate import Person
from tests.program import MAILGATE, Program

SUBJECT = "No mail since Monday, and none on Sunday either, " * 3
ANNE = Person("Anne", "anne@customer.example")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with one ticket, whose subject is long."""
    program = selling(tmp_path / "gate")
    raw = ANNE.writes("It is broken.", subject=SUBJECT)
    program.run("receive", "--sender", "x@y.example", "--recipient", "support@support.example", stdin=raw)
    program.ask("due", "run")
    return program


def on_a_terminal(program: Program, *arguments: str, columns: int) -> str:
    """What a command shows on a terminal of so many columns."""
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        os.execve(MAILGATE, [MAILGATE, "--config", str(program.config), *arguments], environment)
    shown = b""
    while True:
        try:
            some = os.read(terminal, 65536)
        except OSError:  # EIO: the other end is closed
            break
        if not some:
            break
        shown += some
    os.waitpid(pid, 0)
    os.close(terminal)
    return shown.decode()


def test_a_table_fits_the_terminal(program: Program) -> None:
    head, line = on_a_terminal(program, "ticket", "list", columns=80).splitlines()

    assert len(line) == 80
    assert line.endswith("…")
    assert head.startswith("NUMBER  STATE")
    assert " Anne " in line


def test_a_wide_terminal_shows_all(program: Program) -> None:
    assert SUBJECT.strip() in on_a_terminal(program, "ticket", "list", columns=400)


def test_json_is_whole_on_a_terminal_too(program: Program) -> None:
    assert SUBJECT.strip() in on_a_terminal(program, "ticket", "list", "--json", columns=80)


def test_what_is_piped_is_whole(program: Program) -> None:
    assert SUBJECT.strip() in program.execute("ticket", "list").stdout.decode()


def test_nothing_to_list_is_said_and_prints_nothing(program: Program) -> None:
    done = program.execute("payment", "list")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"none\n")
    assert program.ask("payment", "list") == []
