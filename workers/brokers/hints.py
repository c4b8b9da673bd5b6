"""A hint says which job has something to look at, in which row. It may be lost, come twice or come late.

What must not happen is that hints pile up at a broker, whoever is away: a queue holds MOST_WAITING of them at most.
There are no delayed hints and no dead letters: what a job leaves undone is its row.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import dramatiq
from dramatiq.broker import Consumer, MessageProxy
from dramatiq.errors import ConnectionClosed

from mailgate.jobs import Job
from workers.brokers.answering import Answering

MOST_WAITING = 10_000
"""Hints in one queue, a few megabytes. Those that find no room are sent again by the sweep."""

SOCKET_SECONDS = 5.0
"""For a connection, and for each answer: a broker that takes longer is away."""

Hint = dramatiq.Message[None]


class SharedBroker(Protocol):
    """What is asked of a broker beside what dramatiq's workers ask."""

    def enqueue(self, message: Hint) -> object:
        """Send a hint. Raises what the client of the broker raises."""

    def idle(self) -> None:
        """Nothing is to be sent for a while: keep the connection."""

    def ask(self, *, seconds: float) -> None:
        """Store something and get it back, in so many seconds for each answer. Raises whatever goes wrong."""

    def close(self) -> None:
        """Give connections back."""


def queue_of(job: Job) -> str:
    """What the queue of a job is called at the broker, where others may have queues too."""
    return f"mailgate.{job.value}"


def hint(job: Job, row_id: int) -> Hint:
    """What is sent."""
    return dramatiq.Message(queue_name=queue_of(job), actor_name=job.value, args=(row_id,), kwargs={}, options={})


def declare(broker: dramatiq.Broker, queue_name: str) -> bool:
    """As dramatiq's brokers do, without a queue for delayed messages beside it. False when it was declared before."""
    queues: Any = broker.queues
    if queue_name in queues:
        return False
    broker.emit_before("declare_queue", queue_name)
    queues.add(queue_name)
    broker.emit_after("declare_queue", queue_name)
    return True


class Taking:
    """Begins to take hints off the queues of one broker, and remembers which of them answered last."""

    def __init__(self, broker: str) -> None:
        self._broker = broker
        self._answering: dict[str, Answering] = {}

    def begin(self, queue_name: str, consume: Callable[[], Consumer]) -> Consumer:
        """A consumer of this queue. Raises ConnectionClosed, upon which dramatiq tries again in three seconds."""
        answering = self._answering.setdefault(queue_name, Answering(self._broker, f"taking from {queue_name}"))
        # It would be told with each attempt, as critical.
        logging.getLogger(f"dramatiq.worker.ConsumerThread({queue_name})").setLevel(logging.CRITICAL + 1)
        try:
            return Hints(consume(), answering)
        except Exception as error:  # noqa: BLE001 - told once, whatever it was
            answering.no(error)
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]


class Hints(Consumer):
    """Takes hints off one queue. Whatever goes wrong is the connection's fault, and told once.

    A hint that fails is dropped like one that succeeds, and one that cannot be acknowledged comes again at worst.
    """

    def __init__(self, inner: Consumer, answering: Answering) -> None:
        self._inner = inner
        self._answering = answering

    def __next__(self) -> MessageProxy | None:
        """The next one, or None after a while without."""
        try:
            message = next(self._inner)
        except Exception as error:  # noqa: BLE001 - told once, whatever it was
            self._answering.no(error)
            raise ConnectionClosed(error) from None  # type: ignore[no-untyped-call]
        self._answering.yes()
        return message

    def ack(self, message: MessageProxy) -> None:
        """It need not come again. dramatiq would hold the worker's thread until the broker has heard of it."""
        self._try(lambda: self._inner.ack(message))

    def nack(self, message: MessageProxy) -> None:
        """The same: its row stays, and the sweep looks at rows."""
        self.ack(message)

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Give back what was fetched and not begun."""
        self._try(lambda: self._inner.requeue(messages))

    def close(self) -> None:
        """Take no more."""
        self._try(self._inner.close)

    def _try(self, ask: Callable[[], None]) -> None:
        try:
            ask()
        except Exception as error:  # noqa: BLE001 - told once, whatever it was
            self._answering.no(error)
