"""What came in since the last look, and how long it took to be settled: for counters, which must never fall."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from store.schema import spool

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the last look came."""

    top: int  # the newest id
    by_door: Mapping[Door, int]  # how many up to there
    pending: tuple[int, ...]  # of these, those that were not settled yet


def look(conn: Connection, seen: Seen | None) -> tuple[Seen, Sequence[float]]:
    """Where we are now, and for each mail settled since `seen` the seconds from its acceptance.

    The first look counts all rows and measures none; later ones read only what is new.
    """
    if seen is None:
        return _first(conn), ()
    new = conn.execute(
        select(spool.c.id, spool.c.door, spool.c.received_at, spool.c.finished_at)
        .where(spool.c.id > seen.top)
        .order_by(spool.c.id)
    ).all()
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
    return Seen(new[-1].id if new else seen.top, dict(doors), pending), seconds


def _first(conn: Connection) -> Seen:
    top = conn.execute(select(func.max(spool.c.id))).scalar() or 0
    counted = conn.execute(select(spool.c.door, func.count()).where(spool.c.id <= top).group_by(spool.c.door))
    found = {Door(row[0]): int(row[1]) for row in counted}
    waiting = (spool.c.disposition == Disposition.WAITING, spool.c.released.is_(False), spool.c.id <= top)
    pending = conn.execute(select(spool.c.id).where(*waiting)).scalars()
    return Seen(top, {door: found.get(door, 0) for door in Door}, tuple(pending))
