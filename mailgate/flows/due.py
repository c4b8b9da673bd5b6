"""Everything that is due at an instant: what the schedule, the operator's cron, the demo and the tests all run."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine

from mailgate.config import Settings
from mailgate.flows.confirm.confirm import expire
from mailgate.flows.staff import held_mail, queue_list
from mailgate.flows.story.act import Act, send_jobs
from mailgate.flows.ticket.deadline import meet_deadline
from mailgate.jobs import Enqueue, Job
from mailgate.tickets.deadlines import Step, deadline
from store.desk import deadlines, tickets
from store.engine import reading, transaction
from store.post import confirmations, leases, outbox
from store.schema import lessons as lesson_rows
from store.schema import outbox as outbox_rows
from store.schema import spool as spool_rows

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Rows of one kind that one look takes up; what is left is found by the next."""


class DueKind(StrEnum):
    """What may be due."""

    RECEIVE = "receive"  # an accepted message waits for its disposition
    DELIVER = "deliver"  # a message of ours waits for the smarthost
    TEACH = "teach"  # spamd has not been told what a person decided
    HELD_ALERT = "held-alert"  # staff have not been told of held mail
    HELD_DIGEST = "held-digest"  # the list of each day, of all that still waits
    QUEUE_LIST = "queue-list"  # the open tickets, each day
    AUTOCLOSE_WARNING = Step.WARN.value  # a customer says nothing
    AUTO_CLOSE = Step.CLOSE.value  # and still nothing
    WAIT_ENDED = Step.END_WAIT.value  # a ticket was put off until now
    CONFIRMATION = "confirmation"  # a question was not answered in time


JOBS = {
    DueKind.RECEIVE: (Job.RECEIVE, spool_rows),
    DueKind.DELIVER: (Job.DELIVER, outbox_rows),
    DueKind.TEACH: (Job.TEACH, lesson_rows),
}

_LISTS: dict[DueKind, Callable[[Connection, Settings, datetime], datetime | None]] = {
    DueKind.HELD_DIGEST: held_mail.digest_at,  # first: it names what an alert would
    DueKind.HELD_ALERT: held_mail.alert_at,
}


_DEADLINES = {DueKind(step.value) for step in Step}


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing to be done. `object` is a row id or the number of a ticket, 0 where there is neither."""

    kind: DueKind
    object: int
    due_at: datetime


def due(conn: Connection, *, settings: Settings, at: datetime, delivering: bool = True) -> tuple[DueItem, ...]:
    """What is due at `at`, without doing it. `delivering`: there is a smarthost, so queued mail counts."""
    items = [
        DueItem(kind, row_id, due_at)
        for kind, (_, table) in JOBS.items()
        if delivering or kind is not DueKind.DELIVER
        for row_id, due_at in leases.overdue(conn, table, now=at, limit=AT_ONCE)
    ]
    for kind, asks in _LISTS.items():
        due_at = asks(conn, settings, at)
        if due_at is not None and due_at <= at:
            items.append(DueItem(kind, 0, due_at))
            break  # the other is asked for again when this one has been written
    morning = queue_list.queue_at(conn, settings, at)
    if morning is not None:
        items.append(DueItem(DueKind.QUEUE_LIST, 0, morning))
    silence = settings.desk_rules.silence
    numbers = deadlines.passed(conn, silence, at=at, limit=AT_ONCE)
    for ticket in tickets.itself(conn, numbers).values():
        passed = deadline(ticket, silence)
        if passed is not None and passed.at <= at:
            items.append(DueItem(DueKind(passed.step.value), ticket.id, passed.at))
    expired = confirmations.expired(conn, at=at, limit=AT_ONCE)
    items += [DueItem(DueKind.CONFIRMATION, asked.id, asked.expires_at) for asked in expired]
    return tuple(items)


def sweep(engine: Engine, *, settings: Settings, enqueue: Enqueue, now: datetime, delivering: bool) -> None:
    """Send the jobs of all that is due: what was lost with a queue, left by a dead worker, or put off until now."""
    with reading(engine) as conn:
        items = due(conn, settings=settings, at=now, delivering=delivering)
    if not items:
        return
    for kind, (job, _) in JOBS.items():
        ids = [item.object for item in items if item.kind is kind]
        if not ids:
            continue
        _take_up(engine, kind, ids, now)
        for row_id in ids:
            enqueue(job, row_id)
    for item in items:
        if item.kind not in JOBS:
            _do(engine, item.kind, item.object, settings=settings, enqueue=enqueue, now=now)


def run(
    engine: Engine,
    *,
    settings: Settings,
    work: Callable[[Enqueue], Mapping[Job, Callable[[int, datetime], None]]],
    at: datetime,
    delivering: bool,
) -> Mapping[str, int]:
    """Do all that is due at `at`, inline, and what follows from it; returns how many of each kind.

    `work` gives the flow of each job, for flows whose follow-up jobs go where it is told. A row is taken up once in a
    run: what it leaves undone is due later.
    """
    done: Counter[str] = Counter()
    seen: set[tuple[DueKind, int]] = set()
    follow_ups: deque[tuple[DueKind, int]] = deque()

    def follow_up(job: Job, row_id: int) -> None:
        if delivering or job is not Job.DELIVER:
            follow_ups.append((DueKind(job.value), row_id))

    flows = work(follow_up)
    while fresh := _not_seen(engine, settings, at, delivering, seen):
        follow_ups.extend((item.kind, item.object) for item in fresh)
        while follow_ups:
            kind, row_id = follow_ups.popleft()
            seen.add((kind, row_id))
            done[kind.value] += 1
            if kind not in JOBS:
                _do(engine, kind, row_id, settings=settings, enqueue=follow_up, now=at)
                continue
            _take_up(engine, kind, [row_id], at)
            job, _ = JOBS[kind]
            flows[job](row_id, at)
    return dict(done)


def _do(engine: Engine, kind: DueKind, number: int, *, settings: Settings, enqueue: Enqueue, now: datetime) -> None:
    """Do what has no job, in a transaction of its own. A deadline that fails does not stop the others."""
    try:
        with transaction(engine) as conn:
            act = Act.begin(conn, settings, now)
            _meet(act, kind, number)
    except Exception:
        if kind not in _DEADLINES:
            raise
        log.exception("deadline failed ticket=%d kind=%s", number, kind.value)
        return
    send_jobs(act.outgoing, enqueue)


def _meet(act: Act, kind: DueKind, number: int) -> None:
    if kind is DueKind.QUEUE_LIST:
        queue_list.tell_queue(act)
    elif kind in _LISTS:
        held_mail.tell(act, daily=kind is DueKind.HELD_DIGEST)
    elif kind is DueKind.CONFIRMATION:
        expire(act)
    else:
        meet_deadline(act, number)


def _take_up(engine: Engine, kind: DueKind, row_ids: Sequence[int], now: datetime) -> None:
    """These rows are about to be worked on: their waits are over, and the next look comes later."""
    _, table = JOBS[kind]
    with transaction(engine, durable=False) as conn:
        if kind is DueKind.DELIVER:
            outbox.end_waits(conn, row_ids, now=now)
        leases.postpone(conn, table, row_ids, now=now)


def _not_seen(
    engine: Engine, settings: Settings, at: datetime, delivering: bool, seen: set[tuple[DueKind, int]]
) -> Sequence[DueItem]:
    with reading(engine) as conn:
        items = due(conn, settings=settings, at=at, delivering=delivering)
    return [item for item in items if (item.kind, item.object) not in seen]
