"""Several workers on one PostgreSQL store and one queue: killed, and with the database restarted under load."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy.exc import OperationalError

from store.archive import Archive
from store.archive.directory import Directory
from store.engine import connect
from store.migrations import upgrade
from tests.crash.kills import assert_promises_kept
from tests.crash.ledger import Ledger
from tests.crash.load import Mail, pouring, text_of
from tests.crash.people import CUSTOMERS, register_all
from tests.outbound.sink import Sink
from tests.program import Program
from tests.servers.brokers import BROKERS, Broker
from tests.servers.fixtures import needed
from tests.servers.postgresql import Postgresql, running_postgresql
from tests.servers.process import wait_until

pytestmark = pytest.mark.server

MAILS = 40


@pytest.fixture
def database() -> Iterator[Postgresql]:
    """A PostgreSQL of the test's own, which it may restart."""
    with ExitStack() as up:
        with needed():
            server = up.enter_context(running_postgresql())
        yield server


@pytest.fixture(params=[*BROKERS, "memory"])
def broker(request: pytest.FixtureRequest, running_broker: Callable[[str], Broker]) -> str:
    """Where the broker of all programs is; for `memory` they have none."""
    if request.param == "memory":
        return "memory://"
    server = running_broker(request.param)
    server.lose_everything()
    return server.url


@pytest.fixture
def store_url(database: Postgresql) -> str:
    """A database of its own."""
    return database.url("gate")


@pytest.fixture
def program(program: Program, broker: str, store_url: str) -> Program:
    """Its programs share the store and the broker."""
    program.set("workers", broker=broker, threads=1)
    program.set("store", url=store_url)
    return program


@pytest.fixture
def ledger(program: Program, store_url: str, sink: Sink) -> Iterator[Ledger]:
    """The store with its people, and the smarthost's mailbox."""
    engine = connect(store_url)
    upgrade(engine)
    register_all(engine)
    yield Ledger(engine, Archive(Directory(program.directory / "var" / "archive")), sink.messages)
    engine.dispose()


def questions(begin: int, count: int = MAILS) -> list[Mail]:
    """New matters of all customers."""
    numbers = range(begin, begin + count)
    people = [(number, CUSTOMERS[number % len(CUSTOMERS)]) for number in numbers]
    return [Mail(number, number, one, one.writes(text_of(number), subject=f"M {number}")) for number, one in people]


def keeps_its_promises(ledger: Ledger, promised: dict[bytes, int], mails: list[Mail], *, kills: int) -> None:
    """Nothing lost, nothing done twice, one byte-identical copy a kill at most."""
    copies = ledger.copies_sent()
    assert_promises_kept(ledger, promised, [mail.raw for mail in mails])
    assert copies.total() - len(copies) <= kills


def quiet_but_for_lent(ledger: Ledger) -> bool:
    """Nothing waits for a worker."""
    try:
        return len(ledger.left_open()) <= len(ledger.lent())
    except OperationalError:
        return False


def grace_passes(ledger: Ledger) -> bool:
    """Whatever met the store that was away is looked at again; False while it is away."""
    try:
        ledger.grace_passes()
    except OperationalError:
        return False
    return True


def quiet(ledger: Ledger) -> bool:
    """Nothing waits; a store that is away is not quiet."""
    try:
        return ledger.is_quiet()
    except OperationalError:
        return False


def test_two_workers_on_one_queue_do_each_job_once_and_one_may_be_killed(program: Program, ledger: Ledger) -> None:
    mails = questions(0, 3 * MAILS)

    with pouring(program, smtp=2, lmtp=1) as clients, program.serve("--no-workers"), program.beside("worker") as first:
        clients.take(mails[:MAILS])
        clients.gate_comes()
        with program.beside("worker") as second:
            clients.take(mails[MAILS:])
            wait_until(lambda: len(ledger.sent) > MAILS, what="work under way")
            first.kill()
            assert first.exit_code() == -signal.SIGKILL
            wait_until(lambda: len(clients.promised) == len(mails), what="a 250 for each mail")
            ledger.grace_passes()
            wait_until(ledger.is_quiet, what="all mail settled and sent")
            second.terminate()
            assert second.exit_code() == 0

    keeps_its_promises(ledger, clients.promised, mails, kills=1)


def test_a_database_that_is_restarted_under_load_costs_nothing_but_time(
    program: Program, ledger: Ledger, database: Postgresql
) -> None:
    mails = questions(0, 3 * MAILS)

    with (
        pouring(program, smtp=2, lmtp=1) as clients,
        program.serve("--no-workers") as doors,
        program.beside("worker") as first,
        program.beside("worker") as second,
    ):
        clients.take(mails[:MAILS])
        clients.gate_comes()
        wait_until(lambda: len(ledger.sent) > MAILS // 2, what="work under way")
        database.stop()
        clients.take(mails[MAILS:])
        wait_until(lambda: bool(clients.refused), what="a client that is asked to come later")
        database.start()
        wait_until(lambda: len(clients.promised) == len(mails), what="a 250 for each mail")
        wait_until(lambda: grace_passes(ledger), what="the store is there for this process, too")
        # A row may have been lent by a commit whose answer was lost with the database: nobody works on it while its
        # lease and its process run.
        wait_until(lambda: quiet_but_for_lent(ledger), what="all else settled and sent", within_seconds=200)
        for one in (doors, first, second):
            one.terminate()
            assert one.exit_code() == 0
    with program.beside("worker"):
        wait_until(lambda: quiet(ledger), what="all mail settled and sent", within_seconds=120)

    assert all(reply.startswith("4") for reply in clients.refused)
    keeps_its_promises(ledger, clients.promised, mails, kills=0)
