"""Pool: connections that are kept between messages."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mailgate.config import Tls
from mailgate.outbound.failure import SmarthostRefused, SmarthostUnreachable
from mailgate.outbound.pool import MAX_MESSAGES, Pool
from mailgate.outbound.smarthost import Smarthost
from tests.outbound.sink import HOST, Sink


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pool(sink: Sink, clock: Clock) -> Iterator[Pool]:
    opened = Pool(Smarthost(HOST, sink.port, tls=Tls.NONE, timeout_seconds=5), idle_seconds=10, clock=clock)
    yield opened
    opened.close()


def send(pool: Pool) -> None:
    with pool.connect() as session:
        session.envelope("", "anne@example.org")
        session.data(b"Subject: x\r\n\r\nx\r\n")


def test_second_message_takes_the_same_connection(sink: Sink, pool: Pool) -> None:
    send(pool)
    send(pool)

    assert len(sink.messages) == 2
    assert sink.connections == 1


def test_connection_idle_for_long_is_not_used_again(sink: Sink, pool: Pool, clock: Clock) -> None:
    send(pool)
    clock.now = 11.0
    send(pool)

    assert sink.connections == 2
    assert sink.verbs.count("QUIT") == 1


def test_connection_is_asked_whether_it_stands_only_after_a_while(sink: Sink, pool: Pool, clock: Clock) -> None:
    send(pool)
    send(pool)
    assert "RSET" not in sink.verbs

    clock.now = 2.0
    send(pool)

    assert sink.verbs.count("RSET") == 1
    assert sink.connections == 1


def test_envelope_without_its_message_is_taken_back(sink: Sink, pool: Pool) -> None:
    with pool.connect() as session:
        session.envelope("", "bart@example.org")
    send(pool)

    assert sink.paths == [("<>", ["anne@example.org"])]
    assert sink.connections == 1


def test_connection_that_no_longer_answers_is_replaced(sink: Sink, pool: Pool, clock: Clock) -> None:
    send(pool)
    clock.now = 2.0
    sink.replies["RSET"] = ["421 4.4.2 Too long idle"]
    send(pool)

    assert len(sink.messages) == 2
    assert sink.connections == 2


def test_refused_message_does_not_cost_the_connection(sink: Sink, pool: Pool) -> None:
    sink.replies["RCPT"] = ["550 5.1.1 No such user"]
    with pytest.raises(SmarthostRefused):
        send(pool)
    send(pool)

    assert sink.connections == 1


def test_connection_that_was_closed_is_not_kept(sink: Sink, pool: Pool) -> None:
    sink.replies["RCPT"] = ["421 4.3.2 Shutting down"]
    with pytest.raises(SmarthostUnreachable):
        send(pool)
    send(pool)

    assert sink.connections == 2


def test_two_messages_at_once_take_two_connections(sink: Sink, pool: Pool) -> None:
    with pool.connect() as first, pool.connect() as second:
        assert first is not second

    assert sink.connections == 2


def test_connection_is_given_up_after_many_messages(sink: Sink, pool: Pool) -> None:
    for _ in range(MAX_MESSAGES + 1):
        send(pool)

    assert sink.connections == 2
