"""Whose turn it is to write: threads of one process queue up here, and whoever has a client waiting goes first."""

import threading


class WriteTurn:
    """A lock with two ranks. SQLite lets one writer in at a time and makes the others poll with growing sleeps; here
    they wait for microseconds, and the polling is left for other processes."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._taken = False
        self._urgent = 0
        self.waiting = 0  # callers who have not got their turn yet

    def take(self, *, urgent: bool, timeout_seconds: float) -> bool:
        """Wait for the turn; False when it did not come in time. An urgent caller goes before all others."""
        with self._condition:
            self.waiting += 1
            if urgent:
                self._urgent += 1
            try:
                free = self._condition.wait_for(
                    lambda: not self._taken and (urgent or not self._urgent), timeout_seconds
                )
            finally:
                self.waiting -= 1
                if urgent:
                    self._urgent -= 1
            self._taken = self._taken or free
            if not free:
                self._condition.notify_all()  # others may have waited for this one alone
            return free

    def give_back(self) -> None:
        """The next one may write."""
        with self._condition:
            self._taken = False
            self._condition.notify_all()
