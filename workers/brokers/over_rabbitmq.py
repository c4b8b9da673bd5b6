"""Hints over RabbitMQ."""

import logging
from typing import Any

import pika.exceptions
from dramatiq.broker import Consumer
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.middleware import Middleware

from store.post.leases import SWEEP_GRACE
from workers.brokers.hints import MOST_WAITING, SOCKET_SECONDS, Taking, declare

HEARTBEAT_SECONDS = 10
"""Broker and client take each other for dead after two of them without a byte."""

QUEUE = {
    "x-max-length": MOST_WAITING,
    "x-overflow": "drop-head",  # those that have waited longest, which the sweep sends again soonest
    "x-message-ttl": int(SWEEP_GRACE.total_seconds() * 1000),  # when it does
}
"""What cannot be changed of a queue that is there: another value needs another name. No dead letters go anywhere."""


def _is_news(record: logging.LogRecord) -> bool:
    """Not that what a broker has hung up cannot be closed: it is told once that it is away."""
    return not record.getMessage().startswith("Encountered exception while closing")


class RabbitmqHints(RabbitmqBroker):
    """dramatiq's broker, bounded."""

    def __init__(self, url: str, middleware: list[Middleware], *, shown: str) -> None:
        # Each attempt at a broker that is away would be told in twenty lines.
        logging.getLogger("pika").setLevel(logging.CRITICAL)
        self._taking = Taking(shown)
        super().__init__(url=url, confirm_delivery=True, middleware=middleware)
        self.logger.addFilter(_is_news)
        for node in self._nodes():
            node.heartbeat = HEARTBEAT_SECONDS
            node.connection_attempts = 1
        self._answer_within(SOCKET_SECONDS)

    def declare_queue(self, queue_name: str, *, ensure: bool = False) -> None:
        """Make it at the broker when that is asked to be ensured. Raises ConnectionClosed."""
        if declare(self, queue_name):
            self.queues_pending.add(queue_name)
        if ensure:
            self._ensure_queue(queue_name)  # type: ignore[no-untyped-call]

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """Take what is sent. Raises ConnectionClosed."""
        try:
            return self._taking.begin(queue_name, lambda: RabbitmqBroker.consume(self, queue_name, prefetch, timeout))
        finally:
            del self.connection  # which declared the queue; the consumer has one of its own

    def idle(self) -> None:
        """Heartbeats, without which the broker would hang up."""
        if getattr(self.state, "connection", None) is None:
            return
        try:
            self.connection.process_data_events(0)
        except pika.exceptions.AMQPError:
            del self.connection

    def ask(self, *, seconds: float) -> None:
        """A RabbitMQ that is full takes nothing, and says so or is silent."""
        self._answer_within(seconds)
        channel = self.channel  # which confirms what it takes
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.basic_publish(exchange="", routing_key=queue, body=b"1")
        if channel.basic_get(queue, auto_ack=True)[2] != b"1":
            raise LookupError("what was sent does not come back")

    def _answer_within(self, seconds: float) -> None:
        for node in self._nodes():
            node.socket_timeout = node.stack_timeout = node.blocked_connection_timeout = seconds

    def _nodes(self) -> list[Any]:
        return self.parameters if isinstance(self.parameters, list) else [self.parameters]

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        return dict(QUEUE)

    def _declare_dq_queue(self, queue_name: str) -> None:
        pass  # no hint is delayed

    def _declare_xq_queue(self, queue_name: str) -> None:
        pass  # no hint is kept when it is dead
