"""A batch of a run: some accounts are locked, and what is due of them is billed, in one transaction."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.billing.draft import TooManyPeriods
from mailgate.billing.fuse import Tally
from mailgate.billing.period import local_start
from mailgate.billing.tax.vat import NoTaxRule
from mailgate.config import Settings
from mailgate.flows.billing.books import Books, Payer, Today, lock, open_books
from mailgate.flows.billing.invoicing.drafting import Draft, drafts, next_day, tomorrow
from mailgate.flows.billing.invoicing.issue import Done, claims_without_document, issue, win
from mailgate.flows.billing.invoicing.plan import Only, after, planned, until
from mailgate.jobs import FailPoint
from mailgate.log_events import LogEvent
from store import people
from store.billing import accounts, runs
from store.billing.runs import RunUndone
from store.billing.series import ClockWentBack
from store.billing.services import Overtaken
from store.engine import reading, transact

log = logging.getLogger(__name__)

_NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Billed:
    """What a batch has done, once it is committed."""

    run_id: int | None  # None: the run has nothing to keep yet
    tally: Tally = _NOTHING
    numbers: tuple[str, ...] = ()
    left_out: Mapping[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Batches:
    """The batches of one run. It gets its row with the first that has something to keep."""

    engine: Engine
    settings: Settings
    today: Today
    by: str
    only: Only | None
    fail_point: FailPoint
    run_id: int | None = None
    tally: Tally = _NOTHING
    nanoseconds: int = 0  # that the last transaction had its locks
    _begun_at: int = 0
    _books: Books | None = None

    def next(self, behind: int, size: int) -> Sequence[int]:
        """The accounts of the next batch."""
        with reading(self.engine) as conn:
            return accounts.waiting(conn, until=until(self.today), after=behind, limit=size)

    def bill(self, numbers: Sequence[int]) -> Iterator[Billed]:
        """Bill these accounts together; when that fails, one by one, and whose fault it is waits for staff.

        Raises OperationalError, TimeoutError, ClockWentBack, RunUndone.
        """
        try:
            done = transact(self.engine, lambda conn: self._bill(conn, numbers))
            self.nanoseconds = time.perf_counter_ns() - self._begun_at
        except (OperationalError, TimeoutError):
            raise
        except (ClockWentBack, RunUndone):  # nobody's own fault
            raise
        except Overtaken as error:
            done = Billed(self.run_id, left_out=dict.fromkeys(numbers, str(error)))
        except Exception as error:
            if len(numbers) > 1:
                for number in numbers:
                    yield from self.bill((number,))
                return
            log.exception(LogEvent.PARKED_ACCOUNT(customer=numbers[0]))
            done = self._park(numbers[0], error)
        self.run_id, self.tally = done.run_id, self.tally + done.tally
        yield done

    def _bill(self, conn: Connection, numbers: Sequence[int]) -> Billed:
        self._begun_at = time.perf_counter_ns()
        payers = lock(conn, numbers)
        self._books = books = self._books.renewed(conn) if self._books else open_books(conn, self.settings)
        on = self.today.seller(books)
        wanted: list[Draft] = []
        left_out: dict[int, str] = {}
        for number, payer in payers.items():
            try:
                found = drafts(conn, books, payer, today=self.today.account(payer), on=on)
            except (NoTaxRule, TooManyPeriods) as error:
                left_out[number] = str(error)
                continue
            wanted.extend(planned(found, self.only))
        win(conn, (due for one in wanted for due in one.covers))
        self.fail_point("run.won")
        claims_without_document(conn, (due for one in wanted if one.wanted is None for due in one.covers))
        documents = [one.wanted for one in wanted if one.wanted]
        run_id = self._begun(conn) if documents or left_out else self.run_id
        ours = [replace(one, run_id=run_id) for one in documents]
        issued = issue(conn, ours, settings=self.settings, on=on, now=self.today.now)
        self.fail_point("run.issued")
        billed: dict[int, date] = {}
        for due in (due for one in wanted for due in one.covers):
            billed[due.service.id] = max(due.billed_through, billed.get(due.service.id, due.billed_through))
        self._look_again(conn, books, [after(payer, billed) for payer in payers.values()], left_out)
        tally = _tally(issued)
        self._keep(conn, run_id, tally, left_out)
        self.fail_point("run.before-commit")
        return Billed(run_id, tally, tuple(one.number for one in issued), left_out)

    def _park(self, number: int, error: Exception) -> Billed:
        """Keep an account out of runs until staff have looked."""
        why = f"could not be billed ({error!r}); mend that, then `mailgate bill unpark {number}`"

        def park(conn: Connection) -> Billed:
            people.change_accounts(conn, (number,))
            run_id = self._begun(conn)
            accounts.park(conn, number, why)
            self._keep(conn, run_id, Tally(), {number: why})
            return Billed(run_id, left_out={number: why})

        return transact(self.engine, park)

    def _begun(self, conn: Connection) -> int:
        """The number of the run, whose row is made in this transaction unless an earlier one has made it."""
        if self.run_id is not None:
            return self.run_id
        return runs.begin(conn, at_on=self.today.on, by=self.by, now=self.today.now)

    def _keep(self, conn: Connection, run_id: int | None, tally: Tally, left_out: Mapping[int, str]) -> None:
        """What the run comes to is committed with what it is made of: a run that is killed can be undone, too."""
        if run_id is not None and (tally.invoices or left_out):
            runs.go_on(conn, run_id, self.tally + tally)
            runs.leave_out(conn, run_id, left_out)

    def _look_again(self, conn: Connection, books: Books, payers: Sequence[Payer], left_out: Mapping[int, str]) -> None:
        """When there is something to bill of each account next."""
        accounts.look_again(
            conn, {one.customer.id: self._again(conn, books, one, one.customer.id in left_out) for one in payers}
        )

    def _again(self, conn: Connection, books: Books, payer: Payer, is_left_out: bool) -> datetime | None:
        """The first instant of that day, where the account is; what was left out is tried again tomorrow."""
        day = next_day(conn, books, payer)
        if day is None:
            return None
        if is_left_out:
            day = max(day, tomorrow(self.today.account(payer)))
        return local_start(day, payer.zone)


def _tally(issued: Sequence[Done]) -> Tally:
    totals: dict[str, int] = {}
    for one in issued:
        totals[one.wanted.currency] = totals.get(one.wanted.currency, 0) + one.reckoned.total_minor
    return Tally(len(issued), totals)
