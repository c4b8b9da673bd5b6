"""Everything that is due at an instant: what the schedule, the operator's cron, the demo and the tests all run."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

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
from store.schema import outbox as outbox_rows
from store.schema import spool as spool_rows

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Rows of one kind that one look takes up; what is left is found by the next."""

LISTED_MAILS = 50
"""Mails that one held-alert lists; it says how many more there are."""


class DueKind(StrEnum):
    """What may be due."""

    RECEIVE = "receive"  # an accepted message waits for its disposition
    DELIVER = "deliver"  # a message of ours waits for the smarthost
    HELD_ALERT = "held-alert"  # staff have not been told of held mail


JOBS = {DueKind.RECEIVE: (Job.RECEIVE, spool_rows), DueKind.DELIVER: (Job.DELIVER, outbox_rows)}


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
    alert_at = _held_alert_at(conn, settings)
    if alert_at is not None and alert_at <= at:
        items.append(DueItem(DueKind.HELD_ALERT, 0, alert_at))
    return tuple(items)


def sweep(engine: Engine, *, settings: Settings, enqueue: Enqueue, now: datetime, delivering: bool) -> None:
    """Send the jobs of all that is due: what was lost with a queue, left by a dead worker, or put off until now."""
    with reading(engine) as conn:
        items = due(conn, settings=settings, at=now, delivering=delivering)
    if not items:
        return
    for kind, (job, table) in JOBS.items():
        ids = [item.object for item in items if item.kind is kind]
        if not ids:
            continue
        with transaction(engine, durable=False) as conn:
            leases.postpone(conn, table, ids, now=now)
        for row_id in ids:
            enqueue(job, row_id)
    if any(item.kind is DueKind.HELD_ALERT for item in items):
        for outbox_id in alert_staff(engine, settings=settings, now=now):
            enqueue(Job.DELIVER, outbox_id)


def run(
    engine: Engine,
    *,
    settings: Settings,
    work: Mapping[Job, Callable[[int, datetime], None]],
    at: datetime,
    delivering: bool,
) -> Mapping[str, int]:
    """Do all that is due at `at`, inline, and what follows from it; returns how many of each kind.

    `work` holds the flow of each job. A row is taken up once in a run: what it leaves undone is due later.
    """
    done: Counter[str] = Counter()
    seen: set[tuple[DueKind, int]] = set()
    while fresh := _not_seen(engine, settings, at, delivering, seen):
        for item in fresh:
            seen.add((item.kind, item.object))
            done[item.kind.value] += 1
            if item.kind is DueKind.HELD_ALERT:
                alert_staff(engine, settings=settings, now=at)
                continue
            job, table = JOBS[item.kind]
            with transaction(engine, durable=False) as conn:
                leases.postpone(conn, table, [item.object], now=at)
            work[job](item.object, at)
    return dict(done)


def alert_staff(engine: Engine, *, settings: Settings, now: datetime) -> tuple[int, ...]:
    """Tell the staff of all mail that was held since they were last told."""
    with transaction(engine) as conn:
        last = outbox.last_created(conn, Template.HELD_ALERT)
        waiting = spool.listing(conn, dispositions=tuple(AWAITING_REVIEW), finished_after=last, limit=None)
        listed = [
            notices.HeldMail(
                mail.id,
                mail.received_at,
                mail.outcome.author or "unknown sender",
                mail.outcome.subject or "",
                mail.outcome.reason or "",
            )
            for mail in waiting[:LISTED_MAILS]
        ]
        head = notices.Letterhead(settings.gate.company, settings.desks[0])
        more = len(waiting) - len(listed)
        told = [notices.held_alert(head, reader, listed, more=more) for reader in people.list_staff(conn)]
        return notify(Act.begin(conn, settings, now), told)


def _held_alert_at(conn: Connection, settings: Settings) -> datetime | None:
    """When staff must next be told of held mail: at once, but not more often than the budget; None: nothing to tell."""
    last = outbox.last_created(conn, Template.HELD_ALERT)
    oldest = spool.oldest_finished(conn, tuple(AWAITING_REVIEW), after=last)
    if oldest is None or not people.list_staff(conn):
        return None
    pause = timedelta(minutes=settings.budgets.held_alert_minutes)
    return oldest if last is None else max(oldest, last + pause)


def _not_seen(
    engine: Engine, settings: Settings, at: datetime, delivering: bool, seen: set[tuple[DueKind, int]]
) -> Sequence[DueItem]:
    with reading(engine) as conn:
        items = due(conn, settings=settings, at=at, delivering=delivering)
    return [item for item in items if (item.kind, item.object) not in seen]
