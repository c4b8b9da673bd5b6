"""A worker by itself is killed with each kind of job in hand, and another goes on: nothing lost, nothing done twice."""

import signal
import socket
import threading

import pytest

from tests.crash.gates import dying_worker
from tests.crash.kills import EVERY_PLACE, assert_promises_kept, one_by_one
from tests.crash.ledger import Ledger, Sender
from tests.crash.people import ANNE
from tests.program import Program
from tests.servers.brokers import Broker
from tests.servers.process import wait_until
from tests.servers.scripted import listening

pytestmark = pytest.mark.server

PLACES = tuple(place for place in EVERY_PLACE if not place.startswith("accept"))
MAILS = 3  # a round: one more than visits of a place are survived


@pytest.fixture
def workers() -> int:
    """One that sends: at most one message is on its way out at any time."""
    return 1


@pytest.fixture
def program(program: Program, broker: Broker) -> Program:
    """Its programs share this broker."""
    program.set("workers", broker=broker.url, threads=1)
    return program


def test_workers_killed_at_every_step_in_turn_lose_nothing_and_do_nothing_twice(
    program: Program, ledger: Ledger
) -> None:
    sender = Sender()
    with program.serve("--no-workers"), program.beside("schedule"):
        for place in PLACES:
            sender.mails += [ANNE.writes(f"Question {number}.", subject=f"{place} {number}") for number in range(MAILS)]
            with dying_worker(program, place) as worker:
                sender.try_all(program.smtp_port, between=one_by_one(worker, ledger))
                assert worker.exit_code() == -signal.SIGKILL, place
            wait_until(lambda: not ledger.lent(), what="what was in hand is free", within_seconds=20)
            ledger.grace_passes()
            with program.beside("worker") as worker:
                wait_until(ledger.is_quiet, what=f"all mail settled and sent after {place}")
                worker.terminate()
                assert worker.exit_code() == 0
    buried = sum(log.read_text().count(" buried process=") for log in program.directory.glob("*.log"))

    copies = ledger.copies_sent()
    assert_promises_kept(ledger, sender.promised, sender.mails)
    assert copies.total() - len(copies) <= len(PLACES)  # one a kill, of a mail whose reply was never saved
    assert buried == len(PLACES)  # by whoever saw it first


def test_what_spamd_was_being_told_is_told_by_the_next_worker(program: Program, ledger: Ledger) -> None:
    told: list[bytes] = []
    hang_up = threading.Event()

    def talk(connection: socket.socket, over: threading.Event) -> None:
        request = connection.recv(65536)
        if request.startswith(b"TELL"):
            told.append(request)
            if not hang_up.is_set():
                over.wait()
                return
            answer = b"SPAMD/1.1 0 EX_OK\r\nDidSet: local\r\nContent-length: 0\r\n\r\n"
        else:
            answer = b"SPAMD/1.1 0 EX_OK\r\nContent-length: 5\r\nSpam: True ; 15.0 / 5.0\r\n\r\nGTUBE"
        connection.sendall(answer)

    sender = Sender([ANNE.writes("Buy this.")])
    with listening(talk) as spamd:
        program.set("spam", spamd=spamd, timeout_seconds=600.0)
        with program.serve("--no-workers"), program.beside("schedule"):
            with program.beside("worker") as worker:
                sender.try_all(program.smtp_port)
                wait_until(lambda: not ledger.waiting(), what="the mail in quarantine")
                program.prints("quarantine", "refuse", str(sender.promised[sender.mails[0]]))
                wait_until(lambda: bool(told), what="spamd being told")
                worker.kill()
                assert worker.exit_code() == -signal.SIGKILL
            wait_until(lambda: not ledger.lent(), what="the lesson is free", within_seconds=20)
            hang_up.set()
            with program.beside("worker"):
                wait_until(lambda: ledger.left_open() == set() and len(told) > 1, what="spamd told")

    assert len(told) == 2
