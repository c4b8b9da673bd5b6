"""One actor for each job: calls its flow, and nothing more."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import dramatiq

from mailgate.jobs import Job
from mailgate.log_events import LogEvent
from mailgate.wiring import Parts
from workers.brokers.connecting import Brokers, is_shared
from workers.brokers.hints import queue_of
from workers.pace import Gathering, Pace

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of production."""
    return datetime.now(UTC)


def register(
    brokers: Brokers, parts: Parts, pace: Pace, *, clock: Clock = utc_now, alone: Callable[[], bool] = lambda: True
) -> Gathering:
    """Give the broker of each job an actor for it, under the job's name and in a queue of its own.

    Each piece of work steps aside for what is more urgent. Mails that wait at the same time are received together, by
    what is returned; it is closed before the workers stop. `alone`: no other process has workers for this store now.
    """
    shared = is_shared(parts.settings.workers)
    received = pace.gathering(
        parts.receive_all,
        leaders=2 if parts.checkers else 1,
        clock=clock,
        alone=alone,
        shared=shared,
    )
    actors = {job: _actor(job, flow, clock, pace) for job, flow in parts.work.items()}
    actors[Job.RECEIVE] = received.bring
    for job, broker in brokers.items():
        dramatiq.actor(broker=broker, actor_name=job.value, queue_name=queue_of(job))(actors[job])
    return received


def _actor(job: Job, flow: Callable[[int, datetime], None], clock: Clock, pace: Pace) -> Callable[[int], None]:
    def work(row_id: int) -> None:
        pace.step_aside()
        try:
            flow(row_id, clock())
        except Exception:
            # Flows answer for their rows themselves; what comes through is a fault of theirs. The row stays, with its
            # attempt counted, and is looked at again when its lease runs out.
            log.exception(LogEvent.BROKEN_JOB(job=job.value, row=row_id))

    return work
