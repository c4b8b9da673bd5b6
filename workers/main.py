"""Processes without doors: workers by themselves, on any host, and the schedule by itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from mailgate.config import Settings
from mailgate.config.kinds import MEMORY_BROKER
from mailgate.errors import Misconfigured
from mailgate.jobs import FailPoint, Job, no_fail_point
from workers.brokers.connecting import is_shared
from workers.crew import Crew


class NeedsBroker(Misconfigured):
    """What was asked for is the work of a broker, and the settings name none."""


class Backstage:
    """A crew with nobody at the door: `start` and `stop` as a gate has them."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew

    async def start(self) -> None:
        """Begin to work. Raises AlreadyServed."""
        await asyncio.to_thread(self._crew.take_store)
        self._crew.start()

    async def stop(self) -> None:
        """Finish what is in hand, and leave the rest in its rows."""
        await asyncio.to_thread(self._crew.stop)
        self._crew.close()


def worker(
    settings: Settings,
    *,
    jobs: Sequence[Job] = tuple(Job),
    threads: int | None = None,
    fail_point: FailPoint = no_fail_point,
) -> Backstage:
    """Workers for these jobs, `threads` of them that send. Without a shared broker they look for rows by themselves.

    Raises NeedsBroker, UnusableBroker.
    """
    if not is_shared(settings.workers) and set(jobs) != set(Job):
        raise NeedsBroker(
            f'workers.broker = "{MEMORY_BROKER}": only a broker deals jobs out to workers for some of them; '
            "name one, or leave --queues out"
        )
    if threads is not None:
        settings = replace(settings, workers=replace(settings.workers, threads=threads))
    return Backstage(Crew(settings, jobs, does="worker", sweeps=True, fail_point=fail_point))


def schedule(settings: Settings) -> Backstage:
    """The sweep, while this process leads. Raises NeedsBroker, UnusableBroker."""
    if not is_shared(settings.workers):
        raise NeedsBroker(
            f'workers.broker = "{MEMORY_BROKER}": each process with workers sweeps for itself, and would not hear of '
            "what another one finds; leave `mailgate schedule` out, or name a broker"
        )
    return Backstage(Crew(settings, (), does="schedule", sweeps=True))
