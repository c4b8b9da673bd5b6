"""The broker, embedded or distributed, and Enqueue on top of it. The database is the queue; a broker only wakes up."""

import logging
from collections.abc import Mapping

import dramatiq
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Callbacks, CurrentMessage, Retries, ShutdownNotifications

from mailgate.errors import Misconfigured
from mailgate.jobs import Enqueue, Job
from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)

EMBEDDED = "memory://"

Brokers = Mapping[Job, dramatiq.Broker]
"""The broker of each job: where each has workers of its own, a broker of its own too, for it knows the workers."""


class UnknownBroker(Misconfigured):
    """No broker is built for this URL."""


def connect(url: str) -> dramatiq.Broker:
    """The broker at `workers.broker`. Raises UnknownBroker."""
    if url != EMBEDDED:
        raise UnknownBroker(f"workers.broker = {url!r}: only {EMBEDDED!r} is built so far")
    # No AgeLimit (it drops silently), no TimeLimit (it breaks no blocking call: sockets have timeouts of their own),
    # and no retries by the broker: a job that fails leaves its row, and the sweep looks at rows.
    return StubBroker(middleware=[Callbacks(), CurrentMessage(), ShutdownNotifications(), Retries(max_retries=0)])


def enqueuer(brokers: Brokers) -> Enqueue:
    """Sends a job as (name, row id); a broker that is away is logged, and the sweep does the rest."""

    def enqueue(job: Job, row_id: int) -> None:
        message: dramatiq.Message[None] = dramatiq.Message(
            queue_name=job.value, actor_name=job.value, args=(row_id,), kwargs={}, options={}
        )
        try:
            brokers[job].enqueue(message)
        except Exception:
            log.warning(LogEvent.NOT_ENQUEUED(job=job.value, row=row_id), exc_info=True)

    return enqueue
