"""Watch: no mail keeps a worker past its bound. What bounds a mail's readers stands in `mailgate/mail/bounds.py`; here
stands what happens when one of them was made wrong.

Processor time of the thread counts, not the clock: on a busy machine nobody is to blame. A thread is broken off at its
next step in Python. What waits in a system call or in one call of C is not; of those, sockets have timeouts, and the
patterns of ours take linear time.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from dramatiq.middleware import raise_thread_exception

from mailgate.errors import PastItsBound

LOOK_SECONDS = 1.0


class Watch:
    """Called around each piece of work, it gives a context that is left by PastItsBound when the work takes too long.

    The thread that looks exists from the first call until `stop`.
    """

    def __init__(self, seconds: float, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._seconds = seconds
        self._look_seconds = look_seconds
        # A plain lock: whoever is broken off while he takes it has it or has it not, and nothing between.
        self._lock = threading.Lock()
        self._ends: dict[int, float] = {}  # by thread, in its own processor time
        self._looks: threading.Thread | None = None
        self._stop = threading.Event()

    def __call__(self) -> AbstractContextManager[None]:
        """The bound, from now on, for the thread that enters."""
        return self._bounded()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        with self._lock:
            looks = self._looks
        if looks is not None:
            looks.join()

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        me = threading.get_ident()
        with self._lock:
            self._ends[me] = _used_by(me) + self._seconds
            if self._looks is None:
                self._looks = threading.Thread(target=self._look, name="watch", daemon=True)
                self._looks.start()
        try:
            yield
        finally:
            # Whoever is broken off while he waits here is so before he leaves: nothing else of his is hit.
            with self._lock:
                self._ends.pop(me, None)

    def _look(self) -> None:
        while not self._stop.wait(self._look_seconds):
            with self._lock:
                late = [thread for thread, end in self._ends.items() if _used_by(thread) > end]
                for thread in late:
                    del self._ends[thread]
                    raise_thread_exception(thread, PastItsBound)  # type: ignore[no-untyped-call]


def _used_by(thread: int) -> float:
    return time.clock_gettime(time.pthread_getcpuclockid(thread))
