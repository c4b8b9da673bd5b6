"""A thread for each IMAP folder: it connects, looks, waits for more, and comes back from whatever breaks."""

import hashlib
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from mailgate.config import ImapFolder, read_secret
from mailgate.desks import desk_named
from mailgate.errors import Temporary
from mailgate.inbound.accept import Acceptance
from mailgate.inbound.fetch import Fetch
from mailgate.inbound.imap import ImapSession, LoginRefused
from mailgate.log_events import LogEvent
from mailgate.wiring import Parts
from store.engine import transaction
from store.keeping import serving
from store.post import folders
from workers.actors import Clock, utc_now

_PASSING = re.compile(r"<[^>]*>|\d+")

log = logging.getLogger(__name__)

STOP_SECONDS = 1.5
"""A thread that has not ended by then waits for the network, and is left to itself: it stores nothing any more."""

RETRY_LEFT_SECONDS = 3600.0
NOTE_SECONDS = 60.0
"""How old the instant of the last look may get in the store before it is written again."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How long to wait after a failure; twice as long after each further one, up to `most_seconds`."""

    first_seconds: float = 2.0
    login_seconds: float = 60.0  # servers shut out who tries a wrong password too often
    most_seconds: float = 600.0

    def delay(self, error: Exception, failures: int) -> float:
        """Seconds until the next attempt, after so many failures in a row."""
        first = self.login_seconds if isinstance(error, LoginRefused) else self.first_seconds
        return min(first * 2.0 ** min(failures - 1, 30), self.most_seconds)


class Fetcher:
    """Fetches one folder until it is stopped. Nothing that happens to it ends the program."""

    def __init__(
        self,
        folder: ImapFolder,
        parts: Parts,
        acceptance: Acceptance,
        *,
        clock: Clock = utc_now,
        retries: Retries | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        settings = parts.settings
        self._folder = folder
        self._name = folder.name
        self._parts = parts
        self._clock = clock
        self._retries = retries or Retries()
        self._trust = trust
        self._fetch = Fetch(
            folder,
            desk_named(folder.desk, settings.desks).mailbox.address,
            engine=parts.engine,
            acceptance=acceptance,
            max_message_bytes=settings.limits.max_message_bytes,
            clock=clock,
        )
        self._session: ImapSession | None = None
        self._stopping = threading.Event()
        self._woken, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"imap {self._name}", daemon=True)
        self._failures = 0
        self._said: str | None = ""  # the last problem that was logged; "" before the first look
        self._noted_at = 0.0
        self._left_due = 0.0

    def start(self) -> None:
        """Begin to fetch; a server that is down is no error."""
        self._thread.start()

    def begin_stop(self) -> None:
        """Let it end as soon as it can."""
        self._stopping.set()
        self._wake.send(b"!")

    def stop(self) -> None:
        """Wait for its end, cut its connection, wait no more."""
        self._thread.join(STOP_SECONDS / 2)
        if (session := self._session) is not None and self._thread.is_alive():
            session.cut()
        self._thread.join(STOP_SECONDS / 2)
        if self._thread.is_alive():
            log.warning(LogEvent.LEFT_BEHIND(folder=self._name))
        self._wake.close()
        self._woken.close()

    def _run(self) -> None:
        """Two gates on one store would fetch each mail twice: the second one waits, and takes over."""
        if not self._parts.settings.store.is_embedded:
            self._fetch_all()
            return
        lock_name = f"imap-{hashlib.sha256(self._name.encode()).hexdigest()[:16]}.lock"
        while (lock := serving.take(self._parts.settings.store.archive, lock_name)) is None:
            if self._stopping.wait(self._retries.first_seconds):
                return
        with lock:
            self._fetch_all()

    def _fetch_all(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._is_mine():
                    self._converse()
                else:
                    self._stopping.wait(self._retries.first_seconds)
            except Exception as error:  # noqa: BLE001 - told, noted and tried again, whatever it was
                self._failed(error)

    def _is_mine(self) -> bool:
        """No other process on this store fetches the folder. Of an embedded one the lock on its file says so."""
        if self._parts.settings.store.is_embedded:
            return True
        with transaction(self._parts.engine) as conn:
            return folders.take(conn, self._name)

    def _converse(self) -> None:
        """One connection, to its end."""
        password = read_secret(self._folder.password_file)
        self._session = session = ImapSession(self._folder, password, trust=self._trust)
        try:
            while not self._stopping.is_set() and self._is_mine():
                left_too = time.monotonic() >= self._left_due
                if left_too:  # not with each connection: the mail may be what ends them
                    self._left_due = time.monotonic() + RETRY_LEFT_SECONDS
                looked = self._fetch.look(session, left_too=left_too)
                self._failures = 0
                self._note(looked.problem, fetched=True)
                if not looked.found and not self._stopping.is_set():
                    session.wait(self._folder.poll_seconds, self._woken)
        finally:
            self._session = None
            session.close()

    def _failed(self, error: Exception) -> None:
        if self._stopping.is_set():  # its connection was cut
            return
        self._failures += 1
        expected = isinstance(error, (Temporary, OperationalError, TimeoutError))
        words = f"{type(error).__name__}: {error}"
        if not expected and _lasting(words) != _lasting(self._said):
            log.error(LogEvent.BROKEN_FOLDER(folder=self._name), exc_info=error)
        self._note(words, fetched=False)
        self._stopping.wait(self._retries.delay(error, self._failures))

    def _note(self, problem: str | None, *, fetched: bool) -> None:
        """Log what has changed, and keep it for `mailgate status`."""
        changed = _lasting(problem) != _lasting(self._said)
        if changed and problem is not None:
            event = LogEvent.HINDERED if fetched else LogEvent.NOT_FETCHED
            log.warning(event(folder=self._name, error=problem))
        elif changed:
            log.info(LogEvent.FETCHING(folder=self._name, server=self._folder.server))
        self._said = problem
        if not changed and time.monotonic() - self._noted_at < NOTE_SECONDS:
            return
        try:
            with transaction(self._parts.engine, durable=False) as conn:
                folders.note(conn, self._name, problem=problem, fetched=fetched, at=self._clock())
        except (OperationalError, TimeoutError) as error:
            log.warning(LogEvent.NOT_YET_NOTED(folder=self._name, error=error))
        else:
            self._noted_at = time.monotonic()


def _lasting(problem: str | None) -> str | None:
    """Without the instants and names of sessions that some servers put into their answers."""
    return problem and _PASSING.sub("", problem)


def fetchers(parts: Parts, acceptance: Acceptance, *, clock: Clock = utc_now) -> Sequence[Fetcher]:
    """One for each folder of the settings."""
    return tuple(Fetcher(folder, parts, acceptance, clock=clock) for folder in parts.settings.imap)


def stop(running: Sequence[Fetcher]) -> None:
    """Stop them all at the same time."""
    for one in running:
        one.begin_stop()
    for one in running:
        one.stop()
