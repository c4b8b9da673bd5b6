"""The ways in which an attempt to deliver a mail of ours can end, each with its line in the log."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mailgate.config import Settings
from mailgate.config.settings import InDoubt
from mailgate.flows.post.undelivered import tell_undelivered
from mailgate.flows.story.act import Act, Queued
from mailgate.log_events import LogEvent
from mailgate.mail.address_failure import AddressFailure, failure_of
from mailgate.mail.bounces.codes import status_in
from mailgate.outbound.failure import ReplyLost, SmarthostDeferred
from store.desk import deadlines, tickets
from store.engine import empty_log, transact, transaction
from store.post import leases, outbox
from store.post.outbox import LentOut

log = logging.getLogger(__name__)

SOON_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Ending:
    """How this attempt ends. `told` are the mails that tell the staff of it; their jobs are sent when it has ended."""

    engine: Engine
    settings: Settings
    lent: LentOut
    now: datetime
    told: list[Queued] = field(default_factory=list)

    def sent(self, reply: str) -> None:
        """The smarthost took it: forgetting that for a locked store would send it twice."""

        def write() -> None:
            # Until this is saved the next mail waits with its last byte (`Unanswered`): it goes before other writers.
            with transaction(self.engine, urgent=True) as conn:
                notice = self.lent.row.notice
                number = notice.ticket_id if notice.template.kind.own_words else None
                if number is not None:
                    tickets.lock(conn, (number,))
                if outbox.mark_sent(conn, self.lent, reply=reply, now=self.now) and number is not None:
                    deadlines.begin_silence(conn, number, since=self.now)

        leases.insist(
            write, told=lambda error: log.warning(LogEvent.NOT_YET_SAVED_OUTBOX(outbox=self.lent.row.id, error=error))
        )
        log.info(LogEvent.SENT(outbox=self.lent.row.id, to=self.lent.row.notice.to_address, reply=reply))
        self._forget_secrets()

    def drop(self, reason: str) -> None:
        """What it says is no longer so: it never leaves, and nobody misses it."""
        row = self.lent.row
        log.info(LogEvent.DROPPED(outbox=row.id, to=row.notice.to_address, reason=reason))
        with transaction(self.engine) as conn:
            outbox.mark_dropped(conn, self.lent, reason=reason)
        self._forget_secrets()

    def not_yet(self, due_at: datetime) -> None:
        """It was not tried: its reader's domain has enough of us for now."""
        log.debug(LogEvent.DOMAIN_BUSY(outbox=self.lent.row.id, next=due_at.isoformat()))
        with transaction(self.engine, durable=False) as conn:
            outbox.put_back(conn, self.lent, reply="not tried: its reader's domain puts mail off", due_at=due_at)

    def later(self, error: Exception, *, due_at: datetime | None = None) -> None:
        """It was certainly not taken this time: again after a while, or then, unless it is too old."""
        row = self.lent.row
        reply = getattr(error, "reply_line", "") or str(error)
        lifetime = self.settings.smarthost.lifetime_hours
        if self.now - row.created_at > timedelta(hours=lifetime):
            is_about_recipient = isinstance(error, SmarthostDeferred) and error.is_about_recipient
            failure = failure_of(status_in(reply), dead=False) if is_about_recipient else AddressFailure.NOTHING
            self.fail(f"given up after {lifetime} h: {reply}", failure=failure)
            return
        due_at = due_at or self.now + outbox.backoff(row.attempts)
        log.warning(LogEvent.DEFERRED(outbox=row.id, attempt=row.attempts, next=due_at.isoformat(), reply=reply))
        with transaction(self.engine) as conn:
            outbox.mark_later(conn, self.lent, reply=reply, due_at=due_at)

    def in_doubt(self, error: ReplyLost) -> None:
        """All was sent and no reply came: once more after a while, if that is allowed and has not been done."""
        row = self.lent.row
        if row.phase is not None or self.settings.smarthost.in_doubt is InDoubt.PARK:
            self.park(str(error))
            return
        due_at = self.now + outbox.backoff(row.attempts)
        log.warning(LogEvent.IN_DOUBT(outbox=row.id, next=due_at.isoformat(), error=error))
        with transaction(self.engine) as conn:
            outbox.mark_in_doubt(conn, self.lent, reply=str(error), due_at=due_at)

    def park(self, reply: str) -> None:
        """Nobody can know whether it went out: a person decides."""
        row = self.lent.row
        log.error(LogEvent.PARKED_OUTBOX(outbox=row.id, reply=reply))

        def write(conn: Connection) -> Sequence[Queued]:
            self._lock_ticket(conn)
            if not outbox.mark_in_doubt(conn, self.lent, reply=reply, due_at=None):
                return ()
            act = Act.begin(conn, self.settings, self.now)
            tell_undelivered(act, row, f"perhaps sent, in doubt: {reply}", is_certain=False)
            return act.outgoing

        self.told.extend(transact(self.engine, write))

    def fail(self, reply: str, *, failure: AddressFailure = AddressFailure.NOTHING) -> None:
        """It will never be taken; `failure`: what that says of the address."""
        row = self.lent.row
        log.error(LogEvent.UNDELIVERED(outbox=row.id, to=row.notice.to_address, reply=reply))

        def write(conn: Connection) -> Sequence[Queued]:
            self._lock_ticket(conn)
            if not outbox.mark_failed(conn, self.lent, reply=reply):
                return ()
            act = Act.begin(conn, self.settings, self.now)
            tell_undelivered(act, row, reply, failure=failure)
            return act.outgoing

        self.told.extend(transact(self.engine, write))
        self._forget_secrets()

    def _lock_ticket(self, conn: Connection) -> None:
        """Before its mail, as everybody does who changes both."""
        number = self.lent.row.notice.ticket_id
        if number is not None:
            tickets.lock(conn, (number,))

    def _forget_secrets(self) -> None:
        """Links and codes have left the row; if they cannot leave the log of the store now, its sweep sees to that."""
        if self.lent.row.notice.secret:
            empty_log(self.engine, within_seconds=SOON_SECONDS)
