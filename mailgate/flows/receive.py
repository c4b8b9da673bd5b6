"""An accepted message gets its disposition."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.config import Settings
from mailgate.errors import LookupFailed, Temporary
from mailgate.flows.act import Act
from mailgate.flows.identify import claimed, identify, next_try
from mailgate.flows.incoming import read
from mailgate.flows.settle import settle
from mailgate.inbound.authenticate import SenderCheck
from mailgate.inbound.spamd import OFF, SpamVerdict
from mailgate.jobs import Enqueue, FailPoint, Job, computing, no_fail_point
from mailgate.mail.disposition import Disposition
from mailgate.mail.parse import parse
from store import leases, spool
from store.archive import Archive
from store.engine import reading, transaction
from store.spool import Lent, Outcome

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=30)


class _LeaseLost(Exception):
    """Somebody else has the row."""


SpamCheck = Callable[[bytes], SpamVerdict]


def receive(
    spool_id: int,
    *,
    engine: Engine,
    archive: Archive,
    settings: Settings,
    check_spam: SpamCheck,
    check_sender: SenderCheck,
    enqueue: Enqueue,
    now: datetime,
    fail_point: FailPoint = no_fail_point,
) -> None:
    """Give one accepted message its disposition; a message that already has one is left alone.

    Never raises: a message that cannot be processed is tried three times and then parked, that is held for a person
    with its bytes and the reason; one that kills its worker is found so by its count of attempts. A store that is
    locked or a service that is down does not count against the message.
    """
    try:
        with computing:
            lent = spool.lend(engine, spool_id, now=now)
    except (OperationalError, TimeoutError) as error:
        log.warning("postponed spool=%d error=%r", spool_id, error)  # nobody has it: the sweep looks again
        return
    if lent is None:
        return
    if lent.attempts > MAX_ATTEMPTS:
        _park(engine, lent, lent.last_error or "its worker died each time", now)
        return
    try:
        with computing:
            with reading(engine) as conn:
                raw = archive.load(conn, lent.sha256)
                claim = claimed(conn, raw)
            message = parse(raw, render_html=False)  # an HTML body is rendered only when there is no other text
        identity = identify(claim, lent, raw, message, check_sender=check_sender, now=now)
        verdict = OFF if lent.released else check_spam(raw)  # before the transaction: spamd may be slow
        fail_point("receive.checked")
        with computing:
            incoming = read(lent, raw, message, identity, verdict, settings=settings, archive=archive)
            with transaction(engine, durable=False) as conn:  # undone by a power cut, the row waits as before
                at = lent.envelope.received_at if lent.released else now
                settled = settle(Act.begin(conn, settings, now, at=at), incoming, archive=archive)
                if not spool.finish(conn, lent, settled.outcome, now=now):
                    raise _LeaseLost
                fail_point("receive.before-commit")
    except _LeaseLost:  # it ran out, and another worker was here: what was written is rolled back
        log.warning("lease lost spool=%d", spool_id)
        return
    except LookupFailed as error:
        again = next_try(lent, now)
        log.warning("postponed spool=%d next=%s error=%r", spool_id, again.isoformat(timespec="seconds"), error)
        _give_back(engine, lent, error, again, counted=False)
        return
    except (Temporary, OperationalError, TimeoutError) as error:
        log.warning("postponed spool=%d error=%r", spool_id, error)
        _give_back(engine, lent, error, now + RETRY_AFTER, counted=False)
        return
    except Exception as error:
        log.exception("failed spool=%d attempt=%d", spool_id, lent.attempts)
        if lent.attempts >= MAX_ATTEMPTS:
            _park(engine, lent, repr(error), now)
        else:
            _give_back(engine, lent, error, now + RETRY_AFTER, counted=True)
        return
    fail_point("receive.committed")
    outcome = settled.outcome
    log.info("settled spool=%d disposition=%s ticket=%s", spool_id, outcome.disposition.value, outcome.ticket_id)
    for outbox_id in settled.outbox_ids:  # after the commit: a job never runs ahead of its row
        enqueue(Job.DELIVER, outbox_id)


def _give_back(engine: Engine, lent: Lent, error: Exception, due_at: datetime, *, counted: bool) -> None:
    def write() -> None:
        with transaction(engine, durable=False) as conn:
            spool.give_back(conn, lent, error=repr(error), due_at=due_at, counted=counted)

    _end(lent, write)


def _park(engine: Engine, lent: Lent, why: str, now: datetime) -> None:
    reason = f"parked: could not be processed in {MAX_ATTEMPTS} attempts ({why})"
    log.error("parked spool=%d reason=%r", lent.spool_id, reason)

    def write() -> None:
        with transaction(engine) as conn:
            spool.finish(conn, lent, Outcome(Disposition.HELD, reason[:500]), now=now)

    _end(lent, write)


def _end(lent: Lent, write: Callable[[], None]) -> None:
    """Let go of the row, also when the store must be waited for: a lease that runs out counts against the message."""
    try:
        leases.insist(write, told=lambda error: log.warning("not yet saved spool=%d error=%r", lent.spool_id, error))
    except (OperationalError, TimeoutError):
        log.warning("not saved spool=%d; its lease will run out", lent.spool_id)
