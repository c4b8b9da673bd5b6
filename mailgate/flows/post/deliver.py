"""One outbox row goes to the smarthost: composed once, then the same bytes each time until it is sent or given up."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.config.settings import InDoubt
from mailgate.errors import MailgateError, Permanent
from mailgate.flows.post.undelivered import tell_undelivered
from mailgate.flows.post.wanted import unwanted
from mailgate.flows.story.act import Act, Queued, send_jobs
from mailgate.jobs import Enqueue, FailPoint, computing, no_fail_point
from mailgate.letters.notice import REPLY_TO
from mailgate.log_events import LogEvent
from mailgate.mail.bounces.hard import is_dead, status_in
from mailgate.outbound.compose import compose
from mailgate.outbound.failure import ReplyLost, SmarthostDeferred, SmarthostRefused
from mailgate.outbound.pool import Pool
from mailgate.outbound.templates import Templates
from mailgate.outbound.unanswered import Unanswered
from store.archive import Archive
from store.desk import deadlines
from store.engine import reading, transaction
from store.post import leases, outbox
from store.post.outbox import LentOut, Phase

log = logging.getLogger(__name__)

EXPIRED = "[one-time link or code, expired]"
"""What the archive's copy of a mail has in the place of what opened something."""


def deliver(
    outbox_id: int,
    *,
    engine: Engine,
    archive: Archive,
    settings: Settings,
    templates: Templates,
    smarthost: Pool | None,
    unanswered: Unanswered,
    enqueue: Enqueue,
    now: datetime,
    fail_point: FailPoint = no_fail_point,
) -> None:
    """Send one message, or say when to try again, or give it up; one that is sent or not due is left alone.

    Never raises. Without a smarthost everything stays queued. A 4yz reply or a broken connection: again later, for
    `smarthost.lifetime_hours`; 5yz: failed at once, and the staff are told. When nobody can know whether DATA went
    through, `smarthost.in_doubt` decides: the same bytes once more, or parked.
    """
    if smarthost is None:
        return
    try:
        lent = outbox.lend(engine, outbox_id, now=now)
        if lent is None:
            return
        attempt = _Attempt(engine, settings, lent, now, fail_point)
        _try(attempt, archive, templates, smarthost, unanswered)
    except (OperationalError, TimeoutError) as error:  # the sweep looks again, at the latest when the lease has run out
        log.warning(LogEvent.POSTPONED_OUTBOX(outbox=outbox_id, error=error))
        return
    send_jobs(attempt.told, enqueue)


def _try(
    attempt: "_Attempt",
    archive: Archive,
    templates: Templates,
    smarthost: Pool,
    unanswered: Unanswered,
) -> None:
    """Carry out one attempt. Raises what a locked store raises."""
    engine, lent = attempt.engine, attempt.lent
    try:
        if lent.row.phase is not None and not attempt.may_repeat:
            attempt.park(lent.row.last_reply or "stopped between DATA and its reply")
            return
        if lent.row.phase is None and (reason := _unwanted(engine, lent)):
            attempt.drop(reason)
            return
        with computing:
            raw = _composed(engine, archive, templates, lent)
        with unanswered.turn() as before_dot:
            reply = attempt.submit(raw, smarthost, before_dot)
            if reply is not None:
                attempt.sent(reply)
    except ReplyLost as error:
        attempt.in_doubt(error)
    except SmarthostDeferred as error:
        attempt.later(error)
    except SmarthostRefused as error:
        line = error.reply_line
        attempt.fail(line, dead=error.is_about_recipient and is_dead(status_in(line), line))
    except Permanent as error:
        attempt.fail(str(error))
    except (OperationalError, TimeoutError):
        raise
    except Exception as error:
        log.exception(LogEvent.FAILED_OUTBOX(outbox=lent.row.id, attempt=lent.row.attempts))
        attempt.later(error)


def _unwanted(engine: Engine, lent: LentOut) -> str | None:
    if lent.row.notice.template.kind.wanted is None:
        return None
    with reading(engine) as conn:
        return unwanted(conn, lent.row.notice)


def _composed(engine: Engine, archive: Archive, templates: Templates, lent: LentOut) -> bytes:
    """The bytes of the message: made and kept by the first attempt, read back by every other.

    A mail with a live link or code is composed twice: with it to be sent, without it for the archive.
    """
    row = lent.row
    if row.live is not None:
        return row.live
    if row.sha256 is not None:
        with reading(engine) as conn:
            return archive.load(conn, row.sha256)
    with reading(engine) as conn:
        files = [(file, archive.load(conn, file.sha256)) for file in row.notice.attachments]
    write = partial(
        compose,
        message_id=row.message_id,
        at=row.created_at,
        reverse_path=row.reverse_path,
        attachments=files,
        templates=templates,
    )
    notice, secret = row.notice, row.notice.secret
    composed = write(replace(notice, values={**notice.values, **dict.fromkeys(secret, EXPIRED)}))
    reply_to = secret.get(REPLY_TO, notice.reply_to)
    live = write(replace(notice, values={**notice.values, **secret}, reply_to=reply_to)).raw if secret else None
    for problem in composed.problems:
        log.warning(LogEvent.TEMPLATE_PROBLEM(outbox=row.id, template=row.notice.template.value, problem=problem))
    blob = archive.prepare(composed.raw)
    with transaction(engine, durable=False) as conn:  # the commit before DATA keeps it
        archive.add(conn, blob)
        kept = {"sha256": blob.sha256, "subject": composed.subject, "text": composed.text}
        outbox.save_composed(conn, lent, live=live, **kept)
    return live or composed.raw


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt, and the ways it can end; `told` are the mails that tell the staff of the end."""

    engine: Engine
    settings: Settings
    lent: LentOut
    now: datetime
    fail_point: FailPoint
    told: list[Queued] = field(default_factory=list)

    @property
    def may_repeat(self) -> bool:
        """A message in doubt may be sent a second time, and never a third."""
        return self.lent.row.phase is Phase.DATA and self.settings.smarthost.in_doubt is InDoubt.RETRY

    def submit(self, raw: bytes, smarthost: Pool, before_dot: Callable[[], None]) -> str | None:
        """The dialogue, with a commit just before DATA; the final reply, or None when somebody else has the row."""
        row = self.lent.row
        phase = Phase.DATA if row.phase is None else Phase.DATA_AGAIN
        with smarthost.connect() as session:
            session.envelope(row.reverse_path, row.notice.to_address)
            with transaction(self.engine) as conn:
                if not outbox.enter_data(conn, self.lent, phase):
                    return None
            self.fail_point("deliver.before-data")
            try:
                reply = session.data(raw, before_dot=before_dot)
            except MailgateError:
                raise
            except Exception as error:  # nothing foreseen: nobody can say how far it came
                raise ReplyLost(f"the dialogue broke off: {error!r}") from error
        self.fail_point("deliver.after-dot")
        return reply

    def sent(self, reply: str) -> None:
        """The smarthost took it: forgetting that for a locked store would send it twice."""

        def write() -> None:
            with transaction(self.engine) as conn:
                notice = self.lent.row.notice
                sent = outbox.mark_sent(conn, self.lent, reply=reply, now=self.now)
                if sent and notice.template.kind.own_words and notice.ticket_id is not None:
                    deadlines.begin_silence(conn, notice.ticket_id, since=self.now)

        leases.insist(
            write, told=lambda error: log.warning(LogEvent.NOT_YET_SAVED_OUTBOX(outbox=self.lent.row.id, error=error))
        )
        log.info(LogEvent.SENT(outbox=self.lent.row.id, to=self.lent.row.notice.to_address, reply=reply))

    def drop(self, reason: str) -> None:
        """What it says is no longer so: it never leaves, and nobody misses it."""
        row = self.lent.row
        log.info(LogEvent.DROPPED(outbox=row.id, to=row.notice.to_address, reason=reason))
        with transaction(self.engine) as conn:
            outbox.mark_dropped(conn, self.lent, reason=reason)

    def later(self, error: Exception) -> None:
        """It was certainly not taken this time: again after a while, unless it is too old."""
        row = self.lent.row
        reply = getattr(error, "reply_line", "") or str(error)
        lifetime = self.settings.smarthost.lifetime_hours
        if self.now - row.created_at > timedelta(hours=lifetime):
            self.fail(f"given up after {lifetime} h: {reply}")
            return
        due_at = self.now + outbox.backoff(row.attempts)
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
        with transaction(self.engine) as conn:
            if not outbox.mark_in_doubt(conn, self.lent, reply=reply, due_at=None):
                return
            act = Act.begin(conn, self.settings, self.now)
            tell_undelivered(act, row, f"perhaps sent, in doubt: {reply}")
        self.told.extend(act.outgoing)

    def fail(self, reply: str, *, dead: bool = False) -> None:
        """It will never be taken; `dead`: nor will any other for this address."""
        row = self.lent.row
        log.error(LogEvent.UNDELIVERED(outbox=row.id, to=row.notice.to_address, reply=reply))
        with transaction(self.engine) as conn:
            if not outbox.mark_failed(conn, self.lent, reply=reply):
                return
            act = Act.begin(conn, self.settings, self.now)
            tell_undelivered(act, row, reply, dead=dead)
        self.told.extend(act.outgoing)
