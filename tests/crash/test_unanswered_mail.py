"""kill -9 while mails of ours wait for the smarthost's answer (F01, F14): which go out twice, and that no others do."""

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.crash.conftest import WORKERS
from tests.crash.ledger import Ledger, Sender
from tests.crash.people import ANNE
from tests.outbound.sink import Sink, running
from tests.program import Program
from tests.servers.process import wait_until

MAILS = 8  # each makes an acknowledgement and a notification: more than any number of workers here


@dataclass
class SlowSink(Sink):
    """A smarthost that takes each mail and, while it `holds`, does not say so."""

    holds: bool = True

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = await super().handle_DATA(server, session, envelope)
        while self.holds:
            await asyncio.sleep(0.01)
        return reply


@pytest.fixture
def sink() -> Iterator[SlowSink]:
    """It outlives the gate."""
    with running(SlowSink()) as sink:
        assert isinstance(sink, SlowSink)
        yield sink
        sink.holds = False


@pytest.fixture(params=[1, 3])
def unanswered_at_once(request: pytest.FixtureRequest) -> int:
    """So many mails may wait for the answer to their last byte: one, as shipped; three of four workers."""
    return int(request.param)


def test_of_a_kill_just_those_mails_come_twice_that_the_smarthost_had_and_had_not_answered(
    program: Program, ledger: Ledger, sink: SlowSink, unanswered_at_once: int
) -> None:
    """No kill can do worse than this one: everybody who may wait for an answer does."""
    sender = Sender([ANNE.writes(f"Question {number}.", subject=f"Matter {number}") for number in range(MAILS)])
    with program.serve() as gate:
        sender.try_all(program.smtp_port)
        wait_until(lambda: len(ledger.unanswered()) == WORKERS, what="a mail of each worker in the middle of DATA")
        wait_until(lambda: len(sink.messages) == unanswered_at_once, what="as many mails with the smarthost as may be")
        gate.kill()
        assert gate.exit_code() == -signal.SIGKILL
    unanswered = set(ledger.copies_sent())
    sink.holds = False
    with program.serve():
        wait_until(ledger.is_quiet, what="all mail settled and sent")

    copies = ledger.copies_sent()
    assert len(unanswered) == unanswered_at_once
    assert {message_id for message_id, times in copies.items() if times == 2} == unanswered
    assert set(copies) == ledger.queued()
    assert copies.total() == 2 * MAILS + unanswered_at_once
    assert len(set(sink.messages)) == len(copies)  # each copy is the same to the byte
