"""People decide on held mail: released, it is processed as of its original date; refused, it ends.

The mail is settled by the job of its row, and the lesson is told by its own: nothing here waits for anybody.
"""

import logging
from datetime import datetime

from sqlalchemy import Connection

from mailgate.errors import Permanent
from mailgate.log_events import LogEvent
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from store.post import lessons, spool
from store.post.spool import Accepted

log = logging.getLogger(__name__)


class NotHeld(Permanent):
    """The mail does not wait for a decision."""


def release(conn: Connection, spool_id: int, *, by: str, now: datetime) -> int | None:
    """Process a held mail after all. A quarantined one was no spam: returns the lesson. Raises NotHeld."""
    held = _held(conn, spool_id)
    lesson = None
    if held.outcome.disposition is Disposition.QUARANTINED:
        lesson = lessons.add(conn, spool_id, is_spam=False, now=now)
    spool.release(conn, spool_id, by=by, now=now)
    log.info(LogEvent.RELEASED(spool=spool_id, by=by))
    return lesson


def refuse(conn: Connection, spool_id: int, *, by: str, is_spam: bool, now: datetime) -> int | None:
    """End a held mail as refused; its bytes stay. Where it was spam, returns the lesson. Raises NotHeld."""
    held = _held(conn, spool_id)
    lesson = lessons.add(conn, spool_id, is_spam=True, now=now) if is_spam else None
    spool.refuse(conn, spool_id, by=by, reason=f"refused by {by}; was held: {held.outcome.reason}", now=now)
    log.info(LogEvent.REFUSED_SPOOL(spool=spool_id, by=by, spam=is_spam))
    return lesson


def _held(conn: Connection, spool_id: int) -> Accepted:
    spool.lock(conn, spool_id)
    held = spool.show(conn, spool_id)
    if held is None:
        raise NotHeld(f"there is no mail {spool_id}")
    if held.outcome.disposition not in AWAITING_REVIEW:
        by = f", by {held.decided_by}" if held.decided_by else ""
        raise NotHeld(f"mail {spool_id} is not held: it is {held.outcome.disposition.value}{by}")
    return held
