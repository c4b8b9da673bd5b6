"""Pace: whose turn it is among the threads of one process. All that they do is right without it, and slower.

One interpreter and one write lock are shared by clients that wait for a reply, by mails that wait for their ticket, and
by whoever looks at a page. `docs/architecture.md` draws the threads, and what each of them waits for.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime

from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)

QUIET_SECONDS = 0.005
"""A pause of this length ends a rush: time for a worker to take up a mail, too short for one client after another."""

LONGEST_SECONDS = 5.0
"""A rush that lasts longer is the usual load: from then on the work goes on beside it."""

LOOK_SECONDS = 0.001

IN_HAND = 16
"""Rows that all groups have in hand: enough that transactions weigh little, few enough to be tried one by one after a
death."""

BESIDE_OTHERS = 4
"""Rows of one group where other processes work the same store. A group holds the authors and threads of all its mails
until it is written: of two groups of sixteen, one nearly always waits for the other."""


class Pace:
    """One for a process, passed to whatever runs beside others in it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._rush = Rush(clock)
        self.computing = Computing(self._rush)

    def coming(self, accepted: "Future[int]") -> None:
        """A mail comes in, and is answered for when this is done."""
        self._rush.enter()
        accepted.add_done_callback(lambda _: self._rush.leave())

    def step_aside(self) -> None:
        """Come back when there is nothing more urgent: before each piece of work."""
        self._rush.wait()

    def gathering(
        self,
        flow: Callable[[Sequence[int], datetime], None],
        *,
        leaders: int,
        clock: Callable[[], datetime],
        alone: Callable[[], bool] = lambda: True,
        shared: bool = False,
    ) -> "Gathering":
        """Jobs of one kind, worked together and stepping aside; of a `shared` queue others are left their part.

        `alone`: no other process works the same rows just now.
        """
        return Gathering(
            flow,
            leaders=leaders,
            clock=clock,
            before=self.step_aside,
            alone=alone,
            most=IN_HAND if shared else None,
        )


class Computing:
    """Held by a job while it computes and writes, not while it waits for a server: two threads that compute only fight
    for the one interpreter, and lose a third of its time by it.

    Who enters steps aside first, in the middle of a job, too: at one mail after the other a client would feel each.
    """

    def __init__(self, rush: "Rush") -> None:
        self._rush = rush
        self._lock = threading.Lock()
        self._holder: int | None = None

    def __enter__(self) -> None:
        self._rush.wait()
        self._lock.acquire()
        self._holder = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._holder = None
        self._lock.release()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let others compute while this thread waits for a server. Nothing is given up by one that does not hold it."""
        if self._holder != threading.get_ident():
            yield
            return
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


class Rush:
    """Whether mails come in one upon the other just now: then the work on those that are here steps aside for a while.

    A client waits for each reply; for a ticket nobody waits so closely. Doing both at once makes both slower.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = 0
        self._begun = self._last = float("-inf")

    def enter(self) -> None:
        """A mail has come in."""
        with self._lock:
            now = self._clock()
            if self._is_quiet(now):
                self._begun = now
            self._under_way += 1

    def leave(self) -> None:
        """It is answered for."""
        with self._lock:
            self._under_way -= 1
            self._last = self._clock()

    def is_on(self) -> bool:
        """Mails come in one upon the other, and have not for long."""
        with self._lock:
            now = self._clock()
            return not self._is_quiet(now) and now - self._begun < LONGEST_SECONDS

    def wait(self) -> None:
        """Come back when it is over, LONGEST_SECONDS after its beginning at the latest."""
        while self.is_on():
            time.sleep(LOOK_SECONDS)

    def _is_quiet(self, now: float) -> bool:
        return not self._under_way and now - self._last >= QUIET_SECONDS


class Gathering:
    """Jobs of one kind that wait at the same time are worked together: they share what each would pay alone.

    Calls `flow` with the rows of the jobs that came while it was busy, from a few of the threads that bring them.

    `leaders`: groups that are worked at the same time. More than one is good where they wait for servers: one computes
    meanwhile. Where they only compute, two take longer than one.

    A thread that brings a row and finds leaders enough leaves it to them and is free for the next job. Nothing is lost
    when the process ends with rows in here: a job is a hint, and the sweep looks at rows.

    `alone`: a group may be large, for nobody waits for what it holds.

    `most`: rows that may wait in here, None for any number. With as many, who brings one more waits for the leaders, so
    that the rest of a queue stays there for other processes.
    """

    def __init__(
        self,
        flow: Callable[[Sequence[int], datetime], None],
        *,
        leaders: int,
        clock: Callable[[], datetime],
        before: Callable[[], None],
        alone: Callable[[], bool] = lambda: True,
        most: int | None = None,
    ) -> None:
        self._flow = flow
        self._clock = clock
        self._before = before
        self._most = most
        self._lock = threading.Condition()
        self._waiting: deque[int] = deque()
        self._leaders = 0
        self._most_leaders = leaders
        self._alone = alone
        self._at_once = max(1, IN_HAND // leaders)
        self._closed = False

    def bring(self, row_id: int) -> None:
        """Work this row, and whatever else waits; or leave it to who does so already."""
        with self._lock:
            self._lock.wait_for(lambda: self._closed or not self._is_full())
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

    def leave(self, row_id: int) -> bool:
        """Leave this row to the leaders, if there are enough of them; then they have it, and no thread is needed."""
        with self._lock:
            if self._leaders < self._most_leaders or self._is_full():
                return False
            self._waiting.append(row_id)
            return True

    def close(self) -> None:
        """Take up no further group: the process ends."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()

    def _is_full(self) -> bool:
        return self._most is not None and len(self._waiting) >= self._most

    def _next(self) -> Sequence[int]:
        """The rows of the next group; empty when the caller is no longer needed."""
        self._before()
        with self._lock:
            most = self._at_once if self._alone() else min(self._at_once, BESIDE_OTHERS)
            count = 0 if self._closed else min(most, len(self._waiting))
            group = tuple(self._waiting.popleft() for _ in range(count))
            if group:
                self._lock.notify_all()
            else:
                self._leaders -= 1
            return group
