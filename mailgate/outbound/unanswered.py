"""Unanswered: how many mails the smarthost may have whose answer is not saved yet; a crash repeats just those."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailgate.log_events import LogEvent

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 10.0
"""For one answer others wait so long; then they go on: one more copy after a crash is better than no mail at all."""


class Unanswered:
    """Turns for the way from the last byte of a mail to the saved answer, `at_once` of them; for any threads."""

    def __init__(self, at_once: int, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._free = threading.Semaphore(at_once)
        self._patience_seconds = patience_seconds

    @contextmanager
    def turn(self) -> Iterator[Callable[[], None]]:
        """Yields what is to be called just before the last byte; the turn, once taken, ends on leaving."""
        taken = False

        def take() -> None:
            nonlocal taken
            taken = self._free.acquire(timeout=self._patience_seconds)
            if not taken:
                log.warning(LogEvent.SMARTHOST_SLOW(self._patience_seconds))

        try:
            yield take
        finally:
            if taken:
                self._free.release()
