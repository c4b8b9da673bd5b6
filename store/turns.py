"""Whose turn it is to write: threads of one process queue up here, and whoever has a client waiting goes first."""

import threading
from collections import deque


class WriteTurn:
    """A lock with two ranks. SQLite lets one writer in at a time and makes the others poll with growing sleeps; here
    they wait for microseconds, and the polling is left for other processes.

    Who gives it back hands it to the next, and wakes nobody else: of sixteen that wait all would fight for the one
    interpreter, and fifteen lie down again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._urgent: deque[threading.Lock] = deque()
        self._others: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """Callers who have not got their turn yet."""
        return len(self._urgent) + len(self._others)

    def take(self, *, urgent: bool, timeout_seconds: float) -> bool:
        """Wait for the turn; False when it did not come in time. An urgent caller goes before all others."""
        queue = self._urgent if urgent else self._others
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()  # released by who hands the turn over
            queue.append(mine)
        if mine.acquire(timeout=timeout_seconds):
            return True
        with self._lock:
            if mine not in queue:
                return True  # it came just now
            queue.remove(mine)
            return False

    def give_back(self) -> None:
        """The next one may write."""
        with self._lock:
            queue = self._urgent or self._others
            if queue:
                queue.popleft().release()
            else:
                self._taken = False
