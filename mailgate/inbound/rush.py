"""Whether mails come in one upon the other just now: then the work on those that are here steps aside for a while.

A client waits for each reply; for a ticket nobody waits so closely. Doing both at once makes both slower: they take
turns at one interpreter and one write lock.
"""

import threading
import time
from collections.abc import Callable

QUIET_SECONDS = 0.005
"""A pause of this length ends a rush: time for a worker to take up a mail, too short for one client after another."""

LONGEST_SECONDS = 5.0
"""A rush that lasts longer is the usual load: from then on the work goes on beside it."""

LOOK_SECONDS = 0.001


class Rush:
    """Counts what is being accepted, in one process."""

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
