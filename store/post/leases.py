"""Lend a row to one worker; find the rows that nobody works on.

A table that is worked by jobs has `due_at` (when the sweep looks next, null when nothing is left to do), `lease` (while
a worker has the row: the name of its process and a random word) and `attempts`. Every later write of that worker names
its lease, so that one who was thought dead cannot overwrite what his successor did.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, bindparam, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.dml import ReturningUpdate

from store.post.processes import MY_NAME

LEASE = timedelta(minutes=15)
"""Longer than the slowest work on one row: a smarthost may take 600 s to answer after the dot (RFC 5321 §4.5.3.2.6)."""

INSIST_SECONDS, PAUSE_SECONDS = 120.0, 1.0
"""A store that is locked or full for longer than this costs what the lease was to save; far less than the lease."""

OFTEN, APART = 2, timedelta(seconds=12)
"""Attempts that make a row suspect after a death, and the time for one of them: longer than spamd may take."""

SWEEP_GRACE = timedelta(seconds=60)
"""A row whose job was just sent is left to it for so long."""

SOON = SWEEP_GRACE + timedelta(seconds=30)
"""A row whose job was just sent is due this soon, by the clock of another host, too."""


def lending(table: Table, *, when: ColumnElement[bool], **values: object) -> ReturningUpdate[Any]:
    """The statement that lends rows of a table, while `when` holds, and sets these values in them: for `lend`.

    What was put off is not lent before its time, however often a broker brings the job that was sent for it before.
    """
    hinted = and_(table.c.lease.is_(None), table.c.due_at <= bindparam("the_soon"))
    free = or_(hinted, table.c.due_at <= bindparam("the_now"))
    return (
        update(table)
        .where(table.c.id.in_(bindparam("the_ids", expanding=True)), table.c.due_at.is_not(None), free, when)
        .values(attempts=table.c.attempts + 1, lease=bindparam("lease"), due_at=bindparam("due_at"), **values)
        .returning(*table.c)
    )


def lend(
    conn: Connection, lending: ReturningUpdate[Any], row_ids: Sequence[int], *, now: datetime
) -> Sequence[RowMapping]:
    """Give the rows to the caller under one lease and count the attempt, in the order of their ids.

    Left out is what somebody else has, and what is not to be lent.
    """
    values = {
        "the_ids": list(row_ids),
        "the_now": now,
        "the_soon": now + SOON,
        "lease": f"{MY_NAME}.{secrets.token_hex(8)}",
        "due_at": now + LEASE,
    }
    return sorted(conn.execute(lending, values).mappings(), key=lambda row: int(row["id"]))


def overdue(conn: Connection, table: Table, *, now: datetime, limit: int) -> Sequence[tuple[int, datetime]]:
    """Ids of rows that somebody should look at now, and since when, longest waiting first."""
    query = select(table.c.id, table.c.due_at).where(table.c.due_at <= now)
    rows = conn.execute(query.order_by(table.c.due_at, table.c.id).limit(limit))
    return [(row.id, row.due_at) for row in rows]


def postpone(conn: Connection, table: Table, row_ids: Sequence[int], *, now: datetime) -> None:
    """The jobs of these rows are about to be sent again: look again after the grace, and let a new worker have them."""
    conn.execute(
        update(table).where(table.c.id.in_(row_ids), table.c.due_at <= now).values(due_at=now + SWEEP_GRACE, lease=None)
    )


def hasten(conn: Connection, table: Table, row_ids: Sequence[int], *, now: datetime) -> None:
    """No job is sent for these new rows: the next sweep takes them up, without the grace."""
    conn.execute(update(table).where(table.c.id.in_(row_ids), table.c.lease.is_(None)).values(due_at=now))


def release_all(conn: Connection, table: Table, *, now: datetime, queued: ColumnElement[bool]) -> int:
    """Take back every lease, and what is `queued` in a broker that ended with its process; returns their number.

    For the start of a program whose workers are the only ones.
    """
    left = table.c.due_at.is_not(None) & or_(table.c.lease.is_not(None), queued)
    return conn.execute(update(table).where(left).values(lease=None, due_at=now)).rowcount


def release_of(conn: Connection, table: Table, process: str, *, now: datetime) -> Sequence[int]:
    """Take back the leases of a process that is dead; returns the ids of their rows."""
    in_hand = (table.c.due_at.is_not(None), table.c.lease.startswith(f"{process}."))
    return (
        conn.execute(update(table).where(*in_hand).values(lease=None, due_at=now).returning(table.c.id)).scalars().all()
    )


def set_apart(conn: Connection, table: Table, *, now: datetime, among: Sequence[int] | None = None) -> None:
    """Look at the rows that two deaths met in hand one after the other, worst first; after they were released.

    One of them may be what its worker died of. In hand beside it a third time, the others would be taken for the same.
    """
    often = select(table.c.id).where(table.c.due_at.is_not(None), table.c.attempts >= OFTEN)
    if among is not None:
        often = often.where(table.c.id.in_(among))
    for place, row in enumerate(conn.execute(often.order_by(table.c.attempts.desc(), table.c.id)).all()):
        conn.execute(update(table).where(table.c.id == row.id).values(due_at=now + place * APART))


def bring_forward(conn: Connection, table: Table, *, now: datetime) -> None:
    """One of those that were set apart has been dealt with: the next need not wait for its time."""
    apart = (table.c.attempts >= OFTEN, table.c.lease.is_(None), table.c.due_at > now, table.c.last_error.is_(None))
    following = select(table.c.id).where(*apart).order_by(table.c.due_at, table.c.id).limit(1)
    conn.execute(update(table).where(table.c.id == following.scalar_subquery()).values(due_at=now))


def insist(write: Callable[[], None], *, told: Callable[[Exception], None]) -> None:
    """Write down what has been done with a lent row: again and again while the store is locked or full.

    Giving up leaves the row lent, and its work is done a second time when the lease runs out. `told` hears of each
    failure; raises the last, OperationalError or TimeoutError.
    """
    deadline = time.monotonic() + INSIST_SECONDS
    while True:
        try:
            write()
        except (OperationalError, TimeoutError) as error:
            if time.monotonic() > deadline:
                raise
            told(error)
            time.sleep(PAUSE_SECONDS)
        else:
            return
