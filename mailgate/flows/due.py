"""Everything that is due at an instant: what the schedule, the operator's cron, the demo and the tests all run."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import Connection, Engine

from mailgate.config import Settings
from mailgate.flows.act import Act
from mailgate.flows.notify import notify
from mailgate.jobs import Enqueue, Job
from mailgate.mail.disposition import AWAITING_REVIEW
from mailgate.mail.notice import Template
from mailgate.tickets import notices
from store import leases, outbox, people, spool
from store.engine import reading, transaction
from store.schema import lessons as lesson_rows
from store.schema import outbox as outbox_rows
from store.schema import spool as spool_rows
from store.spool import Accepted

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Rows of one kind that one look takes up; what is left is found by the next."""

LISTED_MAILS = 50
"""Mails that one held-alert lists; it says how many more there are."""


class DueKind(StrEnum):
    """What may be due."""

    RECEIVE = "receive"  # an accepted message waits for its disposition
    DELIVER = "deliver"  # a message of ours waits for the smarthost
    TEACH = "teach"  # spamd has not been told what a person decided
    HELD_ALERT = "held-alert"  # staff have not been told of held mail


JOBS = {
    DueKind.RECEIVE: (Job.RECEIVE, spool_rows),
    DueKind.DELIVER: (Job.DELIVER, outbox_rows),
    DueKind.TEACH: (Job.TEACH, lesson_rows),
}


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing to be done. `object` is a row id, 0 where there is no row."""

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
    alert_at = _held_alert_at(conn, settings, at)
    if alert_at is not None and alert_at <= at:
        items.append(DueItem(DueKind.HELD_ALERT, 0, alert_at))
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
    if any(item.kind is DueKind.HELD_ALERT for item in items):
        for outbox_id in alert_staff(engine, settings=settings, now=now):
            enqueue(Job.DELIVER, outbox_id)


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
            if kind is DueKind.HELD_ALERT:
                for outbox_id in alert_staff(engine, settings=settings, now=at):
                    follow_up(Job.DELIVER, outbox_id)
                continue
            _take_up(engine, kind, [row_id], at)
            job, _ = JOBS[kind]
            flows[job](row_id, at)
    return dict(done)


def alert_staff(engine: Engine, *, settings: Settings, now: datetime) -> tuple[int, ...]:
    """Tell the staff of all mail that was held since they were last told."""
    with transaction(engine) as conn:
        held = [
            notices.HeldMail(
                mail.id,
                mail.received_at,
                mail.outcome.author or "unknown sender",
                mail.outcome.subject or "",
                mail.outcome.reason or "",
            )
            for mail in _untold(conn)
        ]
        head = notices.Letterhead(settings.gate.company, settings.desks[0])
        told = [notices.held_alert(head, reader, held, listed=LISTED_MAILS) for reader in people.list_staff(conn)]
        return notify(Act.begin(conn, settings, now), told)


def _take_up(engine: Engine, kind: DueKind, row_ids: Sequence[int], now: datetime) -> None:
    """These rows are about to be worked on: their waits are over, and the next look comes later."""
    _, table = JOBS[kind]
    with transaction(engine, durable=False) as conn:
        if kind is DueKind.DELIVER:
            outbox.end_waits(conn, row_ids, now=now)
        leases.postpone(conn, table, row_ids, now=now)


def _held_alert_at(conn: Connection, settings: Settings, at: datetime) -> datetime | None:
    """When staff must next be told of held mail: at once, but not more often than the budget; None: nothing to tell."""
    last = outbox.last_created(conn, Template.HELD_ALERT)
    not_before = last + timedelta(minutes=settings.budgets.held_alert_minutes) if last else None
    if (not_before and not_before > at) or not people.list_staff(conn):
        return None
    untold = [mail.finished_at for mail in _untold(conn) if mail.finished_at]
    return max(filter(None, (min(untold), not_before))) if untold else None


def _untold(conn: Connection) -> tuple[Accepted, ...]:
    """The mails waiting for a decision that no alert has named.

    One that was being processed while an alert was written is held after it, but as of an earlier instant.
    """
    last = outbox.last_created(conn, Template.HELD_ALERT)
    waiting = tuple(AWAITING_REVIEW)
    if last is None:
        return spool.listing(conn, dispositions=waiting)
    since = last - leases.LEASE
    alerts = outbox.created_since(conn, Template.HELD_ALERT, since=since)
    named_at = {
        mail_id: alert.created_at
        for alert in alerts
        for mail_id in cast("list[int]", alert.notice.values.get("ids", ()))
    }
    held = spool.listing(conn, dispositions=waiting, finished_after=since)
    return tuple(mail for mail in held if mail.finished_at and named_at.get(mail.id, since) < mail.finished_at)


def _not_seen(
    engine: Engine, settings: Settings, at: datetime, delivering: bool, seen: set[tuple[DueKind, int]]
) -> Sequence[DueItem]:
    with reading(engine) as conn:
        items = due(conn, settings=settings, at=at, delivering=delivering)
    return [item for item in items if (item.kind, item.object) not in seen]
