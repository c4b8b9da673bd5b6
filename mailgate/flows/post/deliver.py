"""One outbox row goes to the smarthost: composed once, then the same bytes each time until it is sent or given up."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.config.settings import InDoubt
from mailgate.errors import MailgateError, Permanent, Temporary
from mailgate.flows.post import rest
from mailgate.flows.post.composed import Composed, Composer
from mailgate.flows.post.ending import Ending
from mailgate.flows.post.rest import Turn
from mailgate.flows.post.wanted import unwanted
from mailgate.flows.story.act import send_jobs
from mailgate.jobs import Computing, Enqueue, FailPoint, alone, no_fail_point
from mailgate.letters.notice import Maker
from mailgate.log_events import LogEvent
from mailgate.mail.address_failure import AddressFailure, failure_of
from mailgate.mail.bounces.codes import status_in
from mailgate.mail.bounces.hard import is_dead
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
from store.engine import reading, transaction
from store.post import outbox
from store.post.outbox import LentOut, Phase

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Hands mails of ours to the smarthost; without one everything stays queued."""

    engine: Engine
    archive: Archive
    settings: Settings
    templates: Templates
    smarthost: Pool | None
    unanswered: Unanswered
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
        if self.smarthost is None:
            return
        try:
            with rest.turn(self.engine, self.smarthost.address, now) as turn:
                lent = turn and outbox.lend(self.engine, outbox_id, now=now)
                if not turn or not lent:
                    return
                ending = Ending(self.engine, self.settings, lent, now)
                self._try(lent, self.smarthost, turn, ending)
        except (OperationalError, TimeoutError) as error:
            # The sweep looks again, at the latest when the lease has run out.
            log.warning(LogEvent.POSTPONED_OUTBOX(outbox=outbox_id, error=error))
            return
        send_jobs(ending.told, self.enqueue)

    def _try(self, lent: LentOut, smarthost: Pool, turn: Turn, ending: Ending) -> None:
        """Carry out one attempt. Raises what a locked store raises."""
        try:
            if lent.row.phase is not None and not self._may_repeat(lent):
                ending.park(lent.row.last_reply or "stopped between DATA and its reply")
                return
            if lent.row.phase is None and (reason := self._unwanted(lent)):
                ending.drop(reason)
                return
            with self.computing:
                mail = self._composer()(lent, now=ending.now)
            with self.unanswered.turn() as before_dot:
                reply = self._submit(lent, mail, smarthost, before_dot)
                if reply is not None:
                    ending.sent(reply)
                    turn.answered = True
        except ReplyLost as error:
            ending.in_doubt(error)
            turn.failed(str(error))
        except (SmarthostUnreachable, SmarthostNotReady) as error:
            ending.later(error, due_at=turn.failed(str(error)))
        except SmarthostDeferred as error:
            ending.later(error)
            turn.answered = True
        except SmarthostRefused as error:
            ending.fail(error.reply_line, failure=_failure(error))
            turn.answered = True
        except Permanent as error:
            ending.fail(str(error))
        except Temporary as error:
            ending.later(error)
        except (OperationalError, TimeoutError):
            raise
        except Exception as error:
            log.exception(LogEvent.FAILED_OUTBOX(outbox=lent.row.id, attempt=lent.row.attempts))
            ending.later(error)

    def _composer(self) -> Composer:
        domain = self.settings.gate.domain
        return Composer(self.engine, self.archive, self.templates, self.makers, domain, self.fail_point)

    def _may_repeat(self, lent: LentOut) -> bool:
        """A message in doubt may be sent a second time, and never a third."""
        return lent.row.phase is Phase.DATA and self.settings.smarthost.in_doubt is InDoubt.RETRY

    def _unwanted(self, lent: LentOut) -> str | None:
        if lent.row.notice.template.kind.wanted is None:
            return None
        with reading(self.engine) as conn:
            return unwanted(conn, lent.row.notice)

    def _submit(self, lent: LentOut, mail: Composed, smarthost: Pool, before_dot: Callable[[], None]) -> str | None:
        """The dialogue, with a commit just before DATA; the final reply, or None when somebody else has the row."""
        row = lent.row
        phase = Phase.DATA if row.phase is None else Phase.DATA_AGAIN
        with smarthost.connect() as session:
            session.envelope(mail.reverse_path, row.notice.to_address)
            with transaction(self.engine) as conn:
                if not outbox.enter_data(conn, lent, phase):
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
