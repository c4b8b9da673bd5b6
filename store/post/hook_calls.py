"""Calls of hooks: one row for each event and each hook that hears of it, until somebody has taken it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select, true, update

from store.engine import transaction
from store.post import leases
from store.rows import Rows
from store.schema import hook_calls

KEPT = timedelta(days=90)
"""What is over can be looked up for so long."""


class CallState(StrEnum):
    """How a call stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"  # nobody took it in its time
    DROPPED = "dropped"  # the hook is not in the settings any more, or somebody has cancelled the call


@dataclass(frozen=True, slots=True)
class Call:
    """One call, over or not."""

    id: int
    hook_key: str
    hook_name: str
    event_id: str
    event: str
    subject: str
    customer_id: int | None
    body: str
    state: CallState
    created_at: datetime
    due_at: datetime | None
    attempts: int
    not_before: datetime | None = None  # nobody hears of it sooner
    last_reply: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lent:
    """A call that a worker has for itself until its lease runs out; the attempt is counted."""

    call: Call
    lease: str


_CALL = Rows(Call)
_ADD = insert(hook_calls).returning(hook_calls.c.id)
_LEND = leases.lending(hook_calls, when=true())


def add(conn: Connection, together: Sequence[Call]) -> tuple[int, ...]:
    """Keep new calls; returns their ids, ascending."""
    if not together:
        return ()
    return tuple(sorted(conn.execute(_ADD, [_CALL.columns(call) for call in together]).scalars()))


def lend(engine: Engine, call_id: int, *, now: datetime) -> Lent | None:
    """Give a call to the caller; None when there is nothing to do.

    While an earlier call of the same hook about the same thing is not over it waits: a service that is switched off and
    on again is switched off and on again there, in this order.
    """
    with transaction(engine, durable=False) as conn:
        again_at = _not_before(conn, call_id, now) or (
            now + leases.SWEEP_GRACE if _waits_behind(conn, call_id) else None
        )
        if again_at is not None:
            postponed = update(hook_calls).where(hook_calls.c.id == call_id, hook_calls.c.lease.is_(None))
            conn.execute(postponed.where(hook_calls.c.due_at.is_not(None)).values(due_at=again_at))
            return None
        for row in leases.lend(conn, _LEND, (call_id,), now=now):
            return Lent(_CALL.read(row), row["lease"])
    return None


def end(
    conn: Connection, lent: Lent, *, state: CallState, reply: str, now: datetime, again_at: datetime | None = None
) -> int | None:
    """How an attempt ended: WAITING until `again_at`, or over. Returns the id of the call that may go now, if any."""
    is_over = again_at is None
    mine = update(hook_calls).where(hook_calls.c.id == lent.call.id, hook_calls.c.lease == lent.lease)
    ended = mine.values(
        lease=None, due_at=again_at, state=state.value, last_reply=reply, ended_at=now if is_over else None
    )
    if conn.execute(ended).rowcount != 1 or not is_over:
        return None
    conn.execute(delete(hook_calls).where(hook_calls.c.ended_at < now - KEPT))
    following = (
        select(hook_calls.c.id)
        .where(
            hook_calls.c.hook_key == lent.call.hook_key,
            hook_calls.c.subject == lent.call.subject,
            hook_calls.c.due_at.is_not(None),
        )
        .order_by(hook_calls.c.id)
        .limit(1)
    )
    number = conn.execute(following).scalar_one_or_none()
    if number is not None:
        leases.hasten(conn, hook_calls, (number,), now=now)
    return number


def retry(conn: Connection, call_id: int, *, now: datetime) -> bool:
    """Call once more at once, from the first attempt on; False when it is under way, was taken, or is not there.

    What waits for its day is called at once, too.
    """
    again = update(hook_calls).where(
        hook_calls.c.id == call_id,
        hook_calls.c.state.in_((CallState.WAITING, CallState.FAILED, CallState.DROPPED)),
        hook_calls.c.lease.is_(None),
    )
    values = {"state": CallState.WAITING.value, "due_at": now, "not_before": None, "attempts": 0}
    return conn.execute(again.values(**values, ended_at=None, told_at=None)).rowcount == 1


def drop(conn: Connection, call_id: int, *, now: datetime) -> bool:
    """Make it no more; False when it is under way, is over, or is not there."""
    waits = update(hook_calls).where(
        hook_calls.c.id == call_id, hook_calls.c.due_at.is_not(None), hook_calls.c.lease.is_(None)
    )
    reply = "cancelled by hand"
    values = {"state": CallState.DROPPED.value, "due_at": None, "ended_at": now, "last_reply": reply}
    return conn.execute(waits.values(**values)).rowcount == 1


def find(conn: Connection, call_id: int) -> Call | None:
    """One by its id."""
    row = conn.execute(select(hook_calls).where(hook_calls.c.id == call_id)).mappings().first()
    return _CALL.read(row) if row else None


def listing(
    conn: Connection, *, states: Sequence[CallState] = (), after: int = 0, limit: int | None = None
) -> tuple[Call, ...]:
    """Calls, the newest last; of these states, or all."""
    query = select(hook_calls).where(hook_calls.c.id > after).order_by(hook_calls.c.id)
    if states:
        query = query.where(hook_calls.c.state.in_(states))
    return tuple(_CALL.read(row) for row in conn.execute(query.limit(limit)).mappings())


@dataclass(frozen=True, slots=True)
class Tally:
    """How many calls of one hook wait, failed and were taken."""

    waiting: int = 0
    failed: int = 0
    done: int = 0


def tallies(conn: Connection) -> Mapping[str, Tally]:
    """By the key of the hook."""
    query = select(hook_calls.c.hook_key, hook_calls.c.state, func.count()).group_by(
        hook_calls.c.hook_key, hook_calls.c.state
    )
    found: dict[str, dict[str, int]] = {}
    for key, state, count in conn.execute(query):
        found.setdefault(key, {})[state] = count
    return {
        key: Tally(*(counts.get(state, 0) for state in (CallState.WAITING, CallState.FAILED, CallState.DONE)))
        for key, counts in found.items()
    }


def count_failing(conn: Connection) -> int:
    """How many calls wait for another attempt after one that failed."""
    waits = hook_calls.c.due_at.is_not(None), hook_calls.c.lease.is_(None), hook_calls.c.attempts > 0
    return int(conn.execute(select(func.count()).select_from(hook_calls).where(*waits)).scalar_one())


def troubles(conn: Connection, *, least: int) -> tuple[Call, ...]:
    """Calls that failed so often, or were given up since, and of which staff have not heard; the oldest first."""
    untold = hook_calls.c.told_at.is_(None)
    failing = and_(hook_calls.c.state == CallState.WAITING, hook_calls.c.attempts >= least, untold)
    told_before = hook_calls.c.told_at < hook_calls.c.ended_at
    given_up = and_(hook_calls.c.state == CallState.FAILED, or_(untold, told_before))
    query = select(hook_calls).where(or_(failing, given_up)).order_by(hook_calls.c.id)
    return tuple(_CALL.read(row) for row in conn.execute(query).mappings())


def mark_told(conn: Connection, call_ids: Sequence[int], *, now: datetime) -> None:
    """Staff have heard of these."""
    conn.execute(update(hook_calls).where(hook_calls.c.id.in_(call_ids)).values(told_at=now))


def _not_before(conn: Connection, call_id: int, now: datetime) -> datetime | None:
    """The instant that a call waits for, while that lies ahead."""
    at = conn.execute(select(hook_calls.c.not_before).where(hook_calls.c.id == call_id)).scalar_one_or_none()
    return at if at is not None and at > now else None


def _waits_behind(conn: Connection, call_id: int) -> bool:
    earlier = hook_calls.alias()
    query = select(earlier.c.id).where(
        hook_calls.c.id == call_id,
        earlier.c.hook_key == hook_calls.c.hook_key,
        earlier.c.subject == hook_calls.c.subject,
        earlier.c.id < call_id,
        earlier.c.due_at.is_not(None),
    )
    return conn.execute(query.limit(1)).first() is not None
