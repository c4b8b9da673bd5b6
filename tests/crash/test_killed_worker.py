"""A worker by itself is killed with each kind of job in hand, and another goes on: nothing lost, nothing done twice."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager

import pytest
from sqlalchemy import select

from store.engine import reading
from store.schema import lessons, outbox, spool
from tests.crash.gates import dying_worker
from tests.crash.ledger import Ledger, Sender
from tests.crash.people import ANNE
from tests.outbound.sink import Sink
from tests.program import MAILGATE, Program, Serving
from tests.servers.fixtures import needed
from tests.servers.process import wait_until
from tests.servers.rabbitmq import RabbitMq, running_rabbitmq
from tests.servers.redis import Redis, running_redis
from tests.servers.scripted import listening

pytestmark = pytest.mark.server

PLACES = (
    "receive.checked",
    "receive.before-commit",
    "receive.committed",
    "deliver.composed",
    "deliver.before-data",
    "deliver.after-dot",
)
MAILS = 3  # a round: one more than visits of a place are survived
BROKERS: Mapping[str, Callable[[], AbstractContextManager[Redis | RabbitMq]]] = {
    "redis": running_redis,
    "rabbitmq": running_rabbitmq,
}


@pytest.fixture(params=BROKERS)
def broker(request: pytest.FixtureRequest) -> Iterator[Redis | RabbitMq]:
    """A broker that outlives all workers."""
    with ExitStack() as up:
        with needed():
            starts: AbstractContextManager[Redis | RabbitMq] = BROKERS[request.param]()
            server = up.enter_context(starts)
        yield server


@pytest.fixture
def workers() -> int:
    """One that sends: at most one message is on its way out at any time."""
    return 1


@pytest.fixture
def program(program: Program, broker: Redis | RabbitMq) -> Program:
    """Its programs share this broker."""
    program.set("workers", broker=broker.url, threads=1)
    return program


@contextmanager
def beside(program: Program, *command: str) -> Iterator[Serving]:
    """One more program of this gate, ready."""
    with program.start(MAILGATE, "--config", str(program.config), *command) as serving:
        yield serving


def lent(ledger: Ledger) -> list[str]:
    """Leases of rows that somebody works on, or seems to."""
    with reading(ledger.engine) as conn:
        return [
            str(row.lease)
            for table in (spool, outbox, lessons)
            for row in conn.execute(select(table.c.lease).where(table.c.lease.is_not(None)))
        ]


def test_workers_killed_at_every_step_in_turn_lose_nothing_and_do_nothing_twice(
    program: Program, ledger: Ledger, sink: Sink
) -> None:
    sender = Sender()
    with program.serve("--no-workers"), beside(program, "schedule"):
        for place in PLACES:
            sender.mails += [ANNE.writes(f"Question {number}.", subject=f"{place} {number}") for number in range(MAILS)]
            with dying_worker(program, place) as worker:

                def done_with_it(worker: Serving = worker) -> bool:
                    return not (worker.is_running and ledger.waiting())

                def one_by_one() -> None:  # else all of them are received in one group, which passes each place once
                    wait_until(done_with_it, what="the mail settled or the worker dead")

                sender.try_all(program.smtp_port, between=one_by_one)
                assert worker.exit_code() == -signal.SIGKILL, place
            wait_until(lambda: not lent(ledger), what="what was in hand is free", within_seconds=20)
            with beside(program, "worker") as worker:
                wait_until(ledger.is_quiet, what=f"all mail settled and sent after {place}")
                worker.terminate()
                assert worker.exit_code() == 0
    buried = sum(log.read_text().count(" buried process=") for log in program.directory.glob("*.log"))

    copies = ledger.copies_sent()
    assert set(sender.promised) == set(sender.mails)
    assert ledger.keeps(sender.promised)
    assert ledger.effects() == {raw: ["opened"] for raw in sender.mails}
    assert ledger.messages_in_tickets() == [1] * len(sender.mails)
    assert set(copies) == ledger.queued()
    assert copies.total() - len(copies) <= len(PLACES)  # one a kill, of a mail whose reply was never saved
    assert len(set(sink.messages)) == len(copies)
    assert ledger.left_open() == set()
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
        with program.serve("--no-workers"), beside(program, "schedule"):
            with beside(program, "worker") as worker:
                sender.try_all(program.smtp_port)
                wait_until(lambda: not ledger.waiting(), what="the mail in quarantine")
                program.prints("quarantine", "refuse", str(sender.promised[sender.mails[0]]))
                wait_until(lambda: bool(told), what="spamd being told")
                worker.kill()
                assert worker.exit_code() == -signal.SIGKILL
            wait_until(lambda: not lent(ledger), what="the lesson is free", within_seconds=20)
            hang_up.set()
            with beside(program, "worker"):
                wait_until(lambda: ledger.left_open() == set() and len(told) > 1, what="spamd told")

    assert len(told) == 2
