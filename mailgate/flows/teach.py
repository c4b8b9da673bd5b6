"""One decision of a person is told to spamd, so that it knows better next time."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.log_events import LogEvent
from store.archive import Archive
from store.engine import reading, transaction
from store.post import lessons

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
AGAIN_AFTER = timedelta(minutes=5)

TeachFilter = Callable[[bytes, bool], bool]
"""(raw message, is it spam) → the filter took it; False also when it knew that already."""


def teach(lesson_id: int, *, engine: Engine, archive: Archive, teach_filter: TeachFilter, now: datetime) -> None:
    """Tell spamd once, or three times when it does not take it. Never raises: a lesson is worth a try and no more."""
    try:
        lesson = lessons.lend(engine, lesson_id, now=now)
        if lesson is None:
            return
        with reading(engine) as conn:
            blob = archive.find(conn, lesson.sha256)
        raw = archive.read(blob)
        taken = teach_filter(raw, lesson.is_spam)
        again_at = None if taken or lesson.attempts >= MAX_ATTEMPTS else now + AGAIN_AFTER
        with transaction(engine, durable=False) as conn:
            lessons.end(conn, lesson, again_at=again_at)
    except (OperationalError, TimeoutError) as error:
        log.warning(LogEvent.POSTPONED_LESSON(lesson=lesson_id, error=error))
        return
    log.info(LogEvent.TAUGHT(lesson=lesson_id, spam=lesson.is_spam, taken=taken))
