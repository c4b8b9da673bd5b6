"""Hands mails to the Postfix in front, and follows each copy to its rows in the store."""

import hashlib
import re
import smtplib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from mailgate.mail.disposition import Disposition
from store.archive import Archive
from store.engine import reading
from store.schema import spool
from tests.gate import SUPPORT
from tests.real_input.mails import Mail
from tests.servers.postfix import Postfix
from tests.servers.process import NotReady

LOOK_SECONDS = 0.1
STILL_SECONDS = 240.0
"""So long nothing may move: far longer than any part is away, or than a dead program is waited for."""

# The long ids are never used again.
FRONT = """\
enable_long_queue_ids = yes
local_header_rewrite_clients =
disable_mime_input_processing = yes
header_size_limit = 1048576
hopcount_limit = 1000
lmtp_line_length_limit = 0
lmtp_connection_cache_on_demand = no
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
"""
"""Settings of the front: a mail passes as it is, and what a gate did not take is tried again within seconds."""

_RECEIVED = re.compile(rb"\AReceived:[^\n]*\n(?:[ \t][^\n]*\n)*")
_WITH_ID = re.compile(rb"\(Postfix\)\s+with E?SMTP id (\w+)")
_QUEUED = re.compile(rb"queued as (\w+)")
_REFUSED = re.compile(r": (\w+): to=<[^>]*>, .*status=(?:bounced|expired) \((.*)\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One row of the spool; `passed` is the SHA-256 of its bytes less the trace field that the front added."""

    spool_id: int
    queue_id: str
    passed: str
    disposition: Disposition
    reason: str
    ticket_id: int | None


@dataclass
class Inbox:
    """All that was accepted, by the queue id that the front gave it."""

    engine: Engine
    archive: Archive
    _known: dict[int, tuple[str, str]] = field(default_factory=dict)

    def rows(self) -> list[Arrived]:
        """Every row, in the order of ids. Raises DBAPIError while the store is away."""
        columns = spool.c
        query = select(columns.id, columns.sha256, columns.disposition, columns.reason, columns.ticket_id)
        with reading(self.engine) as conn:
            found = conn.execute(query.order_by(columns.id)).all()
            for row in found:
                if row.id not in self._known:
                    self._known[row.id] = _split(self.archive.load(conn, row.sha256))
        return [
            Arrived(row.id, *self._known[row.id], Disposition(row.disposition), row.reason or "", row.ticket_id)
            for row in found
        ]


def _split(raw: bytes) -> tuple[str, str]:
    trace = _RECEIVED.match(raw.replace(b"\r\n", b"\n"))
    found = _WITH_ID.search(trace[0]) if trace else None
    assert trace is not None
    assert found is not None, f"not by way of the front: {raw[:200]!r}"
    return found[1].decode(), hashlib.sha256(raw.replace(b"\r\n", b"\n")[trace.end() :]).hexdigest()


@dataclass
class Progress:
    """How many copies were sent and settled. Each fault that is to come finds its share on the way."""

    total: int
    faults: int = 0
    sent: int = 0
    settled: int = 0
    struck: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.begun

    @property
    def may_send(self) -> bool:
        """A share waits for the next fault, and is sent while that part is away."""
        return self.struck == self.faults or self.sent < self._share * (self.struck + 1.5)

    @property
    def is_time_for_a_fault(self) -> bool:
        """Half of the share of the next one is settled, and others are on their way, or none may go before it."""
        is_due = self.settled >= self._share * (self.struck + 0.5)
        return is_due and (self.sent > self.settled or not self.may_send)

    @property
    def _share(self) -> float:
        return self.total / (self.faults + 1)


@dataclass
class Feed:
    """Sends copies in their order, but none before all copies of what its thread has earlier are settled."""

    front: Postfix
    inbox: Inbox
    progress: Progress
    sent: dict[str, Mail] = field(default_factory=dict)  # by queue id
    refused: dict[str, str] = field(default_factory=dict)  # by the gates, for good: queue id and reply

    def pour(self, copies: Sequence[Mail], threads: Sequence[Sequence[Mail]]) -> None:
        """Send all; returns when all are settled. Raises NotReady when nothing moves any more."""
        before = {mail: earlier for thread in threads for earlier, mail in pairwise(thread)}
        left = {mail: copies.count(mail) for mail in copies}
        waiting, on_way = list(copies), set[str]()
        moved = time.monotonic()
        while waiting or on_way:
            ended = self._ended(on_way)
            for queue_id in ended:
                left[self.sent[queue_id]] -= 1
            on_way -= ended
            self.progress.settled += len(ended)
            ready = [mail for mail in waiting if mail not in before or not left[before[mail]]]
            for mail in ready:
                if not self.progress.may_send:
                    break
                on_way.add(self._send(mail))
                waiting.remove(mail)
                moved = time.monotonic()
            if ended:
                moved = time.monotonic()
            if time.monotonic() > moved + STILL_SECONDS:
                names = sorted(self.sent[queue_id].name for queue_id in on_way)
                raise NotReady(f"nothing moves: {len(waiting)} wait, {len(names)} on their way, such as {names[:5]}")
            time.sleep(LOOK_SECONDS)

    def _send(self, mail: Mail) -> str:
        with smtplib.SMTP(self.front.host, self.front.port, timeout=60) as client:
            client.ehlo()
            for code, reply in (client.mail(mail.reverse_path), client.rcpt(SUPPORT)):
                assert code == 250, (mail.name, reply)
            code, reply = client.data(mail.raw)
            queued = _QUEUED.search(reply)
            assert queued, (mail.name, code, reply)
        queue_id = queued[1].decode()
        self.sent[queue_id] = mail
        self.progress.sent += 1
        return queue_id

    def _ended(self, on_way: set[str]) -> set[str]:
        """Those of these that are settled, or that the gates did not take."""
        self.refused = {queue_id: reply for queue_id, reply in _refused(self.front).items() if queue_id in self.sent}
        try:
            rows = self.inbox.rows()
        except DBAPIError:
            return set()
        waiting = {row.queue_id for row in rows if row.disposition is Disposition.WAITING}
        return on_way & ({row.queue_id for row in rows} - waiting | set(self.refused))


def _refused(front: Postfix) -> Mapping[str, str]:
    return dict(_REFUSED.findall(front.log))
