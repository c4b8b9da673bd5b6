"""Hints over Redis."""

from typing import Any

import dramatiq
import redis
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Middleware
from redis.backoff import NoBackoff
from redis.retry import Retry

from workers.brokers.hints import MOST_WAITING, SOCKET_SECONDS, Taking, declare

_ROUND_TRIP = "mailgate.round-trip"


class RedisHints(RedisBroker):
    """dramatiq's broker, bounded."""

    def __init__(self, url: str, middleware: list[Middleware], *, shown: str) -> None:
        self._taking = Taking(shown)
        pool = redis.ConnectionPool.from_url(
            url,
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
            retry=Retry(NoBackoff(), 1),  # for a connection that broke unnoticed
        )
        client = redis.Redis(connection_pool=pool)
        super().__init__(client=client, middleware=middleware)  # type: ignore[no-untyped-call]

    def declare_queue(self, queue_name: str) -> None:
        """Has no effect on Redis."""
        declare(self, queue_name)

    def enqueue(self, message: "dramatiq.Message[Any]", *, delay: int | None = None) -> "dramatiq.Message[Any]":
        """Send it, unless as many wait as may."""
        if self.client.llen(f"{self.namespace}:{message.queue_name}") >= MOST_WAITING:
            return message
        return super().enqueue(message, delay=delay)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """Take what is sent. Raises ConnectionClosed."""
        return self._taking.begin(queue_name, lambda: RedisBroker.consume(self, queue_name, prefetch, timeout))

    def idle(self) -> None:
        """Connections stay by themselves."""

    def ask(self, *, seconds: float) -> None:
        """A Redis that is full, or takes no writes, answers with an error."""
        self.client.connection_pool.connection_kwargs.update(socket_timeout=seconds, socket_connect_timeout=seconds)
        self.client.set(_ROUND_TRIP, b"1", ex=60)
        if self.client.get(_ROUND_TRIP) != b"1":
            raise LookupError("what was stored is not there")

    def close(self) -> None:
        """Give connections back."""
        self.client.close()
