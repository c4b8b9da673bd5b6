"""The demo's time: real, moved forward at will, with everything done on the way that falls due."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.flows.due import DueItem, DueKind, due
from mailgate.flows.story.morning import morning
from mailgate.mail.disposition import Disposition
from mailgate.wiring import Parts
from store.engine import reading
from store.post import outbox, spool
from store.post.outbox import OutState
from workers.actors import utc_now

HORIZON = timedelta(days=400)
"""How far is looked for what is due next: further than a ticket can be put off."""

REST_SECONDS = 10.0
"""How long work in hand is waited for."""

MOST_STOPS = 1_000

T = TypeVar("T")

_UNSEEN = (DueKind.LEDGER, DueKind.OFFER, DueKind.PROVIDER)
"""Nobody sees what comes of it: time need not stop for it. What is paid by a link its double says at once."""

_LISTS = (DueKind.HELD_ALERT, DueKind.HELD_DIGEST, DueKind.QUEUE_LIST)


class DemoClock:
    """Tells the time of the demo, which begins so long `ago`. It never goes back."""

    def __init__(self, ago: timedelta = timedelta()) -> None:
        self._ahead = -ago

    def __call__(self) -> datetime:
        """The instant, in UTC."""
        return utc_now() + self._ahead

    def move_to(self, at: datetime) -> None:
        """It is `at` now, if it was earlier."""
        self._ahead = max(self._ahead, at - utc_now())


class TimeMachine:
    """Moves the clock of a gate that runs, by the code that its schedule and `mailgate due run` use.

    `others_rest`: nothing is on its way to the gate that must not come late. `last_done` is how much the last step did,
    by kind.
    """

    def __init__(self, parts: Parts, clock: DemoClock, others_rest: Callable[[], bool] = lambda: True) -> None:
        self._parts = parts
        self._clock = clock
        self._others_rest = others_rest
        self._looked_at = clock()
        self._one_at_a_time = threading.Lock()
        self.last_done: Mapping[str, int] = {}

    def next_item(self) -> DueItem | None:
        """What is due next; None when nothing ever is."""
        return self._due_after(self._clock())

    def forward(self, by: timedelta) -> Mapping[str, int]:
        """Let time pass; returns how much was done, by kind.

        Time stops at each instant at which something is due, as it would have been done then: whoever is silent for 36
        hours is warned after 24. The clock goes on meanwhile: what has come due since the last stop is done before the
        next.
        """
        done: Counter[str] = Counter()
        with self._one_at_a_time:
            self._looked_at = self._clock()
            until = self._looked_at + by
            for _ in range(MOST_STOPS):
                self.rest()
                item = self._due_after(self._looked_at)
                if item is None or item.due_at > until:
                    break
                done.update(self._do_at(item.due_at))
            done.update(self._do_at(until))
            self.last_done = dict(done)
        return done

    def to_next(self) -> Mapping[str, int]:
        """Let time pass until the next thing is due, and do it; nothing happens when nothing is."""
        with self._one_at_a_time:
            self.rest()
            item = self.next_item()
            self.last_done = self._do_at(item.due_at) if item else {}
            return self.last_done

    def rest(self) -> None:
        """Wait for the workers: what they have in hand must not look as if it had been left for hours."""
        wait_for(self._is_at_rest, seconds=REST_SECONDS)

    def _do_at(self, at: datetime) -> Mapping[str, int]:
        self._clock.move_to(at)
        self._looked_at = self._clock()
        return self._parts.run_due(self._looked_at)

    def _due_after(self, instant: datetime) -> DueItem | None:
        with reading(self._parts.engine) as conn:
            return next_due(conn, self._parts.settings, instant)

    def _is_at_rest(self) -> bool:
        if not self._others_rest():
            return False
        with reading(self._parts.engine) as conn:
            if spool.listing(conn, dispositions=(Disposition.WAITING,), limit=1):
                return False
            leaving = outbox.listing(conn, states=(OutState.QUEUED, OutState.SENDING))
        soon = self._clock() + timedelta(seconds=REST_SECONDS)  # what leaves later is not waited for
        in_hand = [row for row in leaving if row.due_at is None or row.due_at <= soon]
        return not any(row.state is OutState.SENDING or row.attempts == 0 for row in in_hand)


def next_due(conn: Connection, settings: Settings, now: datetime) -> DueItem | None:
    """The first thing that is due after `now`."""
    # Asked for a day far away the lists name that day's: they are looked for at the coming morning, and just before,
    # when the one that then takes the place of the alert is not yet due.
    dawn = morning(now + timedelta(days=1), settings)
    lists = [item for at in (dawn - timedelta.resolution, dawn) for item in due(conn, settings=settings, at=at)]
    others = due(conn, settings=settings, at=now + HORIZON)
    coming = [
        *(item for item in lists if item.kind in _LISTS and item.due_at > now),
        *(item for item in others if item.kind not in (*_LISTS, *_UNSEEN) and item.due_at > now),
    ]
    return min(coming, key=lambda item: item.due_at, default=None)


def wait_for(look: Callable[[], T], *, seconds: float) -> T:
    """Look, in real time, until something is there, but not longer than so many seconds; returns what was seen last."""
    deadline = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return seen
