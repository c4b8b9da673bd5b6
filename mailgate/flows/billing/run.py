"""The run: what is due becomes invoices, in batches that are short enough for mail to go on coming in.

A run may be started at any hour, as often as anybody likes, beside others, and be killed: what is billed is decided
under the lock of its account, and each batch is one transaction.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from datetime import time as clock_time

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.billing.draft import TooManyPeriods
from mailgate.billing.fuse import Fuse, Tally
from mailgate.billing.period import local_start
from mailgate.billing.vat import NoTaxRule
from mailgate.config import Settings
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Books, Payer, Today, lock, look, open_books
from mailgate.flows.billing.drafting import Draft, drafts, next_day, tomorrow
from mailgate.flows.billing.issue import Done, claims_without_document, issue, win
from mailgate.jobs import FailPoint, no_fail_point
from mailgate.log_events import LogEvent
from store.billing import accounts, runs
from store.billing.series import ClockWentBack
from store.engine import reading, transact, transaction

log = logging.getLogger(__name__)

BATCH_SECONDS = 0.05
"""A batch holds SQLite's write lock: no mail waits longer for it."""

FIRST_BATCH, LARGEST_BATCH = 16, 256

READ_AT_ONCE = 500
"""Accounts of a plan that are read together."""

LAST_MIDNIGHT = clock_time(12)
"""When, by UTC, a day has begun everywhere on earth."""


class Unexpected(Permanent):
    """The run is not what was expected; nothing was issued."""


class FuseBlown(Unexpected):
    """It differs much from the last ones; nothing was issued. `--expect` says that this is meant."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would issue, and whom it would leave out."""

    items: tuple[Draft, ...]
    left_out: Mapping[int, str]  # why, by customer

    @property
    def tally(self) -> Tally:
        """What it comes to."""
        return _tally((one.bundle.currency, one.total_minor) for one in self.items if one.wanted)


@dataclass(slots=True)
class Ran:
    """What a run has done."""

    run_id: int
    invoices: list[str] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)

    def take(self, done: Sequence[Done], left_out: Mapping[int, str]) -> None:
        """A batch is committed."""
        self.left_out.update(left_out)
        for one in done:
            self.invoices.append(one.number)
            currency = one.wanted.currency
            self.totals[currency] = self.totals.get(currency, 0) + one.reckoned.total_minor


Told = Callable[[int, int], None]
"""Hears how many accounts are done, and of how many."""


def plan(engine: Engine, settings: Settings, today: Today, *, told: Told = lambda _done, _of: None) -> Plan:
    """What `run` would do now; nothing is written or locked."""
    with reading(engine) as conn:
        books = open_books(conn, settings)
        on = today.seller(books)
        items: list[Draft] = []
        left_out: dict[int, str] = dict(accounts.parked(conn))
        done, waiting = 0, accounts.count_waiting(conn, until=_until(today))
        for numbers in _candidates(conn, today, READ_AT_ONCE):
            for number, payer in look(conn, numbers).items():
                try:
                    items.extend(drafts(conn, books, payer, today=today.account(payer), on=on))
                except (NoTaxRule, TooManyPeriods) as error:
                    left_out[number] = str(error)
            done += len(numbers)
            told(done, waiting)
        return Plan(tuple(items), left_out)


def run(
    engine: Engine,
    settings: Settings,
    today: Today,
    *,
    by: str,
    only: Mapping[tuple[int, str, date], str] | None = None,
    expect: int | None = None,
    told: Told = lambda _done, _of: None,
    fail_point: FailPoint = no_fail_point,
) -> Ran | None:
    """Issue what is due; None when nothing is.

    `only`: the digests of a plan by customer, currency and due date: nothing else is issued, and nothing of an item
    that has changed since. `expect`: so many invoices, or none. Raises Unexpected, FuseBlown, ClockWentBack.
    """
    with reading(engine) as conn:
        waiting = accounts.count_waiting(conn, until=_until(today))
    if not waiting:
        return None
    _refuse_unexpected(engine, settings, today, waiting, expect)
    with transaction(engine) as conn:
        run_id = runs.begin(conn, at_on=today.on, by=by, now=today.now)
    ran = Ran(run_id)
    work = _Work(engine, settings, today, run_id, only, fail_point)
    size, after, done = FIRST_BATCH, 0, 0
    while numbers := work.next(after, size):
        begun = time.perf_counter()
        for issued, left_out in work.batch(numbers):
            ran.take(issued, left_out)
        taken = time.perf_counter() - begun
        size = _sized(size, taken)
        after, done = numbers[-1], done + len(numbers)
        told(done, waiting)
    with transaction(engine) as conn:
        runs.finish(conn, run_id, Tally(len(ran.invoices), ran.totals), ran.left_out, now=today.now)
    log.info(LogEvent.BILLED(run=run_id, invoices=len(ran.invoices), left_out=len(ran.left_out)))
    return ran


def fuse_of(settings: Settings) -> Fuse:
    """When a run is stopped, by the settings."""
    return Fuse(settings.billing.fuse_least, settings.billing.fuse_percent)


def _refuse_unexpected(engine: Engine, settings: Settings, today: Today, waiting: int, expect: int | None) -> None:
    fuse = fuse_of(settings)
    if expect is None and waiting * 2 < fuse.least_invoices:  # an account has seldom more than one invoice a run
        return
    planned = plan(engine, settings, today).tally
    if expect is not None:
        if planned.invoices != expect:
            raise Unexpected(f"{planned.invoices} invoices are due, and {expect} were expected")
        return
    with reading(engine) as conn:
        former = runs.last_tallies(conn)
    if why := fuse.blown(planned, former):
        with transaction(engine) as conn:
            runs.stop(conn, planned, why=why, at_on=today.on, now=today.now)
        log.error(LogEvent.FUSE_BLOWN(why=why))
        raise FuseBlown(f"this run has {why}")


@dataclass(frozen=True, slots=True)
class _Work:
    engine: Engine
    settings: Settings
    today: Today
    run_id: int
    only: Mapping[tuple[int, str, date], str] | None
    fail_point: FailPoint

    def next(self, after: int, size: int) -> Sequence[int]:
        """The accounts of the next batch."""
        with reading(self.engine) as conn:
            return accounts.waiting(conn, until=_until(self.today), after=after, limit=size)

    def batch(self, numbers: Sequence[int]) -> Iterator[tuple[tuple[Done, ...], Mapping[int, str]]]:
        """Bill these accounts together; when that fails, one by one, and whose fault it is waits for staff."""
        try:
            yield transact(self.engine, lambda conn: self._bill(conn, numbers))
        except (OperationalError, TimeoutError):
            raise
        except ClockWentBack:  # nobody's own fault
            raise
        except Exception as error:
            if len(numbers) > 1:
                for number in numbers:
                    yield from self.batch((number,))
                return
            log.exception(LogEvent.PARKED_ACCOUNT(customer=numbers[0]))
            why = f"could not be billed ({error!r}); mend that, then `mailgate bill unpark {numbers[0]}`"
            with transaction(self.engine) as conn:
                accounts.park(conn, numbers[0], why)
            yield (), {numbers[0]: why}

    def _bill(self, conn: Connection, numbers: Sequence[int]) -> tuple[tuple[Done, ...], Mapping[int, str]]:
        payers = lock(conn, numbers)
        books = open_books(conn, self.settings)
        on = self.today.seller(books)
        wanted: list[Draft] = []
        left_out: dict[int, str] = {}
        for number, payer in payers.items():
            try:
                found = drafts(conn, books, payer, today=self.today.account(payer), on=on, run_id=self.run_id)
            except (NoTaxRule, TooManyPeriods) as error:
                left_out[number] = str(error)
                continue
            wanted.extend(self._planned(found))
        win(conn, (due for one in wanted for due in one.covers))
        self.fail_point("run.won")
        claims_without_document(conn, (due for one in wanted if one.wanted is None for due in one.covers))
        documents = [one.wanted for one in wanted if one.wanted]
        issued = issue(conn, documents, settings=self.settings, on=on, now=self.today.now)
        self.fail_point("run.issued")
        billed = {due.service.id: due.billed_through for one in wanted for due in one.covers}
        accounts.look_again(
            conn,
            {number: self._again(conn, books, _after(payer, billed), left_out) for number, payer in payers.items()},
        )
        self.fail_point("run.before-commit")
        return issued, left_out

    def _planned(self, found: Sequence[Draft]) -> Iterator[Draft]:
        """Those that stand in the plan as they are now, and bill no days behind others that are not billed."""
        passed_over: set[int] = set()
        for one in found:
            key = (one.payer.customer.id, one.bundle.currency, one.bundle.due_on)
            billed = {due.service.id for due in one.covers}
            if (self.only is None or self.only.get(key) == one.digest) and not billed & passed_over:
                yield one
            else:
                passed_over |= billed

    def _again(self, conn: Connection, books: Books, payer: Payer, left_out: Mapping[int, str]) -> datetime | None:
        """When there is something to bill of this account: the first instant of that day, where it is."""
        day = next_day(conn, books, payer)
        if day is None:
            return None
        if payer.customer.id in left_out:
            day = max(day, tomorrow(self.today.account(payer)))
        return local_start(day, payer.zone)


def _after(payer: Payer, billed: Mapping[int, date]) -> Payer:
    """The account once its days are billed."""
    return replace(
        payer,
        services=tuple(
            replace(one, billed_through=billed[one.id]) if one.id in billed else one for one in payer.services
        ),
    )


def _candidates(conn: Connection, today: Today, size: int) -> Iterator[Sequence[int]]:
    after = 0
    while numbers := accounts.waiting(conn, until=_until(today), after=after, limit=size):
        yield numbers
        after = numbers[-1]


def _until(today: Today) -> datetime:
    """Accounts that are looked at: by the instant, or all where that day begins, in the west twelve hours behind."""
    return today.now if today.on is None else datetime.combine(today.on, LAST_MIDNIGHT, UTC)


def _sized(size: int, seconds: float) -> int:
    """Batches as long as they may be."""
    if seconds > BATCH_SECONDS:
        return max(1, size // 2)
    return min(LARGEST_BATCH, size * 2) if seconds * 2 < BATCH_SECONDS else size


def _tally(found: Iterator[tuple[str, int]]) -> Tally:
    count, totals = 0, dict[str, int]()
    for currency, total in found:
        count += 1
        totals[currency] = totals.get(currency, 0) + total
    return Tally(count, totals)
