"""A gate that runs in this process: listeners, workers and schedule, from start to drained stop."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import dramatiq

from mailgate.config import HostPort, Settings
from mailgate.desks import is_ours
from mailgate.errors import Temporary
from mailgate.inbound.accept import Acceptance
from mailgate.inbound.clients import ListenerLimits
from mailgate.inbound.smtp import Gate, Listener
from mailgate.jobs import FailPoint, Job, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.mail.bounds import SECONDS_AT_WORK
from mailgate.mail.envelope import Door
from mailgate.wiring import build, refuse_unbuilt
from store.archive import ArchiveUnavailable
from store.engine import transaction
from store.keeping import serving
from store.post import work
from workers import broker as brokers
from workers import fetching
from workers.actors import Clock, register, utc_now
from workers.fetching import Fetcher, fetchers
from workers.metrics import Monitor
from workers.pace import Gathering, Pace
from workers.schedule import Schedule
from workers.watch import Watch

log = logging.getLogger(__name__)

CLIENT_SECONDS, WORK_SECONDS = 15.0, 10.0
"""For clients in the middle of a message, then for work in hand: SIGTERM to exit takes less than 30 seconds."""


WAKE_MILLISECONDS = 250
"""How often an idle worker looks whether it is to stop; dramatiq's own second makes every stop take two."""


RECEIVERS = 3
"""Two that lead what has gathered, and one that brings them more."""


class AlreadyServed(Temporary):
    """Another `serve` works on this store."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A door that is open, and where."""

    door: Door
    host: str
    port: int


class Running:
    """An embedded gate. `start` inside an event loop; `stop` drains it. Raises NotBuilt."""

    def __init__(
        self, settings: Settings, *, workers: bool = True, clock: Clock = utc_now, fail_point: FailPoint = no_fail_point
    ) -> None:
        refuse_unbuilt(settings)
        by_job = {job: brokers.connect(settings.workers.broker) for job in Job} if workers else None
        self._pace = Pace()
        enqueue = brokers.enqueuer(by_job) if by_job else _no_job
        self._watch = Watch(SECONDS_AT_WORK)
        self.parts = build(
            settings,
            enqueue,
            computing=self._pace.computing,
            aside=self._pace.computing.aside,
            bounded=self._watch,
            fail_point=fail_point,
        )
        self.acceptance: Acceptance = self.parts.acceptance(self._pace.coming, self._hand_over)
        if by_job is None:
            self.acceptance.leave_to_sweep()
        self._brokers = by_job
        self.clock = clock
        self._workers: tuple[dramatiq.Worker, ...] = ()
        self._received: Gathering | None = None
        self._schedule: Schedule | None = None
        self._listeners: list[Listener] = []
        self._monitor: Monitor | None = None
        self._lock: IO[str] | None = None
        self._fetchers: Sequence[Fetcher] = ()

    async def start(self) -> tuple[Listening, ...]:
        """Open the doors; returns where. Raises AlreadyServed, OSError when an address cannot be had."""
        if self._brokers is not None:
            self._lock = _lock(self.parts.settings.store.archive)
            self._clear_archive()
            self._take_up()
            self._received = register(self._brokers, self.parts, self._pace, clock=self.clock)
        self.acceptance.start()
        opened = await self._listen()
        self._fetchers = fetchers(self.parts, self.acceptance, clock=self.clock)
        for one in self._fetchers:
            one.start()
        address = self.parts.settings.metrics.listen
        if address is not None:
            self._monitor = Monitor(self.parts.settings, self.parts.engine, address, clock=self.clock)
            self._monitor.start()
        if self._brokers is not None:
            self._workers = _workers(self._brokers, sending=self.parts.settings.workers.threads)
            self._schedule = Schedule(self.parts, clock=self.clock)
            self._schedule.start()
        return opened

    async def stop(self) -> None:
        """Take no more, finish what is in hand, and leave the rest in its rows."""
        await asyncio.gather(
            asyncio.to_thread(fetching.stop, self._fetchers),
            *(listener.stop(grace_seconds=CLIENT_SECONDS) for listener in self._listeners),
        )
        await asyncio.to_thread(self._rest)

    def _rest(self) -> None:
        self.acceptance.stop()
        if self._schedule is not None:
            self._schedule.stop()
        if self._received is not None:
            self._received.close()
        with ThreadPoolExecutor() as side_by_side:  # each waits for what it has in hand
            for worker in self._workers:
                side_by_side.submit(worker.stop, timeout=int(WORK_SECONDS * 1000))
        self._watch.stop()
        if self._monitor is not None:
            self._monitor.stop()
        self.parts.close()
        if self._lock is not None:
            self._lock.close()

    def _hand_over(self, job: Job, row_id: int) -> None:
        """A mail is on disk. While its like are worked it joins them; the broker would only bring it there."""
        if self._received is None or not self._received.leave(row_id):
            self.parts.enqueue(job, row_id)

    async def _listen(self) -> tuple[Listening, ...]:
        settings = self.parts.settings
        limits = ListenerLimits(
            max_message_bytes=settings.limits.max_message_bytes,
            max_line_bytes=settings.limits.max_line_bytes,
            max_recipients=settings.limits.max_recipients,
            max_connections=settings.limits.max_connections,
            max_connections_per_address=settings.limits.max_connections_per_address,
            idle_seconds=settings.limits.idle_seconds,
            data_seconds=settings.limits.data_seconds,
        )
        ours: Callable[[str], bool] = partial(_is_ours, settings)
        gate = Gate(self.acceptance, ours, limits, clock=self.clock)
        opened = []
        doors: tuple[tuple[Door, HostPort | None], ...] = (
            (Door.SMTP, settings.smtp.listen),
            (Door.LMTP, settings.lmtp.listen),
        )
        for door, address in doors:
            if address is None:
                continue
            tls = _tls(settings) if door is Door.SMTP else None
            listener = Listener(door, gate, limits, hostname=settings.gate.domain, tls=tls)
            port = await listener.start(address.host, address.port)
            self._listeners.append(listener)
            opened.append(Listening(door, address.host, port))
            log.info(LogEvent.LISTENING(door=door.value, host=address.host, port=port))
        return tuple(opened)

    def _clear_archive(self) -> None:
        """What a former process was writing when it died; it only takes room, so a failure here stops nothing."""
        try:
            removed = self.parts.archive.objects.remove_unfinished()
        except (OSError, ArchiveUnavailable) as error:
            log.warning(LogEvent.FILES_NOT_REMOVED(error=error))
            return
        if removed:
            log.info(LogEvent.FILES_REMOVED(removed=removed))

    def _take_up(self) -> None:
        """What a former process had in hand or in its queue: they ended with it, and this one's workers are alone."""
        now = self.clock()
        with transaction(self.parts.engine) as conn:
            mails_in, mails_out = work.take_over(conn, now=now)
        if mails_in or mails_out:
            log.info(LogEvent.TAKEN_UP(in_=mails_in, out=mails_out))


def _workers(by_job: brokers.Brokers, *, sending: int) -> tuple[dramatiq.Worker, ...]:
    """Threads of its own for each job, started: a smarthost or a spamd that hangs keeps no mail from its ticket."""
    threads = {Job.RECEIVE: RECEIVERS, Job.DELIVER: sending, Job.TEACH: 1}
    workers = tuple(
        dramatiq.Worker(by_job[job], worker_threads=number, worker_timeout=WAKE_MILLISECONDS)
        for job, number in threads.items()
    )
    for worker in workers:
        worker.start()
    return workers


def _is_ours(settings: Settings, address: str) -> bool:
    return is_ours(address, settings.desks, settings.gate.domain)


def _no_job(job: Job, row_id: int) -> None:
    """Without workers: the rows wait for `mailgate due run`, or for the sweep of workers elsewhere."""


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.smtp.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.smtp.certificate, settings.smtp.key)
    return context


def _lock(directory: Path) -> IO[str]:
    """Hold the store for this process: two would take each other's rows for abandoned ones."""
    file = serving.take(directory)
    if file is None:
        raise AlreadyServed(f"another `mailgate serve` works on the store of {directory}")
    return file
