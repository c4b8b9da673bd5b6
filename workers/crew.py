"""The workers of one process and what wakes them: threads for each job, the sweep, and the broker between."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import dramatiq

from mailgate.config import Settings
from mailgate.errors import Temporary
from mailgate.jobs import FailPoint, Job, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.mail.bounds import SECONDS_AT_WORK
from mailgate.wiring import build
from store.archive import ArchiveUnavailable
from store.engine import transaction
from store.keeping import serving
from store.post import work
from workers.actors import Clock, register, utc_now
from workers.brokers import connecting
from workers.brokers.connecting import Brokers
from workers.brokers.sender import Sender
from workers.pace import Gathering, Pace
from workers.presence import Presence
from workers.schedule import Schedule, always
from workers.watch import Watch

log = logging.getLogger(__name__)

WORK_SECONDS, LAST_SECONDS = 10.0, 3.0
"""For work in hand when the process is to end; then for a broker to hear of it."""

WAKE_MILLISECONDS = 250
"""How often an idle worker looks whether it is to stop; dramatiq's own second makes every stop take two."""

RECEIVERS = 3
"""Two that lead what has gathered, and one that brings them more."""


CHARGES_A_CALL = 2
"""Of so many charges as may be with the provider at once: while one is there, another is written down."""

CALLERS = 2
"""One hook that hangs does not keep the others waiting."""


class AlreadyServed(Temporary):
    """The workers of another process have this store."""


class Crew:
    """The parts of a process and its workers for some jobs, perhaps for none. Raises UnusableBroker.

    `does` tells others what kind of process it is; one that `sweeps` sends the jobs of all that is due, when it leads.
    """

    def __init__(
        self,
        settings: Settings,
        jobs: Sequence[Job],
        *,
        does: str,
        sweeps: bool,
        clock: Clock = utc_now,
        fail_point: FailPoint = no_fail_point,
    ) -> None:
        self.pace = Pace()
        self.clock = clock
        self._watch = Watch(SECONDS_AT_WORK)
        self._brokers: Brokers = {job: connecting.connect(settings.workers) for job in jobs}
        self._sender = _sender(settings)
        enqueue = self._sender or (connecting.enqueuer(self._brokers) if jobs else _no_job)
        self.parts = build(
            settings,
            enqueue,
            computing=self.pace.computing,
            aside=self.pace.computing.aside,
            bounded=self._watch,
            fail_point=fail_point,
        )
        self._workers: tuple[dramatiq.Worker, ...] = ()
        self._received: Gathering | None = None
        self._presence: Presence | None = None
        if not settings.store.is_embedded or connecting.is_shared(settings.workers):
            self._presence = Presence(self.parts.engine, does=does, sweeps=sweeps)
        self._schedule: Schedule | None = None
        if sweeps:
            leads = self._presence.leads if self._presence and connecting.is_shared(settings.workers) else always
            self._schedule = Schedule(self.parts, clock=clock, leads=leads)
        self._lock: IO[str] | None = None

    @property
    def is_heard(self) -> bool:
        """Some worker hears of what is enqueued here; else rows wait for whoever sweeps next."""
        return bool(self._brokers) or self._sender is not None

    def take_store(self) -> None:
        """Before the doors open: have the store, and what a former process left in it. Raises AlreadyServed."""
        if self._brokers and self.parts.settings.store.is_embedded:
            self._lock = _lock(self.parts.settings.store.archive)
            self._take_up()
        if self._presence is not None:
            self._presence.start()
        if self._sender is not None:
            self._sender.start()
        if not self._brokers:
            return
        self._clear_archive()
        alone = self._presence.works_alone if self._presence else always
        self._received = register(self._brokers, self.parts, self.pace, clock=self.clock, alone=alone)

    def start(self) -> None:
        """Begin to work."""
        self._workers = _workers(self._brokers, self.parts.settings)
        if self._schedule is not None:
            self._schedule.start()

    def hand_over(self, job: Job, row_id: int) -> None:
        """A mail is on disk. While its like are worked it joins them; the broker would only bring it there."""
        if self._received is None or not self._received.leave(row_id):
            self.parts.enqueue(job, row_id)

    def stop(self) -> None:
        """Finish what is in hand, take up no more, and leave the rest in its rows."""
        if self._schedule is not None:
            self._schedule.stop()
        if self._received is not None:
            self._received.close()
        _stop(self._workers)
        if self._sender is not None:
            self._sender.stop()
        self._watch.stop()
        if self._presence is not None:
            self._presence.stop()

    def close(self) -> None:
        """Give everything back."""
        self.parts.close()
        if self._lock is not None:
            self._lock.close()

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


def _sender(settings: Settings) -> Sender | None:
    if not connecting.is_shared(settings.workers):
        return None
    return Sender(connecting.connect(settings.workers), shown=connecting.shown(settings.workers))


def _workers(by_job: Brokers, settings: Settings) -> tuple[dramatiq.Worker, ...]:
    """Threads of its own for each job, started: a smarthost, spamd or hook that hangs keeps no mail from its ticket."""
    threads = {
        Job.RECEIVE: RECEIVERS,
        Job.DELIVER: settings.workers.threads,
        Job.TEACH: 1,
        Job.LEDGER: 1,
        Job.BILL: 1,
        Job.HOOK: CALLERS,
        Job.CHARGE: CHARGES_A_CALL * settings.payments.at_once if settings.payments.is_automatic else 1,
        Job.OFFER: settings.payments.at_once if settings.payments.is_automatic else 1,
        Job.CARD: 1,
        Job.REFUND: 2,
        Job.PROVIDER: 1,
    }
    workers = tuple(
        dramatiq.Worker(broker, worker_threads=threads[job], worker_timeout=WAKE_MILLISECONDS)
        for job, broker in by_job.items()
    )
    for worker in workers:
        worker.start()
    return workers


def _stop(workers: Sequence[dramatiq.Worker]) -> None:
    """Each waits for what it has in hand; not for a broker that says nothing."""
    stopping = [
        threading.Thread(target=worker.stop, kwargs={"timeout": int(WORK_SECONDS * 1000)}, daemon=True)
        for worker in workers
    ]
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join(WORK_SECONDS + LAST_SECONDS)


def _no_job(job: Job, row_id: int) -> None:
    """Without workers: the rows wait for `mailgate due run`, or for the sweep of workers elsewhere."""


def _lock(directory: Path) -> IO[str]:
    """Hold the store for this process: two would take each other's rows for abandoned ones."""
    file = serving.take(directory)
    if file is None:
        raise AlreadyServed(
            f"another `mailgate serve` works on the store of {directory}, or a `mailgate worker`: "
            "one process alone has the workers of an SQLite store, as many as `workers.threads` says"
        )
    return file
