"""The one door: whatever way a message came, it is accepted here or nowhere.

Accepted means: its bytes and its spool row are on disk. Messages that wait at the same time share one transaction, so
that a busy gate pays far less than one disk sync for each (`accept` returns when the shared commit has returned).
"""

import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from mailgate.errors import HeaderTooLarge, MailgateError, MessageTooLarge, SpoolUnavailable, StorageFull, Temporary
from mailgate.jobs import Enqueue, FailPoint, Job, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.mail.envelope import Envelope
from mailgate.mail.masking import without_card_numbers
from store.archive import Archive, ArchiveUnavailable, Blob
from store.engine import transact
from store.post import spool, work

log = logging.getLogger(__name__)

Beside = Callable[[Connection], None]
"""What else is written in the transaction of the spool row: where the message came from, so that it comes once."""

Coming = Callable[["Future[int]"], None]
"""Hears of each message that is taken in; the future is done when its client is answered."""


def nobody(_accepted: "Future[int]") -> None:
    """In a process that does nothing beside, nobody needs to hear of it."""


MAX_GROUP = 100
"""Messages in one transaction: past this the gain is nothing and a failure costs more to take apart."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused at every door; parsing has caps of its own, which only make defects."""

    max_message_bytes: int
    max_header_bytes: int
    min_free_bytes: int  # below this much free disk, mail is asked to come later


@dataclass(frozen=True, slots=True)
class _Waiting:
    envelope: Envelope
    blob: Blob
    accepted: "Future[int]"
    beside: Beside | None


class Acceptance:
    """Takes messages from all doors of one process and commits them in groups.

    `start` before use, `stop` at the end: what was submitted before is still committed.
    """

    def __init__(
        self,
        engine: Engine,
        archive: Archive,
        enqueue: Enqueue,
        limits: Limits,
        *,
        directory: Path | None,
        coming: Coming = nobody,
        fail_point: FailPoint = no_fail_point,
    ) -> None:
        self._engine = engine
        self._archive = archive
        self._enqueue = enqueue
        self._limits = limits
        self._directory = directory
        self._coming = coming
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._commit_groups, name="accept", daemon=True)
        self._fail_point = fail_point
        self._left_to_sweep = False

    def leave_to_sweep(self) -> None:
        """No worker hears of what is accepted: its rows are due at once, for whoever sweeps next. Before `start`."""
        self._left_to_sweep = True

    def start(self) -> None:
        """Begin to commit what is submitted."""
        self._thread.start()

    def stop(self) -> None:
        """Commit what was submitted, then end. Nothing may be submitted after this."""
        self._queue.put(None)
        self._thread.join()

    def submit(
        self, raw: bytes, envelope: Envelope, beside: Beside | None = None, *, has_no_card: bool = False
    ) -> "Future[int]":
        """Hand a message over; the future holds its spool id once it is on disk.

        It fails with MessageTooLarge or HeaderTooLarge (never acceptable), StorageFull or SpoolUnavailable (later);
        nothing of the message is kept then. For large messages this call itself writes a file. What is kept
        holds no card number: it is masked here, before anything is written; `has_no_card`: the caller has looked.
        """
        accepted: Future[int] = Future()
        accepted.set_running_or_notify_cancel()  # a client that hangs up must not cancel what others wait for
        try:
            self.check_size(raw)
            self.check_space()
            blob = self._archive.prepare(raw if has_no_card else without_card_numbers(raw))
        except ArchiveUnavailable as error:
            log.error(LogEvent.NOT_ARCHIVED(error=error))
            accepted.set_exception(error)
            return accepted
        except MailgateError as error:
            accepted.set_exception(error)
            return accepted
        except OSError as error:
            log.error(LogEvent.NOT_ARCHIVED(error=error))
            accepted.set_exception(unavailable(error))
            return accepted
        self._coming(accepted)
        self._queue.put(_Waiting(envelope, blob, accepted, beside))
        return accepted

    def accept(self, raw: bytes, envelope: Envelope) -> int:
        """Submit and wait; returns the spool id. Raises what `submit` names."""
        return self.submit(raw, envelope).result()

    def check_size(self, raw: bytes) -> None:
        """Refuse what is too large at any door."""
        if len(raw) > self._limits.max_message_bytes:
            raise MessageTooLarge(f"{len(raw)} bytes; limits.max_message_bytes is {self._limits.max_message_bytes}")
        if header_bytes(raw, self._limits.max_header_bytes) > self._limits.max_header_bytes:
            raise HeaderTooLarge(f"limits.max_header_bytes is {self._limits.max_header_bytes}")

    def check_space(self) -> None:
        """Ask for mail to come later while there is room to work off what is here. Raises StorageFull."""
        if self._directory is None:
            return
        room = os.statvfs(self._directory)
        if room.f_bavail * room.f_frsize < self._limits.min_free_bytes:
            log.error(LogEvent.STORAGE_LOW(directory=self._directory, free=room.f_bavail * room.f_frsize))
            raise StorageFull(f"less than limits.min_free_bytes={self._limits.min_free_bytes} free")

    def _commit_groups(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._gather(first)
            self._commit(group)
            if last:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group = [first]
        while len(group) < MAX_GROUP:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return group, True
            group.append(waiting)
        return group, False

    def _commit(self, group: Sequence[_Waiting]) -> None:
        try:
            ids = self._write(group)
        except Exception as error:  # noqa: BLE001 - whatever it was, each message is answered for below
            if len(group) > 1 and not isinstance(error, (OperationalError, OSError)):
                # One message may have spoilt it for all: each has its own transaction now. A store that is locked or
                # full is so for each of them, and each would wait for it in vain.
                for waiting in group:
                    self._commit([waiting])
                return
            log.error(LogEvent.NOT_COMMITTED(messages=len(group), error=error))
            for waiting in group:
                waiting.accepted.set_exception(unavailable(error))
            return
        self._fail_point("accept.committed")
        for waiting, spool_id in zip(group, ids, strict=True):
            waiting.accepted.set_result(spool_id)
            self._enqueue(Job.RECEIVE, spool_id)

    def _write(self, group: Sequence[_Waiting]) -> list[int]:
        return transact(self._engine, lambda conn: self._add(conn, group), urgent=True)

    def _add(self, conn: Connection, group: Sequence[_Waiting]) -> list[int]:
        ids = []
        for waiting in group:
            self._archive.add(conn, waiting.blob)
            ids.append(spool.add(conn, waiting.envelope, waiting.blob.sha256))
            if waiting.beside is not None:
                waiting.beside(conn)
        if self._left_to_sweep:
            work.hasten(conn, Job.RECEIVE, ids, now=group[0].envelope.received_at)
        self._fail_point("accept.before-commit")
        return ids


def header_bytes(raw: bytes, limit: int) -> int:
    """Length of the header block, looked for no further than just past `limit`."""
    if raw.startswith((b"\r\n", b"\n")):
        return 0
    head = raw[: limit + 4]
    end = _found_or(len(head), head.find(b"\r\n\r\n"))
    end = _found_or(end, head.find(b"\n\n", 0, end))  # no further than the first: a file may be what is behind it
    return _found_or(end, head.find(b"\r\r", 0, end + 1))


def _found_or(otherwise: int, at: int) -> int:
    return at if at >= 0 else otherwise


def unavailable(error: BaseException) -> Temporary:
    """The reply for a failure of ours: always temporary, so that the sender keeps the message (RFC 5321 §4.2.1)."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    full = isinstance(cause, sqlite3.Error) and "full" in str(cause)
    full = full or getattr(cause, "sqlstate", None) == "53100"  # disk_full (PostgreSQL, Appendix A)
    if full or (isinstance(cause, OSError) and cause.errno in (28, 122)):  # ENOSPC, EDQUOT
        return StorageFull(str(cause))
    return SpoolUnavailable(str(cause))
