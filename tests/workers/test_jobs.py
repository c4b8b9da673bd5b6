"""Jobs on the embedded broker: a hint may be lost, come twice or in the wrong order (F08); the row decides."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import dramatiq
import pytest
from sqlalchemy import create_engine

from mailgate.config import Workers
from mailgate.jobs import Enqueue, Job
from tests.gate import Gate, Person
from tests.servers.process import wait_until
from workers.actors import register
from workers.brokers.connecting import connect, enqueuer
from workers.pace import Pace
from workers.schedule import Schedule


@pytest.fixture
def broker(gate: Gate) -> Iterator[dramatiq.Broker]:
    """A broker whose workers know the gate's jobs, at the gate's own time."""
    broker: dramatiq.Broker = connect(Workers())
    register(dict.fromkeys(Job, broker), gate.parts, Pace(), clock=lambda: gate.now)
    worker = dramatiq.Worker(broker, worker_threads=4, worker_timeout=50)
    worker.start()
    yield broker
    worker.stop()


@pytest.fixture
def enqueue(broker: dramatiq.Broker) -> Enqueue:
    """Sends jobs to these workers."""
    return enqueuer(dict.fromkeys(Job, broker))


def test_a_job_settles_the_mail_that_it_names(gate: Gate, anne: Person, enqueue: Enqueue) -> None:
    spool_id = gate.accept(anne.writes("Since Monday every mail comes back."))

    enqueue(Job.RECEIVE, spool_id)

    wait_until(lambda: gate.inbox(spool_id).finished_at is not None, what="a disposition")
    assert gate.inbox(spool_id).outcome.disposition == "opened"
    assert [ticket.messages for ticket in gate.tickets()] == [1]


def test_a_job_that_comes_many_times_has_one_effect(gate: Gate, anne: Person, enqueue: Enqueue) -> None:
    first = gate.accept(anne.writes("Since Monday every mail comes back."))
    last = gate.accept(anne.writes("And on Sunday too.", subject="Sunday"))

    for _ in range(20):
        enqueue(Job.RECEIVE, first)
    enqueue(Job.RECEIVE, last)

    wait_until(lambda: len(gate.tickets()) == 2, what="both tickets")
    assert [ticket.messages for ticket in gate.tickets()] == [1, 1]
    assert len(gate.outbox()) == 2
    assert gate.inbox(first).attempts == 1


def test_a_job_for_a_row_that_is_not_there_harms_no_other(gate: Gate, anne: Person, enqueue: Enqueue) -> None:
    spool_id = gate.accept(anne.writes("Since Monday every mail comes back."))

    enqueue(Job.RECEIVE, spool_id + 1)
    enqueue(Job.DELIVER, 99)
    enqueue(Job.RECEIVE, spool_id)

    wait_until(lambda: gate.inbox(spool_id).finished_at is not None, what="a disposition")
    assert gate.inbox(spool_id).outcome.disposition == "opened"
    assert [ticket.messages for ticket in gate.tickets()] == [1]


def test_jobs_that_come_twice_and_in_the_wrong_order_have_one_effect(
    gate: Gate, anne: Person, bart: Person, enqueue: Enqueue
) -> None:
    in_order = [(Job.RECEIVE, row_id) for row_id in (1, 2, 3)] + [(Job.DELIVER, row_id) for row_id in range(1, 7)]
    for job in reversed(in_order):  # before any of the rows is there
        enqueue(*job)
    given = [gate.accept(anne.writes(f"It is broken: {number}.", subject=f"Matter {number}")) for number in (1, 2, 3)]
    assert given == [1, 2, 3]

    for job in reversed(in_order * 5):  # to be sent before they are written, and the last mail first
        enqueue(*job)
    wait_until(lambda: len(gate.outbox()) == 6, what="an acknowledgement and a notification for each")
    for job in reversed(in_order * 5):
        enqueue(*job)
    wait_until(lambda: all(row.state == "sent" for row in gate.outbox()), what="all mails sent")
    for job in reversed(in_order):  # when all is done
        enqueue(*job)
    gate.deliver(anne.writes("One more.", subject="Matter 4"))

    assert [ticket.messages for ticket in gate.tickets()] == [1, 1, 1, 1]
    assert [gate.inbox(row_id).attempts for row_id in given] == [1, 1, 1]
    assert [row.attempts for row in gate.outbox()] == [1] * 8
    assert len(gate.sink.messages) == len(set(gate.sink.messages)) == 8


def test_a_broker_that_is_away_is_no_failure_of_the_mail(caplog: pytest.LogCaptureFixture) -> None:
    nobody = connect(Workers())

    enqueuer({Job.RECEIVE: nobody})(Job.RECEIVE, 7)

    assert "not enqueued job=receive row=7; the sweep will find it" in caplog.messages


def test_the_schedule_sends_the_job_that_was_lost(gate: Gate, anne: Person) -> None:
    sent: list[tuple[Job, int]] = []
    spool_id = gate.accept(anne.writes("Since Monday every mail comes back."))
    gate.now = gate.now.replace(hour=23)
    parts = replace(gate.parts, enqueue=lambda job, row_id: sent.append((job, row_id)))
    schedule = Schedule(parts, clock=lambda: gate.now, every_seconds=0.01)

    schedule.start()
    wait_until(lambda: bool(sent), what="a sweep")
    schedule.stop()

    assert sent == [(Job.RECEIVE, spool_id)]


def test_a_store_that_is_away_is_told_in_one_line_a_sweep(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    away = create_engine("postgresql+psycopg://mailgate@127.0.0.1:1/mailgate")  # nobody listens there
    schedule = Schedule(replace(gate.parts, engine=away), clock=lambda: gate.now, every_seconds=0.01)

    schedule.start()
    wait_until(lambda: bool(caplog.records), what="a sweep")
    schedule.stop()

    told = {(one.levelname, one.getMessage().partition("=")[0], one.exc_info) for one in caplog.records}
    assert told == {("WARNING", "not swept error", None)}


def test_the_schedule_survives_a_sweep_that_fails(gate: Gate, anne: Person, caplog: pytest.LogCaptureFixture) -> None:
    sent: list[tuple[Job, int]] = []
    spool_id = gate.accept(anne.writes("Since Monday every mail comes back."))
    gate.now = gate.now.replace(hour=23)
    failures = [RuntimeError("the clock has stopped")]

    def clock() -> datetime:
        if failures:
            raise failures.pop()
        return gate.now

    parts = replace(gate.parts, enqueue=lambda job, row_id: sent.append((job, row_id)))
    schedule = Schedule(parts, clock=clock, every_seconds=0.01)

    schedule.start()
    wait_until(lambda: bool(sent), what="a sweep")
    schedule.stop()

    assert sent == [(Job.RECEIVE, spool_id)]
    assert "sweep failed; the next comes in 0.01 s" in caplog.messages
