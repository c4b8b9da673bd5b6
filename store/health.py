"""What the rows say about how the gate is doing: numbers and ages, nobody's name. Reads only, from indexes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, case, func, select

from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from store.billing import ledger_checks, money_queues, standing
from store.billing.charges_standing import Standing as Charges
from store.billing.charges_standing import standing as standing_of_charges
from store.billing.ledger_checks import LedgerCheck
from store.billing.money_queues import MoneyQueues
from store.billing.standing import Standing
from store.post import hook_calls, unsent
from store.post.outbox import OutState
from store.post.unsent import Unsent
from store.schema import outbox, spool

UNDELIVERED = (OutState.QUEUED, OutState.SENDING, OutState.IN_DOUBT)
"""On their way, or stuck on it; held mail waits by somebody's will."""

_RECENT = 1000
"""How many rows back the last sent mail is looked for: its instant has no index, and the order of ids comes close."""

_LOOKED_AT = 50_000
"""Rows of a day's mail that are counted: `created_at` has no index of its own."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the queues at one instant."""

    at: datetime
    mails: Mapping[Disposition, int]  # how many are in each disposition, all of them named
    outgoing: Mapping[OutState, int]
    oldest_waiting: timedelta | None  # accepted and without a disposition
    oldest_review: timedelta | None  # held or quarantined
    oldest_undelivered: timedelta | None
    late_in: timedelta | None  # overdue for a worker, whom the sweep should have sent within a second
    late_out: timedelta | None
    parked: int  # in doubt, and not tried again by itself
    on_hold: int  # outgoing, held until somebody releases it
    unsent: Unsent  # automatic answers that a budget for all kept back within the last day
    ledger: LedgerCheck | None  # the last look at it; None: nothing is booked yet, or nobody has looked
    billing: Standing
    money: MoneyQueues
    failing_calls: int  # of hooks, after an attempt or more
    charges: Charges  # of saved cards
    last_in_at: datetime | None
    last_out_at: datetime | None

    @property
    def waiting(self) -> int:
        """Accepted mails without a disposition."""
        return self.mails[Disposition.WAITING]

    @property
    def undelivered(self) -> int:
        """Mails of ours on their way."""
        return sum(self.outgoing[state] for state in UNDELIVERED)


def read(conn: Connection, now: datetime) -> Health:
    """Look at a store of the newest schema."""
    for_ever = outbox.c.due_at.is_(None)
    # One that was released from quarantine has waited since then, not since it came.
    waits_since = case((spool.c.released, spool.c.due_at), else_=spool.c.received_at)
    waiting = spool.c.disposition == Disposition.WAITING
    recent = select(outbox.c.sent_at).where(outbox.c.state == OutState.SENT).order_by(outbox.c.id.desc()).limit(_RECENT)
    return Health(
        at=now,
        mails={Disposition(word): number for word, number in _numbers(conn, spool.c.disposition, Disposition)},
        outgoing={OutState(word): number for word, number in _numbers(conn, outbox.c.state, OutState)},
        oldest_waiting=_age(conn, waits_since, waiting, now),
        oldest_review=_age(conn, spool.c.finished_at, spool.c.disposition.in_(AWAITING_REVIEW), now),
        oldest_undelivered=_age(conn, outbox.c.created_at, outbox.c.state.in_(UNDELIVERED), now),
        late_in=_age(conn, spool.c.due_at, spool.c.due_at <= now, now),
        late_out=_age(conn, outbox.c.due_at, outbox.c.due_at <= now, now),
        parked=_count(conn, (outbox.c.state == OutState.IN_DOUBT) & for_ever),
        on_hold=_count(conn, (outbox.c.state == OutState.HELD) & for_ever),
        unsent=unsent.read(conn, since=now - timedelta(days=1)),
        ledger=ledger_checks.last(conn),
        billing=standing.read(conn, now=now),
        money=money_queues.standing(conn),
        failing_calls=hook_calls.count_failing(conn),
        charges=standing_of_charges(conn, now=now),
        last_in_at=conn.execute(select(spool.c.received_at).order_by(spool.c.id.desc()).limit(1)).scalar(),
        last_out_at=conn.execute(select(func.max(recent.subquery().c.sent_at))).scalar(),
    )


def sent_ever(conn: Connection) -> int:
    """How many mails the smarthost has taken, those that came back later too."""
    others = [state for state in OutState if state is not OutState.SENT]
    came_back = outbox.c.state.in_(others) & outbox.c.sent_at.is_not(None)
    return _count(conn, outbox.c.state == OutState.SENT) + _count(conn, came_back)


@dataclass(frozen=True, slots=True)
class Written:
    """Mails that the gate wrote since an instant."""

    written: int
    failed: int  # refused, given up, or come back


def sent_since(conn: Connection, since: datetime) -> Written:
    """What became of the mails written since then; of very many, of the last ones."""
    newest = select(func.max(outbox.c.id)).scalar_subquery()
    recent = (outbox.c.id > newest - _LOOKED_AT) & (outbox.c.created_at >= since)
    return Written(_count(conn, recent), _count(conn, recent & (outbox.c.state == OutState.FAILED)))


def _numbers(conn: Connection, column: ColumnElement[str], words: type[StrEnum]) -> Iterable[tuple[str, int]]:
    found = {row[0]: int(row[1]) for row in conn.execute(select(column, func.count()).group_by(column))}
    return [(word, found.get(word, 0)) for word in words]


def _count(conn: Connection, which: ColumnElement[bool]) -> int:
    return int(conn.execute(select(func.count()).select_from(outbox).where(which)).scalar_one())


def _age(
    conn: Connection, since: ColumnElement[datetime], which: ColumnElement[bool], now: datetime
) -> timedelta | None:
    oldest: datetime | None = conn.execute(select(func.min(since)).where(which)).scalar()
    return None if oldest is None else max(now - oldest, timedelta())
