"""The run: what is due becomes invoices, in batches that are short enough for mail to go on coming in.

A run may be started at any hour, as often as anybody likes, beside others, and be killed: what is billed is decided
under the lock of its account, and each batch is one transaction.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mailgate.billing.fuse import Tally
from mailgate.config import Settings
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.batch import Batches
from mailgate.flows.billing.invoicing.guard import Unexpected, refuse_unexpected
from mailgate.flows.billing.invoicing.plan import Only, Told, nobody_hears, until
from mailgate.jobs import Computing, FailPoint, alone, no_fail_point
from mailgate.log_events import LogEvent
from store.billing import accounts, bill_looks, runs
from store.billing.runs import RunUndone
from store.billing.series import ClockWentBack
from store.engine import reading, transaction

log = logging.getLogger(__name__)

FILE_NANOSECONDS, SERVER_NANOSECONDS = 12_000_000, 250_000_000
"""A batch holds the write lock of a file, and mail that comes in waits for it: at 50 ms its p99 was nine times that
without a run, and now is twice, for a quarter of the rate. On a server only other bills wait."""

LEAST_BATCH, FIRST_BATCH, LARGEST_BATCH = 8, 16, 256
"""Accounts. Fewer are no quicker: what is left then is the wait for the disk."""

THE_SCHEDULE = "the schedule"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run has done."""

    run_id: int
    tally: Tally
    invoices: tuple[str, ...] = ()
    left_out: Mapping[int, str] = field(default_factory=dict)

    @property
    def totals(self) -> Mapping[str, int]:
        """In minor units, by currency."""
        return self.tally.totals


def run(
    engine: Engine,
    settings: Settings,
    today: Today,
    *,
    by: str,
    only: Only | None = None,
    expect: int | None = None,
    told: Told = nobody_hears,
    computing: Computing = alone,
    fail_point: FailPoint = no_fail_point,
) -> Ran | None:
    """Issue what is due; None when nothing is, and nobody had to be left out.

    `only`: nothing but the documents of a plan, and nothing of one that has changed since. `expect`: so many invoices,
    or none. Raises Unexpected, FuseBlown, ClockWentBack, RunUndone.
    """
    with reading(engine) as conn:
        waiting = accounts.count_waiting(conn, until=until(today))
    if not waiting and not expect:
        return None
    refuse_unexpected(engine, settings, today, by=by, waiting=waiting, expect=expect, only=only)
    batches = Batches(engine, settings, today, by, only, fail_point)
    numbers: list[str] = []
    left_out: dict[int, str] = {}
    size, behind, done = FIRST_BATCH, 0, 0
    most = FILE_NANOSECONDS if settings.store.is_embedded else SERVER_NANOSECONDS
    try:
        while found := batches.next(behind, size):
            with computing:
                for billed in batches.bill(found):
                    numbers.extend(billed.numbers)
                    left_out.update(billed.left_out)
            size = _sized(size, batches.nanoseconds, most)
            behind, done = found[-1], done + len(found)
            told(done, waiting)
    except ClockWentBack as error:
        if batches.run_id is not None:
            with transaction(engine) as conn:
                runs.finish(conn, batches.run_id, now=today.now, why=str(error))
        raise
    if batches.run_id is None:
        return None
    with transaction(engine) as conn:
        runs.finish(conn, batches.run_id, now=today.now)
    log.info(LogEvent.BILLED(run=batches.run_id, invoices=len(numbers), left_out=len(left_out)))
    return Ran(batches.run_id, batches.tally, tuple(numbers), left_out)


def run_what_is_due(
    row_id: int,
    *,
    engine: Engine,
    settings: Settings,
    computing: Computing,
    now: datetime,
    fail_point: FailPoint = no_fail_point,
) -> None:
    """The run of the schedule, for each account's own day; the sweep of one process at a time comes here."""
    try:
        lease = bill_looks.lend(engine, row_id, now=now)
        if lease is None:
            return
        try:
            run(engine, settings, Today(now), by=THE_SCHEDULE, computing=computing, fail_point=fail_point)
        except (Unexpected, RunUndone):
            pass  # it is in the log, and `mailgate status` tells what to do
        except ClockWentBack as error:
            log.error(LogEvent.BILLING_CLOCK(error=error))
        with transaction(engine) as conn:
            bill_looks.end(conn, lease)
    except (OperationalError, TimeoutError) as error:
        log.warning(LogEvent.POSTPONED_BILLING(billing=row_id, error=error))


def _sized(size: int, taken: int, most: int) -> int:
    """Batches as long as they may be."""
    if taken > most:
        return max(LEAST_BATCH, size * 3 // 4)
    return min(LARGEST_BATCH, size * 5 // 4) if taken * 4 < most * 3 else size
