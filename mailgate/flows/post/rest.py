"""A smarthost that does not answer is left alone, longer each time; after each rest one mail tries it for all others.

Without this, each mail that waits would knock by itself, and hold a worker for as long as a hanging server lets it.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mailgate.log_events import LogEvent
from store.engine import transaction
from store.post import smarthosts
from store.post.smarthosts import Down

log = logging.getLogger(__name__)

FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
"""A broken connection is over with the next; a server that is down for an hour is asked seven times in it or so."""

TRIAL = timedelta(minutes=15)
"""Whoever died while he tried blocks the others for so long: as long as a row is lent."""


def rest_after(failures: int) -> timedelta:
    """How long to leave it alone after so many failures, one after the other: 5 s, 10 s, 20 s … 10 min."""
    doublings: int = min(failures - 1, 30)
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)


@dataclass(slots=True)
class Turn:
    """One attempt to talk with the smarthost; who has it says how it went, or nothing when it came to none."""

    engine: Engine
    address: str
    now: datetime
    begun: float  # time.monotonic
    down: Down | None  # it failed before, and this attempt is its trial
    answered: bool = False  # whatever it said
    rests: bool = False

    def failed(self, reason: str) -> datetime:
        """It did not answer, or not as one can work with; returns until when it is left alone."""
        self.rests = True
        ended = self._ended()
        with transaction(self.engine) as conn:
            down, counts = smarthosts.add_failure(
                conn, self.address, reason=reason, now=ended, rest=rest_after, on_trial=self.down is not None
            )
        if counts:
            until = down.rests_until.isoformat(timespec="seconds")
            log.warning(
                LogEvent.SMARTHOST_RESTS(smarthost=self.address, failures=down.failures, until=until, error=reason)
            )
        return down.rests_until

    def end(self) -> None:
        """After a trial: it is back, or it was not tried after all and the next may."""
        if self.down is None or self.rests:
            return
        with transaction(self.engine) as conn:
            if self.answered:
                smarthosts.forget(conn, self.address)
            else:
                smarthosts.end_rest(conn, self.address, now=self._ended())
        if self.answered:
            log.info(LogEvent.SMARTHOST_BACK(smarthost=self.address, since=self.down.since.isoformat()))

    def _ended(self) -> datetime:
        return self.now + timedelta(seconds=time.monotonic() - self.begun)


def begin(conn: Connection, engine: Engine, address: str, now: datetime) -> Turn | None:
    """A turn with the smarthost, for whoever ends it; None while it rests. In a write transaction, which need not wait
    for the disk: a trial that is forgotten is begun once more."""
    down = smarthosts.load(conn, address)
    if down is not None and not _may_try(conn, down, now):
        return None
    return Turn(engine, address, now, time.monotonic(), down)


def _may_try(conn: Connection, down: Down, now: datetime) -> bool:
    return down.rests_until <= now and smarthosts.claim_trial(conn, down, until=now + TRIAL)
