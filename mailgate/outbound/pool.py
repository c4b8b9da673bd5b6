"""Pool: connections to the smarthost kept open between messages; a TLS handshake and a login cost more than a mail."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailgate.outbound.session import Session
from mailgate.outbound.smarthost import Smarthost

IDLE_SECONDS = 10.0  # a smarthost waits longer; beyond it, more is saved by giving the connection back
SURE_SECONDS = 1.0  # so soon behind a taken message the connection is not asked whether it still stands
MAX_MESSAGES = 50  # on one connection: many smarthosts close after a hundred


class Pool:
    """Lends sessions to threads, one each, and keeps those that are idle for a few seconds."""

    def __init__(
        self,
        smarthost: Smarthost,
        *,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._smarthost = smarthost
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._idle: list[tuple[Session, float]] = []
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """Whose connections these are: host:port."""
        return f"{self._smarthost.host}:{self._smarthost.port}"

    @contextmanager
    def connect(self) -> Iterator[Session]:
        """A session, fresh or kept; the same contract as `Smarthost.connect`."""
        session = self._kept() or self._smarthost.open()
        try:
            yield session
        finally:
            self._give_back(session)

    def close(self) -> None:
        """Close what is idle: at the end of the process, and in quiet times."""
        with self._lock:
            idle, self._idle = self._idle, []
        for session, _ in idle:
            session.close()

    def _kept(self) -> Session | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                session, since = self._idle.pop()
            idle_seconds = self._clock() - since
            if idle_seconds <= SURE_SECONDS and session.is_between_messages:
                return session
            if idle_seconds <= self._idle_seconds and session.reset():
                return session
            session.close()

    def _give_back(self, session: Session) -> None:
        if not session.is_open or session.taken >= MAX_MESSAGES:
            session.close()
            return
        with self._lock:
            self._idle.append((session, self._clock()))
