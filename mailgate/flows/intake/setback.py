"""An attempt at a message failed: it is tried again, later or at once, or parked for a person. Never raises."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.errors import LookupFailed, PastItsBound, Temporary
from mailgate.flows.intake.stages import Failed, LeaseLost
from mailgate.flows.story.identify import next_try
from mailgate.log_events import LogEvent
from mailgate.mail.disposition import Disposition
from store.engine import transaction
from store.post import leases, spool
from store.post.spool import Lent, Outcome

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=30)


def set_back(engine: Engine, failed: Failed, *, now: datetime) -> None:
    """Say and write what becomes of the message. What the store or a service did does not count against it."""
    lent, error = failed.lent, failed.error
    match error:
        case LeaseLost():  # it ran out, and another worker was here: what was written is rolled back
            log.warning(LogEvent.LEASE_LOST(spool=lent.spool_id))
        case LookupFailed():
            again = next_try(lent, now)
            log.warning(
                LogEvent.POSTPONED_LOOKUP(spool=lent.spool_id, next=again.isoformat(timespec="seconds"), error=error)
            )
            _give_back(engine, lent, error, again, counted=False)
        case Temporary() | OperationalError() | TimeoutError():
            log.warning(LogEvent.POSTPONED_SPOOL(spool=lent.spool_id, error=error))
            _give_back(engine, lent, error, now + RETRY_AFTER, counted=False)
        case PastItsBound() | MemoryError():  # it would take as much again, and keep all others waiting
            log.error(LogEvent.FAILED_SPOOL(spool=lent.spool_id, attempt=lent.attempts), exc_info=error)
            park(engine, lent, f"parked: reading it takes too much time or memory ({error!r})", now=now)
        case _:
            log.error(LogEvent.FAILED_SPOOL(spool=lent.spool_id, attempt=lent.attempts), exc_info=error)
            if lent.attempts >= MAX_ATTEMPTS:
                park(engine, lent, in_vain(repr(error)), now=now)
            else:
                _give_back(engine, lent, error, now + RETRY_AFTER, counted=True)


def in_vain(why: str) -> str:
    """The reason to park what was tried often enough."""
    return f"parked: could not be processed in {MAX_ATTEMPTS} attempts ({why})"


def park(engine: Engine, lent: Lent, reason: str, *, now: datetime) -> None:
    """Hold it for a person, with its bytes and the reason."""
    log.error(LogEvent.PARKED_SPOOL(spool=lent.spool_id, reason=reason))

    def write() -> None:
        with transaction(engine) as conn:
            spool.finish(conn, lent, Outcome(Disposition.HELD, reason[:500]), now=now)

    _end(lent, write)


def _give_back(engine: Engine, lent: Lent, error: Exception, due_at: datetime, *, counted: bool) -> None:
    def write() -> None:
        with transaction(engine, durable=False) as conn:
            spool.give_back(conn, lent, error=repr(error), due_at=due_at, counted=counted)

    _end(lent, write)


def _end(lent: Lent, write: Callable[[], None]) -> None:
    """Let go of the row, also when the store must be waited for: a lease that runs out counts against the message."""
    try:
        leases.insist(
            write, told=lambda error: log.warning(LogEvent.NOT_YET_SAVED_SPOOL(spool=lent.spool_id, error=error))
        )
    except (OperationalError, TimeoutError):
        log.warning(LogEvent.NOT_SAVED(spool=lent.spool_id))
