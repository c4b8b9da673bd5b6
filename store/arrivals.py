"""What came in since the last look, and how long it took to be settled: for counters, which must never fall."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from store.schema import spool

_AT_ONCE = 1000

_LATE = 500
"""So many ids before the newest are looked at again: where several processes write, a lower id may be committed later.

Far more than mails that are accepted at the same time.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the last look came."""

    top: int  # the newest id
    by_door: Mapping[Door, int]  # how many up to there
    lately: frozenset[int]  # which of the last ids before it were counted
    pending: tuple[int, ...]  # of these, those that were not settled yet


def look(conn: Connection, seen: Seen | None) -> tuple[Seen, Sequence[float]]:
    """Where we are now, and for each mail settled since `seen` the seconds from its acceptance.

    The first look counts all rows and measures none; later ones read what is new, and little before it.
    """
    if seen is None:
        return _first(conn), ()
    new = conn.execute(
        select(spool.c.id, spool.c.door, spool.c.received_at, spool.c.finished_at)
        .where(spool.c.id > seen.top - _LATE)
        .order_by(spool.c.id)
    ).all()
    lately = frozenset(row.id for row in new)
    new = [row for row in new if row.id not in seen.lately]
    doors = Counter(seen.by_door)
    doors.update(Door(row.door) for row in new)
    settled = [row for row in new if row.finished_at is not None]
    for begin in range(0, len(seen.pending), _AT_ONCE):
        ids = seen.pending[begin : begin + _AT_ONCE]
        settled.extend(
            conn.execute(
                select(spool.c.id, spool.c.door, spool.c.received_at, spool.c.finished_at).where(
                    spool.c.id.in_(ids), spool.c.finished_at.is_not(None)
                )
            )
        )
    done = {row.id for row in settled}
    pending = tuple(one for one in (*seen.pending, *(row.id for row in new)) if one not in done)
    seconds = [max((row.finished_at - row.received_at).total_seconds(), 0.0) for row in settled]
    top = max(lately, default=seen.top)
    return Seen(top, dict(doors), frozenset(one for one in lately if one > top - _LATE), pending), seconds


def _first(conn: Connection) -> Seen:
    top = conn.execute(select(func.max(spool.c.id))).scalar() or 0
    lately = frozenset(conn.execute(select(spool.c.id).where(spool.c.id <= top, spool.c.id > top - _LATE)).scalars())
    counted = conn.execute(select(spool.c.door, func.count()).where(spool.c.id <= top).group_by(spool.c.door))
    found = {Door(row[0]): int(row[1]) for row in counted}
    waiting = (spool.c.disposition == Disposition.WAITING, spool.c.released.is_(False), spool.c.id <= top)
    pending = conn.execute(select(spool.c.id).where(*waiting)).scalars()
    return Seen(top, {door: found.get(door, 0) for door in Door}, lately, tuple(pending))
