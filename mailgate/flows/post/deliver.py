"""One outbox row goes to the smarthost: composed once, then the same bytes each time until it is sent or given up."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.config.settings import InDoubt
from mailgate.errors import MailgateError, Permanent, Temporary
from mailgate.flows.post.composed import Composed, Composer, Letterhead
from mailgate.flows.post.ending import Ending
from mailgate.flows.post.route import Route, route
from mailgate.flows.post.wanted import unwanted
from mailgate.flows.story.act import send_jobs
from mailgate.jobs import Computing, Enqueue, FailPoint, alone, no_fail_point
from mailgate.letters.notice import Maker
from mailgate.log_events import LogEvent
from mailgate.mail.address_failure import AddressFailure, failure_of
from mailgate.mail.bounces.codes import status_in
from mailgate.mail.bounces.hard import is_dead
from mailgate.outbound.domains import Domains
from mailgate.outbound.failure import (
    ReplyLost,
    SmarthostDeferred,
    SmarthostNotReady,
    SmarthostRefused,
    SmarthostUnreachable,
)
from mailgate.outbound.pool import Pool
from mailgate.outbound.templates import Templates
from mailgate.outbound.unanswered import Unanswered
from store.archive import Archive
from store.engine import transaction
from store.post import outbox
from store.post.outbox import LentOut, Phase

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt, with all that is read for it."""

    lent: LentOut
    unwanted: str | None  # why it is not to leave any more
    head: Letterhead


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Hands mails of ours to a smarthost; without one everything stays queued."""

    engine: Engine
    archive: Archive
    settings: Settings
    templates: Templates
    smarthosts: Sequence[Pool]
    unanswered: Unanswered
    domains: Domains
    enqueue: Enqueue
    makers: Mapping[str, Maker] = field(default_factory=dict)
    computing: Computing = alone
    fail_point: FailPoint = no_fail_point

    def __call__(self, outbox_id: int, now: datetime) -> None:
        """Send one message, or say when to try again, or give it up; one that is sent or not due is left alone.

        Never raises. A 4yz reply or a broken connection: again later, for `smarthost.lifetime_hours`; 5yz: failed at
        once, and the staff are told. The same holds for what a maker of files raises. When nobody can know whether DATA
        went through, `smarthost.in_doubt` decides: the same bytes once more, or parked.
        """
        try:
            with route(self.engine, self.smarthosts, now) as way:
                begun = self._begin(outbox_id, way, now)
                if begun is None:
                    return
                ending = Ending(self.engine, self.settings, begun.lent, now)
                with self.domains.turn(begun.lent.row.notice.to_address, now=now) as again_at:
                    if again_at is None:
                        self._try(begun, way, ending)
                    else:
                        ending.not_yet(again_at)
        except (OperationalError, TimeoutError) as error:
            # The sweep looks again, at the latest when the lease has run out.
            log.warning(LogEvent.POSTPONED_OUTBOX(outbox=outbox_id, error=error))
            return
        send_jobs(ending.told, self.enqueue)

    def _begin(self, outbox_id: int, way: Route, now: datetime) -> Begun | None:
        """Have the row and a turn with a smarthost, and read what else is needed; None when there is nothing to do.

        One transaction. A power cut that undoes it costs an attempt and no more.
        """
        with transaction(self.engine, durable=False) as conn:
            lent = outbox.lend(conn, outbox_id, now=now) if way.go_on(conn) else None
            if lent is None:
                return None
            reason = unwanted(conn, lent.row.notice, now=now) if lent.row.phase is None else None
            return Begun(lent, reason, self._composer().look_up(conn, lent.row, today=now.date()))

    def _try(self, begun: Begun, way: Route, ending: Ending) -> None:
        """Carry out one attempt. Raises what a locked store raises."""
        lent = begun.lent
        try:
            if lent.row.phase is not None and not self._may_repeat(lent):
                ending.park(lent.row.last_reply or "stopped between DATA and its reply")
                return
            if begun.unwanted:
                ending.drop(begun.unwanted)
                return
            mail = self._composer()(lent, begun.head, now=ending.now)
            self._hand_over(lent, mail, way, ending)
        except ReplyLost as error:
            ending.in_doubt(error)
            way.failed(str(error))
        except SmarthostDeferred as error:
            if error.is_about_recipient:
                self.domains.put_off(lent.row.notice.to_address, now=ending.now)
            ending.later(error)
            way.answered()
        except SmarthostRefused as error:
            ending.fail(error.reply_line, failure=_failure(error))
            way.answered()
        except Permanent as error:
            ending.fail(str(error))
        except Temporary as error:
            ending.later(error)
        except (OperationalError, TimeoutError):
            raise
        except Exception as error:
            log.exception(LogEvent.FAILED_OUTBOX(outbox=lent.row.id, attempt=lent.row.attempts))
            ending.later(error)

    def _hand_over(self, lent: LentOut, mail: Composed, way: Route, ending: Ending) -> None:
        """To the first smarthost that answers. Raises what it says of the mail, and ReplyLost."""
        while True:
            try:
                with self.unanswered.turn() as before_dot:
                    reply = self._submit(lent, mail, way.smarthost, before_dot)
                    if reply is not None:
                        self.domains.taken(lent.row.notice.to_address)
                        ending.sent(reply)
                        way.answered()
            except (SmarthostUnreachable, SmarthostNotReady) as error:  # nothing is in doubt: another may be asked
                again_at = way.failed(str(error))
                with transaction(self.engine, durable=False) as conn:
                    goes_on = way.go_on(conn)
                if not goes_on:
                    ending.later(error, due_at=again_at)
                    return
            else:
                return

    def _composer(self) -> Composer:
        domain = self.settings.gate.domain
        return Composer(self.engine, self.archive, self.templates, self.makers, domain, self.computing, self.fail_point)

    def _may_repeat(self, lent: LentOut) -> bool:
        """A message in doubt may be sent a second time, and never a third."""
        return lent.row.phase is Phase.DATA and self.settings.smarthost.in_doubt is InDoubt.RETRY

    def _submit(self, lent: LentOut, mail: Composed, smarthost: Pool, before_dot: Callable[[], None]) -> str | None:
        """The dialogue; the final reply, or None when somebody else has the row.

        Just before DATA one commit keeps the bytes and that they may have left. Where it does not come to that, the
        bytes are kept all the same: whoever looks at the mail sees what could not be sent, and it is composed once.
        """
        row = lent.row
        phase = Phase.DATA if row.phase is None else Phase.DATA_AGAIN
        with ExitStack() as connected:
            try:
                session = connected.enter_context(smarthost.connect())
                session.envelope(mail.reverse_path, row.notice.to_address)
            except MailgateError:
                if mail.unkept is not None:
                    with transaction(self.engine, durable=False) as conn:  # how the attempt ends is committed next
                        mail.unkept.keep(conn, self.archive, lent, None)
                raise
            with transaction(self.engine) as conn:
                if mail.unkept is not None:
                    is_ours = mail.unkept.keep(conn, self.archive, lent, phase)
                else:
                    is_ours = outbox.enter_data(conn, lent, phase)
            if not is_ours:
                return None
            self.fail_point("deliver.before-data")
            try:
                reply = session.data(mail.raw, before_dot=before_dot)
            except MailgateError:
                raise
            except Exception as error:  # nothing foreseen: nobody can say how far it came
                raise ReplyLost(f"the dialogue broke off: {error!r}") from error
        self.fail_point("deliver.after-dot")
        return reply


def _failure(error: SmarthostRefused) -> AddressFailure:
    if not error.is_about_recipient:
        return AddressFailure.NOTHING
    status = status_in(error.reply_line)
    return failure_of(status, dead=is_dead(status, error.reply_line))
