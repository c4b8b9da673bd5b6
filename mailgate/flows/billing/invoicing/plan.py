"""The plan of a run: what it would issue now, and whom it would leave out. Nothing is written or locked."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from datetime import time as clock_time

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.billing.draft import TooManyPeriods
from mailgate.billing.fuse import Tally
from mailgate.billing.tax.vat import NoTaxRule
from mailgate.config import Settings
from mailgate.flows.billing.books import Payer, Today, look, open_books
from mailgate.flows.billing.invoicing.drafting import Draft, drafts
from mailgate.log_events import LogEvent
from store.billing import accounts
from store.engine import reading

log = logging.getLogger(__name__)

READ_AT_ONCE = 500
"""Accounts that are read together."""

LAST_MIDNIGHT = clock_time(12)
"""When, by UTC, a day has begun everywhere on earth."""

Told = Callable[[int, int], None]
"""Hears how many accounts are done, and of how many."""

Only = Mapping[tuple[int, str, date], str]
"""The documents of a plan, by customer, currency and due date, with their digests: nothing else is issued."""


def nobody_hears(_done: int, _of: int) -> None:
    """For who does not wait."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would issue, and whom it would leave out."""

    items: tuple[Draft, ...]
    left_out: Mapping[int, str]  # why, by customer

    @property
    def tally(self) -> Tally:
        """What it comes to."""
        return _tally(self.items)


def plan(engine: Engine, settings: Settings, today: Today, *, told: Told = nobody_hears) -> Plan:
    """What `run` would do now."""
    left_out: dict[int, str] = {}
    return Plan(tuple(_all(engine, settings, today, left_out, told)), left_out)


def reckoned_up(engine: Engine, settings: Settings, today: Today, only: Only | None) -> Tally:
    """What `run` would issue now, as sums alone: memory is bounded however much it is."""
    return _tally(one for one in _all(engine, settings, today, {}, nobody_hears) if is_planned(one, only))


def _all(engine: Engine, settings: Settings, today: Today, left_out: dict[int, str], told: Told) -> Iterator[Draft]:
    with reading(engine) as conn:
        yield from planned_in(conn, settings, today, left_out, told)


def planned_in(
    conn: Connection, settings: Settings, today: Today, left_out: dict[int, str], told: Told = nobody_hears
) -> Iterator[Draft]:
    """The same of a store that is open already; `left_out` is filled with those that no run would bill, and why."""
    books = open_books(conn, settings)
    left_out |= accounts.parked(conn)
    done, waiting = 0, accounts.count_waiting(conn, until=until(today))
    for numbers in _candidates(conn, today):
        for number, payer in _look(conn, numbers, left_out):
            try:
                yield from drafts(conn, books, payer, today=today.account(payer), on=today.seller(books))
            except (NoTaxRule, TooManyPeriods) as error:
                left_out[number] = str(error)
            except OperationalError:
                raise
            except Exception as error:  # a run would leave it out as well, and bill its neighbours
                log.exception(LogEvent.UNBILLABLE(customer=number))
                left_out[number] = f"could not be billed ({error!r})"
        done += len(numbers)
        told(done, waiting)


def _tally(found: Iterable[Draft]) -> Tally:
    count, totals = 0, dict[str, int]()
    for one in found:
        if one.wanted:
            count += 1
            totals[one.bundle.currency] = totals.get(one.bundle.currency, 0) + one.total_minor
    return Tally(count, totals)


def until(today: Today) -> datetime:
    """Accounts that are looked at: by the instant, or all where that day begins, in the west twelve hours behind."""
    return today.now if today.on is None else datetime.combine(today.on, LAST_MIDNIGHT, UTC)


def is_planned(one: Draft, only: Only | None) -> bool:
    """Does it stand in the plan as it is now?"""
    return only is None or only.get((one.payer.customer.id, one.bundle.currency, one.bundle.due_on)) == one.digest


def planned(found: Sequence[Draft], only: Only | None) -> Iterator[Draft]:
    """Those that stand in the plan as they are now, and bill no days behind others that are not billed."""
    passed_over: set[int] = set()
    for one in found:
        billed = {due.service.id for due in one.covers}
        if is_planned(one, only) and not billed & passed_over:
            yield one
        else:
            passed_over |= billed


def after(payer: Payer, billed: Mapping[int, date]) -> Payer:
    """The account once these days are billed."""
    theirs = (replace(one, billed_through=billed[one.id]) if one.id in billed else one for one in payer.services)
    return replace(payer, services=tuple(theirs))


def _candidates(conn: Connection, today: Today) -> Iterator[Sequence[int]]:
    behind = 0
    while numbers := accounts.waiting(conn, until=until(today), after=behind, limit=READ_AT_ONCE):
        yield numbers
        behind = numbers[-1]


def _look(conn: Connection, numbers: Sequence[int], left_out: dict[int, str]) -> Iterable[tuple[int, Payer]]:
    """These accounts as they stand; who cannot even be read is left out."""
    try:
        return tuple(look(conn, numbers).items())
    except OperationalError:
        raise
    except Exception as error:
        if len(numbers) > 1:
            return [found for number in numbers for found in _look(conn, (number,), left_out)]
        log.exception(LogEvent.UNBILLABLE(customer=numbers[0]))
        left_out[numbers[0]] = f"could not be read ({error!r})"
        return ()
