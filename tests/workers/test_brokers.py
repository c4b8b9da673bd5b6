"""Redis and RabbitMQ as brokers: hints go through, do not pile up, and a broker in any state stops nobody."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import dramatiq
import pytest

from mailgate.config import SecretUnavailable, Workers
from mailgate.errors import Misconfigured
from mailgate.jobs import Job
from tests.gate import Gate, Person
from tests.servers.brokers import BROKERS, Broker, StartBroker
from tests.servers.fixtures import needed
from tests.servers.process import LOOPBACK, free_port, wait_until
from tests.servers.proxy import proxy_to
from tests.servers.redis import Redis, running_redis
from workers.actors import register
from workers.brokers.connecting import BrokerAway, Brokers, ask, connect, shown
from workers.brokers.hints import MOST_WAITING, hint, queue_of
from workers.brokers.sender import HELD, Sender
from workers.pace import Pace

pytestmark = pytest.mark.server

RECEIVE = queue_of(Job.RECEIVE)


@pytest.fixture(scope="module", params=BROKERS)
def own_broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A broker of this module, which its tests may stop and fill; each leaves it running and empty."""
    with ExitStack() as running:
        with needed():
            starts: StartBroker = BROKERS[request.param]
            server = running.enter_context(starts())
        yield server


@pytest.fixture
def door(broker: Broker) -> Iterator[Any]:
    """A connection to the broker, for who sends."""
    door = connect(Workers(broker=broker.url))
    yield door
    door.close()


@contextmanager
def working(gate: Gate, url: str) -> Iterator[None]:
    """The gate's workers, who take hints from the broker at this URL."""
    by_job: Brokers = {job: connect(Workers(broker=url)) for job in Job}
    register(by_job, gate.parts, Pace(), clock=lambda: gate.now)
    workers = [dramatiq.Worker(broker, worker_threads=2, worker_timeout=50) for broker in by_job.values()]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop(timeout=5000)


@contextmanager
def sending(url: str) -> Iterator[Sender]:
    """What a door enqueues with."""
    workers = Workers(broker=url)
    sender = Sender(connect(workers), shown=shown(workers))
    sender.start()
    try:
        yield sender
    finally:
        sender.stop()


def told(caplog: pytest.LogCaptureFixture, event: str) -> list[str]:
    """The lines of this event so far."""
    return [line for line in caplog.messages if line.startswith(event)]


def test_workers_settle_the_mail_that_another_process_names(gate: Gate, anne: Person, broker: Broker) -> None:
    spool_id = gate.accept(anne.writes("Since Monday every mail comes back."))

    with sending(broker.url) as enqueue, working(gate, broker.url):
        for _ in range(5):
            enqueue(Job.RECEIVE, spool_id)
        wait_until(lambda: gate.inbox(spool_id).outcome.disposition == "opened", what="the ticket")
        wait_until(lambda: not broker.waiting(RECEIVE), what="no hint left")

    assert gate.inbox(spool_id).attempts == 1
    assert [ticket.messages for ticket in gate.tickets()] == [1]


def test_hints_that_nobody_takes_do_not_grow_without_bound(broker: Broker, door: Any) -> None:
    door.enqueue(hint(Job.RECEIVE, 0))
    broker.put(RECEIVE, [b"{}"] * (MOST_WAITING - 100))  # at once: RabbitMQ keeps a hint for a minute

    for number in range(500):
        door.enqueue(hint(Job.RECEIVE, number))

    assert broker.waiting(RECEIVE) == MOST_WAITING


def test_a_hint_that_cannot_be_worked_is_kept_nowhere(gate: Gate, anne: Person, broker: Broker, door: Any) -> None:
    spool_id = gate.accept(anne.writes("Since Monday every mail comes back."))
    unknown = replace(hint(Job.RECEIVE, 1), actor_name="of a later version")

    with working(gate, broker.url):
        door.enqueue(unknown)
        door.enqueue(hint(Job.RECEIVE, spool_id))
        wait_until(lambda: gate.inbox(spool_id).outcome.disposition == "opened", what="the ticket")
        wait_until(lambda: not broker.waiting(RECEIVE), what="no hint left")

    if isinstance(broker, Redis):
        assert [key for key in broker.client.scan_iter() if b"XQ" in key or b".msgs" in key] == []
    else:
        assert set(broker.queues()) == {queue_of(job) for job in Job}
        assert all('"x-message-ttl",60000' in arguments.replace(" ", "") for arguments in broker.queues().values())
        assert not any("dead-letter" in arguments for arguments in broker.queues().values())


def test_a_broker_that_is_away_is_told_once_and_takes_hints_again_when_it_is_back(
    own_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    own_broker.stop()

    with sending(own_broker.url) as enqueue:
        for number in range(20):
            enqueue(Job.RECEIVE, number)
        wait_until(lambda: bool(told(caplog, "broker away")), what="a line about it")
        own_broker.start()
        wait_until(lambda: bool(told(caplog, "broker back")), what="a line about that")

    assert len(told(caplog, "broker away")) == len(told(caplog, "broker back")) == 1
    assert f"{LOOPBACK}:{own_broker.port}" in told(caplog, "broker away")[0]
    assert "guest:guest" not in caplog.text
    own_broker.lose_everything()


# Of a RabbitMQ that ends just while it is connected to, pika leaves the sockets that it wakes itself up with to Python.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
def test_a_broker_that_is_away_for_workers_is_told_once_for_each_queue(
    gate: Gate, anne: Person, own_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    spool_id = gate.accept(anne.writes("Since Monday every mail comes back."))
    with working(gate, own_broker.url):
        own_broker.stop()
        wait_until(lambda: len(told(caplog, "broker away")) == len(Job), what="lines about it")
        own_broker.start()
        with sending(own_broker.url) as enqueue:
            enqueue(Job.RECEIVE, spool_id)
            wait_until(lambda: gate.inbox(spool_id).outcome.disposition == "opened", what="the ticket")
        wait_until(lambda: len(told(caplog, "broker back")) == len(Job), what="lines about that")

    gc.collect()
    assert len(told(caplog, "broker away")) == len(Job)
    assert [record.name for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


def test_a_connection_that_broke_is_closed_without_an_error(
    running_broker: Callable[[str], Broker], caplog: pytest.LogCaptureFixture
) -> None:
    server = running_broker("rabbitmq")
    with proxy_to(server.port) as network:
        door: Any = connect(Workers(broker=server.url.replace(str(server.port), str(network.port))))
        channel = door.channel

    assert channel.is_open  # as far as anybody here knows
    caplog.clear()  # of what the start of the server has logged
    del door.connection

    assert not channel.is_open
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_network_that_stalls_keeps_nobody_who_enqueues(broker: Broker, caplog: pytest.LogCaptureFixture) -> None:
    with proxy_to(broker.port) as network, sending(broker.url.replace(str(broker.port), str(network.port))) as enqueue:
        enqueue(Job.RECEIVE, 1)
        wait_until(lambda: broker.waiting(RECEIVE) == 1, what="the first hint")
        network.stall()

        for number in range(2 * HELD):  # returns, whatever becomes of them
            enqueue(Job.RECEIVE, number)
        network.flow()
        wait_until(lambda: broker.waiting(RECEIVE) >= HELD, what="those that were held")

    assert len(told(caplog, "broker away")) == 1


def test_a_broker_that_is_full_is_told_once_and_takes_hints_again_when_it_has_room(
    own_broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    own_broker.fill_up()

    with sending(own_broker.url) as enqueue:
        for number in range(20):
            enqueue(Job.RECEIVE, number)
        wait_until(lambda: bool(told(caplog, "broker away")), what="a line about it")
        with pytest.raises(BrokerAway):
            ask(Workers(broker=own_broker.url), seconds=0.5)
        own_broker.make_room()
        wait_until(lambda: bool(told(caplog, "broker back")), what="a line about that")

    assert len(told(caplog, "broker away")) == 1
    own_broker.lose_everything()


def test_a_round_trip_shows_whether_a_broker_is_there(broker: Broker) -> None:
    ask(Workers(broker=broker.url), seconds=5.0)

    with proxy_to(broker.port) as network:
        network.stall()
        with pytest.raises(BrokerAway):
            ask(Workers(broker=broker.url.replace(str(broker.port), str(network.port))), seconds=0.2)
    with pytest.raises(BrokerAway, match="refused"):
        ask(Workers(broker=broker.url.replace(str(broker.port), str(free_port()))), seconds=5.0)


def test_the_password_of_a_broker_comes_from_its_file_and_is_in_no_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("p@ss/word\n")
    wrong.write_text("guessed\n")
    with ExitStack() as running:
        with needed():
            server = running.enter_context(running_redis(password="p@ss/word"))

        ask(Workers(broker=server.url, password_file=right), seconds=5.0)
        with pytest.raises(BrokerAway) as refused:
            ask(Workers(broker=server.url, password_file=wrong), seconds=5.0)

    assert "guessed" not in f"{refused.value}{caplog.text}"


@pytest.mark.parametrize("url", ["redis://host:port/0", "amqp://host:port", "redis://host/0?socket_timeout=soon"])
def test_a_url_that_no_broker_can_be_asked_by_is_a_mistake_in_the_settings(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"workers\.broker cannot be read"):
        connect(Workers(broker=url))


def test_a_broker_whose_password_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretUnavailable, match="none: No such file"):
        connect(Workers(broker="redis://127.0.0.1/0", password_file=tmp_path / "none"))
