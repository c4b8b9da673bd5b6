"""People decide on held mail: released, it is processed as of its original date; refused, it ends. Both teach spamd."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from mailgate.errors import Permanent
from mailgate.jobs import Enqueue, Job
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from store import spool
from store.archive import Archive
from store.engine import reading, transaction
from store.spool import Accepted

log = logging.getLogger(__name__)

Teach = Callable[[bytes, bool], bool]
"""(raw message, is it spam) → the filter took it."""


class NotHeld(Permanent):
    """The mail does not wait for a decision."""


def release(
    spool_id: int, *, engine: Engine, archive: Archive, teach: Teach, enqueue: Enqueue, now: datetime
) -> Accepted:
    """Process a held mail after all; a quarantined one is taught as ham. Raises NotHeld."""
    held, raw = _held(engine, archive, spool_id)
    if held.outcome.disposition is Disposition.QUARANTINED:
        teach(raw, False)
    with transaction(engine) as conn:
        if not spool.release(conn, spool_id, now=now):
            raise NotHeld(f"mail {spool_id} was just decided on by somebody else")
    log.info("released spool=%d", spool_id)
    enqueue(Job.RECEIVE, spool_id)
    return _shown(engine, spool_id)


def refuse(spool_id: int, *, engine: Engine, archive: Archive, teach: Teach, now: datetime) -> Accepted:
    """End a held mail as refused and teach it as spam. Its bytes stay. Raises NotHeld."""
    held, raw = _held(engine, archive, spool_id)
    teach(raw, True)
    with transaction(engine) as conn:
        if not spool.refuse(conn, spool_id, reason=f"refused by staff; was held: {held.outcome.reason}", now=now):
            raise NotHeld(f"mail {spool_id} was just decided on by somebody else")
    log.info("refused spool=%d", spool_id)
    return _shown(engine, spool_id)


def _held(engine: Engine, archive: Archive, spool_id: int) -> tuple[Accepted, bytes]:
    with reading(engine) as conn:
        held = spool.show(conn, spool_id)
        if held is None:
            raise NotHeld(f"there is no mail {spool_id}")
        if held.outcome.disposition not in AWAITING_REVIEW:
            raise NotHeld(f"mail {spool_id} is not held: it is {held.outcome.disposition.value}")
        return held, archive.load(conn, held.sha256)


def _shown(engine: Engine, spool_id: int) -> Accepted:
    with reading(engine) as conn:
        shown = spool.show(conn, spool_id)
    assert shown is not None
    return shown
