"""What spamd is still to be taught: one row for each decision of a person, until it was told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, true, update

from store.engine import transaction
from store.post import leases
from store.rows import insert_row
from store.schema import lessons, spool

_ADD = insert(lessons)
_LEND = leases.lending(lessons, when=true())


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson that a worker has for itself until its lease runs out."""

    id: int
    lease: str
    sha256: str  # of the message
    is_spam: bool
    attempts: int  # this one included


def add(conn: Connection, spool_id: int, *, is_spam: bool, now: datetime) -> int:
    """The message was spam, or was not; returns the id."""
    values = {"spool_id": spool_id, "is_spam": is_spam, "due_at": now, "attempts": 0}
    return insert_row(conn, _ADD, values)


def lend(engine: Engine, lesson_id: int, *, now: datetime) -> Lesson | None:
    """Give a lesson to the caller, the attempt counted; None when there is nothing to do."""
    with transaction(engine, durable=False) as conn:
        for row in leases.lend(conn, _LEND, (lesson_id,), now=now):
            sha256 = conn.execute(select(spool.c.sha256).where(spool.c.id == row["spool_id"])).scalar_one()
            return Lesson(lesson_id, row["lease"], sha256, row["is_spam"], row["attempts"])
    return None


def end(conn: Connection, lesson: Lesson, *, again_at: datetime | None) -> None:
    """It is over, or tried once more at `again_at`."""
    mine = (lessons.c.id == lesson.id, lessons.c.lease == lesson.lease)
    conn.execute(update(lessons).where(*mine).values(lease=None, due_at=again_at))
