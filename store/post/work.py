"""The rows that jobs work on, by the job: which wait for one, and which a former process left behind."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, true

from mailgate.jobs import Job
from store.post import leases, processes
from store.post.outbox import OutState, end_waits
from store.schema import (
    bill_looks,
    charges,
    hook_calls,
    ledger_checks,
    lessons,
    offers,
    outbox,
    payment_methods,
    provider_looks,
    refunds,
    spool,
)

_ROWS = {
    Job.RECEIVE: spool,
    Job.DELIVER: outbox,
    Job.TEACH: lessons,
    Job.LEDGER: ledger_checks,
    Job.BILL: bill_looks,
    Job.HOOK: hook_calls,
    Job.CHARGE: charges,
    Job.OFFER: offers,
    Job.CARD: payment_methods,
    Job.REFUND: refunds,
    Job.PROVIDER: provider_looks,
}


def overdue(conn: Connection, job: Job, *, now: datetime, limit: int) -> Sequence[tuple[int, datetime]]:
    """Ids of rows that somebody should look at now, and since when, longest waiting first."""
    return leases.overdue(conn, _ROWS[job], now=now, limit=limit)


def take_up(conn: Connection, job: Job, row_ids: Sequence[int], *, now: datetime) -> None:
    """The jobs of these rows are about to be sent: the waits of those still due are over, the next look comes later."""
    if job is Job.DELIVER:
        end_waits(conn, row_ids, now=now)
    leases.postpone(conn, _ROWS[job], row_ids, now=now)


def hasten(conn: Connection, job: Job, row_ids: Sequence[int], *, now: datetime) -> None:
    """No job is sent for these new rows: the next sweep takes them up, without the grace."""
    leases.hasten(conn, _ROWS[job], row_ids, now=now)


def bring_forward(conn: Connection, *, now: datetime) -> None:
    """One message of those that were set apart has been dealt with: the next need not wait for its time."""
    leases.bring_forward(conn, spool, now=now)


def take_over(conn: Connection, *, now: datetime) -> tuple[int, int]:
    """What a former process had in hand or in its queue; returns how many messages came back, and how many of ours.

    For the start of a program whose workers are the only ones.
    """
    untried = and_(outbox.c.state == OutState.QUEUED, outbox.c.attempts == 0)
    queued = or_(untried, outbox.c.state == OutState.SENDING)  # not those put off, nor held for an undo
    came_in = leases.release_all(conn, spool, now=now, queued=true())
    leases.release_all(conn, bill_looks, now=now, queued=true())
    leases.release_all(conn, hook_calls, now=now, queued=hook_calls.c.attempts == 0)
    for of_the_provider in (charges, payment_methods, refunds):
        leases.release_all(conn, of_the_provider, now=now, queued=of_the_provider.c.attempts == 0)
    unmade = offers.c.provider_id.is_(None)  # the others are looked at when their time comes
    leases.release_all(conn, offers, now=now, queued=and_(offers.c.attempts == 0, unmade))
    leases.release_all(conn, provider_looks, now=now, queued=true())
    leases.set_apart(conn, spool, now=now)
    return came_in, leases.release_all(conn, outbox, now=now, queued=queued)


def leave(conn: Connection) -> None:
    """This process ends in order. With something in hand still, it is buried when it has ended."""
    mine = (table.c.lease.startswith(f"{processes.MY_NAME}.") for table in _ROWS.values())
    if not any(conn.execute(select(true()).where(one).limit(1)).first() for one in mine):
        processes.leave(conn)


def bury(conn: Connection, dead: processes.Process, *, now: datetime) -> tuple[int, int] | None:
    """What a dead process had in hand is free again; returns how many messages, and how many of ours.

    None when somebody else did this, or the process was seen meanwhile.
    """
    if not processes.forget(conn, dead):
        return None
    freed = {job: leases.release_of(conn, table, dead.name, now=now) for job, table in _ROWS.items()}
    leases.set_apart(conn, spool, now=now, among=freed[Job.RECEIVE])
    return len(freed[Job.RECEIVE]), len(freed[Job.DELIVER])
