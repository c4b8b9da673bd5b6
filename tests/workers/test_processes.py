"""Doors, workers and schedule as programs of their own, beside one another on one host, over a real broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.jobs import Job
from store.archive import Archive
from store.archive.directory import Directory
from store.engine import connect, reading
from store.migrations import upgrade
from store.post import processes
from tests.crash.ledger import Ledger, Sender
from tests.crash.people import ANNE, register_all
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, configured
from tests.servers.brokers import Broker
from tests.servers.process import wait_until
from tests.servers.proxy import proxy_to

pytestmark = pytest.mark.server


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A smarthost that takes everything."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture
def program(tmp_path: Path, sink: Sink, broker: Broker) -> Program:
    """A gate whose programs share this broker."""
    sections = {
        "smarthost": {"address": f"{HOST}:{sink.port}", "tls": "none"},
        "workers": {"broker": broker.url},
    }
    return configured(tmp_path / "program", sections)


@pytest.fixture
def ledger(program: Program, sink: Sink) -> Iterator[Ledger]:
    """Its store, with its people, and the smarthost's mailbox."""
    engine = connect(f"sqlite:///{program.database}")
    upgrade(engine)
    register_all(engine)
    yield Ledger(engine, Archive(Directory(program.directory / "var" / "archive")), sink.messages)
    engine.dispose()


def leader(ledger: Ledger) -> str | None:
    """Which kind of program sweeps."""
    with reading(ledger.engine) as conn:
        found = processes.leader(processes.listing(conn), now=processes.time_of(conn))
    return found.does if found else None


def test_doors_and_workers_are_two_programs(program: Program, ledger: Ledger, sink: Sink) -> None:
    sender = Sender([ANNE.writes(f"Question {number}.", subject=f"Matter {number}") for number in range(5)])

    with program.serve("--no-workers") as doors, program.beside("worker") as worker:
        sender.try_all(program.smtp_port)
        wait_until(ledger.is_quiet, what="all mail settled and sent")
        for one in (doors, worker):
            one.terminate()
            assert one.exit_code() == 0

    assert ledger.effects() == {raw: ["opened"] for raw in sender.mails}
    assert set(ledger.copies_sent().values()) == {1}
    assert len(ledger.copies_sent()) == 2 * len(sender.mails)
    assert ledger.left_open() == set()


def test_what_waited_while_no_worker_was_there_is_worked_when_one_comes(program: Program, ledger: Ledger) -> None:
    sender = Sender([ANNE.writes(f"Question {number}.", subject=f"Matter {number}") for number in range(3)])

    with program.serve("--no-workers"):
        sender.try_all(program.smtp_port)
        assert ledger.waiting() == len(sender.mails)
        with program.beside("worker"):
            wait_until(ledger.is_quiet, what="all mail settled and sent")

    assert ledger.effects() == {raw: ["opened"] for raw in sender.mails}


def test_a_broker_that_lost_everything_costs_a_minute_and_no_mail(
    program: Program, ledger: Ledger, broker: Broker
) -> None:
    sender = Sender([ANNE.writes(f"Question {number}.", subject=f"Matter {number}") for number in range(3)])

    with program.serve("--no-workers"), program.beside("schedule"):
        sender.try_all(program.smtp_port)
        wait_until(lambda: broker.waiting("mailgate.receive") == 3, what="three hints")
        broker.lose_everything()
        ledger.grace_passes()
        wait_until(lambda: broker.waiting("mailgate.receive") == 3, what="them again", within_seconds=120)
        with program.beside("worker"):
            wait_until(ledger.is_quiet, what="all mail settled and sent", within_seconds=120)

    assert ledger.effects() == {raw: ["opened"] for raw in sender.mails}


def test_mail_is_taken_in_while_the_broker_is_away_and_worked_when_it_is_back(
    program: Program, ledger: Ledger, broker: Broker
) -> None:
    sender = Sender([ANNE.writes(f"Question {number}.", subject=f"Matter {number}") for number in range(3)])
    with proxy_to(broker.port) as network:
        network.hang_up()
        program.set("workers", broker=broker.url.replace(str(broker.port), str(network.port)))

        with program.serve("--no-workers") as doors, program.beside("worker") as worker:
            sender.try_all(program.smtp_port)
            assert len(sender.promised) == len(sender.mails)
            wait_until(lambda: b"broker away" in doors.log.read_bytes(), what="it is told")
            network.flow()
            wait_until(ledger.is_quiet, what="all mail settled and sent", within_seconds=120)
            said = [one.log.read_text().count("broker away") for one in (doors, worker)]

    assert ledger.effects() == {raw: ["opened"] for raw in sender.mails}
    assert said[0] == 1
    assert said[1] <= 1 + len(Job)  # sending, and each of the queues


def test_the_schedule_is_taken_over_from_a_leader_that_was_killed(program: Program, ledger: Ledger) -> None:
    with program.beside("schedule") as first, program.beside("schedule") as second:
        wait_until(lambda: b"leads" in first.log.read_bytes(), what="the first one leads")
        assert b"leads" not in second.log.read_bytes()

        first.kill()
        wait_until(lambda: b"leads" in second.log.read_bytes(), what="the second one leads", within_seconds=30)

    assert leader(ledger) is None  # it left in order


def test_workers_of_some_queues_leave_the_others(program: Program, ledger: Ledger) -> None:
    sender = Sender([ANNE.writes("Question.")])

    with program.serve("--no-workers"), program.beside("worker", "--queues", "receive"):
        sender.try_all(program.smtp_port)
        wait_until(lambda: not ledger.waiting(), what="the mail settled")
        assert not ledger.sent
        second = program.execute("worker", "--queues", "deliver")  # with SQLite one process has them all
        assert (second.returncode, b"one process alone has the workers" in second.stderr) == (75, True)

    with program.beside("worker", "--queues", "deliver"):
        wait_until(ledger.is_quiet, what="all sent", within_seconds=120)


def test_pages_by_themselves_take_the_sign_in_form(program: Program) -> None:
    done = program.execute("web")

    assert done.returncode == 78
    assert b"web.listen is empty" in done.stderr
