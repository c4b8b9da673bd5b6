"""The program itself before a folder with thousands of mails: all of them once, little memory, and a quick end."""

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.fetching.conftest import fetching_program
from tests.program import Program
from tests.servers.dovecot import Dovecot
from tests.servers.process import wait_until

WAITING = 10_000

LARGE, LARGE_BYTES = 24, 1 << 20  # together more than the memory that is allowed
LIMIT, TOO_LARGE_BYTES = 2 << 20, 5 << 20
MEMORY_MIB = 20
USER = "backlog"

pytestmark = pytest.mark.server


@pytest.fixture
def program(tmp_path: Path, dovecot: Dovecot) -> Program:
    """A gate that fetches one folder and has no other door."""
    closed: dict[str, dict[str, object]] = {
        "smtp": {"listen": ""},
        "lmtp": {"listen": ""},
        "limits": {"max_message_bytes": LIMIT},
    }
    return fetching_program(tmp_path / "gate", dovecot, USER, closed)


def backlog() -> Iterator[bytes]:
    """Small mails, large ones among them, and one in the middle that is too large."""
    head = b"From: Anne <anne@customer.example>\r\nTo: support@support.example\r\nSubject: Matter %d\r\n\r\n"
    for number in range(WAITING):
        body = b"It is broken.\r\n" * 20
        if number % (WAITING // LARGE) == 1:
            body = (b"x" * 70 + b"\r\n") * (LARGE_BYTES // 72)
        if number == WAITING // 2:
            body = (b"x" * 70 + b"\r\n") * (TOO_LARGE_BYTES // 72)
        yield head % number + body


def peak_mib(process_id: int) -> float:
    """The most memory that a process ever had."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process_id}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


@pytest.mark.alone
def test_thousands_of_waiting_mails_come_in_once_in_little_memory(program: Program, dovecot: Dovecot) -> None:
    dovecot.put(USER, [b"From: Anne <anne@customer.example>\r\n\r\nThe first.\r\n"])

    with program.serve("--no-workers") as serving:
        wait_until(lambda: accepted(program) == 1, what="the first mail")
        before = peak_mib(serving.process.pid)
        dovecot.put(USER, backlog())
        wait_until(lambda: accepted(program) == WAITING, what="all mails but one", within_seconds=120)
        grown = peak_mib(serving.process.pid) - before
        wait_until(lambda: "left" in serving.log.read_text(), what="a line about the mail that was left")
        status = program.run("status", "--json").stdout

        began = time.monotonic()
        serving.terminate()
        assert serving.exit_code() == 0
        ended = time.monotonic() - began

    assert grown < MEMORY_MIB, grown
    assert ended < 2
    [folder] = json.loads(status)["imap"]
    assert folder["problem"] is None
    [left] = folder["left"]
    assert (left["uid"], left["reason"]) == (WAITING // 2 + 2, "too-large")
    assert left["size"] > LIMIT
    [attention] = [one for one in json.loads(status)["attention"] if one["code"] == "imap_left"]
    assert f"UID {left['uid']}" in attention["message"]
    marks = dovecot.flags(USER)
    assert marks.pop(WAITING // 2 + 1) == set()
    assert all(mark == {"\\Seen", "mailgate"} for mark in marks)


def accepted(program: Program) -> int:
    """How many mails were stored; asked for not too often, since the machine has work to do."""
    time.sleep(0.1)
    with closing(sqlite3.connect(f"file:{program.database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM spool").fetchone()[0])
