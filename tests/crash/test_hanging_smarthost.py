"""A smarthost that hangs (F12): mail that comes in meanwhile finds its ticket, and `status` says what is the matter."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.crash.conftest import WORKERS
from tests.crash.ledger import Ledger, Sender
from tests.crash.people import ANNE
from tests.outbound.sink import Sink, running
from tests.program import Program, configured
from tests.servers.process import wait_until
from tests.servers.scripted import listening

FIRST, LATER = 8, 4
"""Mails before it is seen that the smarthost hangs, more than may be sent at a time, and after it."""


@dataclass
class SilentSink(Sink):
    """A smarthost that takes every mail and never says so."""

    over: bool = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = await super().handle_DATA(server, session, envelope)
        while not self.over:
            await asyncio.sleep(0.01)
        return reply


@pytest.fixture
def sink() -> Iterator[SilentSink]:
    with running(SilentSink()) as sink:
        assert isinstance(sink, SilentSink)
        yield sink
        sink.over = True


def mails(first: int, number: int) -> list[bytes]:
    return [ANNE.writes(f"Question {n}.", subject=f"Matter {n}") for n in range(first, first + number)]


def tickets(program: Program) -> int:
    return len(program.rows("ticket", "list"))


def test_a_mail_finds_its_ticket_while_all_that_may_be_sent_hang_behind_the_dot(
    program: Program, ledger: Ledger
) -> None:
    with program.serve() as gate:
        Sender(mails(0, FIRST)).try_all(program.smtp_port)
        wait_until(lambda: len(ledger.unanswered()) == WORKERS, what="a mail of each thread that sends, hanging")

        Sender(mails(FIRST, LATER)).try_all(program.smtp_port)
        wait_until(lambda: tickets(program) == FIRST + LATER, what="a ticket of each mail")

        assert len(ledger.unanswered()) == WORKERS
        gate.kill()


def test_a_mail_finds_its_ticket_while_no_greeting_comes_and_then_it_is_left_alone(
    program: Program, ledger: Ledger, sink: SilentSink
) -> None:
    greeted = threading.Semaphore(0)

    def silent(_client: socket.socket, over: threading.Event) -> None:
        greeted.release()
        over.wait()

    with listening(silent) as address:
        hanging = configured(
            program.directory,
            {
                "smarthost": {"address": address, "tls": "none", "timeout_seconds": 1.0},
                "workers": {"threads": WORKERS},
            },
        )
        with hanging.serve():
            Sender(mails(0, FIRST)).try_all(hanging.smtp_port)
            wait_until(lambda: tickets(hanging) == FIRST, what="a ticket of each mail")
            wait_until(lambda: bool(hanging.ask("status")["smarthosts"]), what="the rest of the smarthost")

            knocks = 0
            while greeted.acquire(blocking=False):
                knocks += 1
            [known] = hanging.ask("status")["smarthosts"]

    assert knocks <= WORKERS + known["failures"]
    assert known["address"] == address
    assert "timed out" in known["reason"]
