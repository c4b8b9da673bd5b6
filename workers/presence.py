"""Presence: this process among those that work on the same store. It is seen, it may lead, and it buries the dead."""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine

from mailgate.log_events import LogEvent
from store.engine import transaction
from store.post import processes, work
from store.post.processes import DEAD, MY_NAME, PRESENT, Process

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
STOP_SECONDS = 3.0


class Presence:
    """A thread that renews this process's row until it is stopped."""

    def __init__(self, engine: Engine, *, does: str, sweeps: bool, every_seconds: float = BEAT_SECONDS) -> None:
        self._engine = engine
        self._does = does
        self._sweeps = sweeps
        self._every_seconds = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)
        self._leads_until = float("-inf")
        self._leads = self._away = False
        self._alone = True
        self._seen_since = self._seen_last = float("-inf")

    def start(self) -> None:
        """Be there before any work is begun. Raises what the store raises."""
        self._beat()
        self._thread.start()

    def leads(self) -> bool:
        """This process sweeps for all, as far as it knows: not if it could not renew its row for long."""
        return self._leads and time.monotonic() < self._leads_until

    def works_alone(self) -> bool:
        """No other process with workers was seen at the last beat."""
        return self._alone

    def stop(self) -> None:
        """Leave, so that another may lead at once."""
        self._stop.set()
        self._thread.join(STOP_SECONDS)
        try:
            with transaction(self._engine, durable=False) as conn:
                work.leave(conn)
        except Exception as error:  # noqa: BLE001 - it is taken for dead in time
            log.warning(LogEvent.NOT_RENEWED(error=error))

    def _run(self) -> None:
        while not self._stop.wait(self._every_seconds):
            try:
                self._beat()
            except Exception as error:  # noqa: BLE001 - told once, whatever it was; the next beat may do
                if not self._away:
                    log.warning(LogEvent.NOT_RENEWED(error=error))
                self._away = True

    def _beat(self) -> None:
        with transaction(self._engine, durable=False) as conn:
            now = processes.time_of(conn)
            processes.renew(conn, does=self._does, sweeps=self._sweeps, now=now)
            known = processes.listing(conn)
        self._away = False
        self._alone = not any(one.works and one.is_present(now) and one.name != MY_NAME for one in known)
        self._note(processes.leader(known, now=now))
        for dead in self._dead(known, now):
            with transaction(self._engine) as conn:
                freed = work.bury(conn, dead, now=now)
            if freed is not None:
                mails_in, mails_out = freed
                log.warning(
                    LogEvent.BURIED(
                        process=dead.name, does=dead.does, host=dead.host, pid=dead.pid, in_=mails_in, out=mails_out
                    )
                )

    def _note(self, leader: Process | None) -> None:
        at = time.monotonic()
        if at - self._seen_last > PRESENT.total_seconds():
            self._seen_since = at
        self._seen_last, self._leads_until = at, at + PRESENT.total_seconds()
        leads = leader is not None and leader.name == MY_NAME
        if leads and not self._leads:
            log.info(LogEvent.LEADS(process=MY_NAME))
        self._leads = leads

    def _dead(self, known: Iterable[Process], now: datetime) -> list[Process]:
        """Of this host, whoever has ended; of others, whoever was not seen for long.

        After the store was away nobody has been seen: only who has seen it himself all the while may judge.
        """
        judges = self._seen_last - self._seen_since >= DEAD.total_seconds()
        return [one for one in known if processes.died_here(one) or (judges and now - one.seen_at > DEAD)]
