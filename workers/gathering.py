"""Jobs of one kind that wait at the same time are worked together: they share what each would otherwise pay alone."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)

IN_HAND = 16
"""Rows that all groups have in hand: enough that transactions weigh little, few enough to be tried one by one after a
death."""


class Gathering:
    """Calls `flow` with the rows of the jobs that came while it was busy, from a few of the threads that bring them.

    `leaders`: groups that are worked at the same time. More than one is good where they wait for servers: one computes
    meanwhile. Where they only compute, two take longer than one.

    A thread that brings a row and finds leaders enough leaves it to them and is free for the next job. Nothing is lost
    when the process ends with rows in here: a job is a hint, and the sweep looks at rows.
    """

    def __init__(
        self,
        flow: Callable[[Sequence[int], datetime], None],
        *,
        leaders: int,
        clock: Callable[[], datetime],
        before: Callable[[], None],
    ) -> None:
        self._flow = flow
        self._clock = clock
        self._before = before
        self._lock = threading.Lock()
        self._waiting: deque[int] = deque()
        self._leaders = 0
        self._most_leaders = leaders
        self._at_once = max(1, IN_HAND // leaders)
        self._closed = False

    def bring(self, row_id: int) -> None:
        """Work this row, and whatever else waits; or leave it to who does so already."""
        with self._lock:
            self._waiting.append(row_id)
            if self._leaders == self._most_leaders:
                return
            self._leaders += 1
        while group := self._next():
            try:
                self._flow(group, self._clock())
            except Exception:
                # The flow answers for its rows itself; what comes through is a fault of its own. The rows stay, with
                # their attempt counted, and are looked at again when their leases run out.
                log.exception(LogEvent.BROKEN_ROWS(rows=",".join(map(str, group))))

    def close(self) -> None:
        """Take up no further group: the process ends."""
        with self._lock:
            self._closed = True

    def _next(self) -> Sequence[int]:
        """The rows of the next group; empty when the caller is no longer needed."""
        self._before()
        with self._lock:
            count = 0 if self._closed else min(self._at_once, len(self._waiting))
            group = tuple(self._waiting.popleft() for _ in range(count))
            if not group:
                self._leaders -= 1
            return group
