"""Runs beside each other, and deaths between any two statements: each period is billed once, no number is missing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date

import pytest
from sqlalchemy import Engine, event

from mailgate.billing.period import Span
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.run import Ran, run
from store.billing import runs
from store.billing.series import ClockWentBack
from store.engine import connect, reading
from tests.flows.billing_run.shop import Shop, noon

RUN, RENEWAL, END = date(2026, 2, 5), date(2026, 2, 15), date(2026, 3, 15)
AT_ONCE = 8


class Died(BaseException):
    """The process is gone."""


@contextmanager
def dying(engine: Engine, at: int) -> Iterator[list[int]]:
    """It ends before the statement number `at`; gives how many there were."""
    seen = [0]

    def count(*_: object) -> None:
        seen[0] += 1
        if seen[0] == at:
            raise Died

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", count)


def test_eight_runs_at_once_bill_each_period_once_and_leave_no_gap(shop: Shop) -> None:
    sold = [shop.add(shop.customer("Anne"))[0] for _ in range(48)]
    url = shop.engine.url.render_as_string(hide_password=False)

    def run_one(_: int) -> Ran | None:
        engine = connect(url)  # as a process of its own has one
        try:
            return run(engine, shop.settings, Today(noon(RUN), RUN), by="Bart")
        finally:
            engine.dispose()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        done = [one for one in threads.map(run_one, range(AT_ONCE)) if one is not None]

    numbers = [number for one in done for number in one.invoices]
    assert sorted(numbers) == [f"2026-{n:04}" for n in range(49, 97)]
    assert all(one.left_out == {} for one in done)
    assert all(shop.periods(one.id)[1:] == [Span(RENEWAL, END)] for one in sold)
    with reading(shop.engine) as conn:
        assert sum(one.invoices for one in runs.listing(conn, limit=99)) == 48
    shop.check()


def test_a_death_before_any_statement_leaves_nothing_half_done(shop: Shop) -> None:
    sold = [shop.add(shop.customer(name))[0] for name in ("Anne", "Bart")]
    before = (shop.invoices(), shop.billed())
    shop.set(fuse_least=0)  # so that it looks at what it would be, too

    at = 0
    while True:
        at += 1
        with dying(shop.engine, at), suppress(Died):
            shop.run(RUN)
            break
        if (shop.invoices(), shop.billed()) != before:  # it died behind the commit of the only batch
            break

    assert at > 15
    shop.run(RUN)
    assert all(shop.periods(one.id)[1:] == [Span(RENEWAL, END)] for one in sold)
    assert [one.number for one in shop.invoices()] == [f"2026-{n:04}" for n in range(1, 5)]
    shop.check()


def test_two_runs_of_different_days_at_once_never_date_a_number_before_the_last(shop: Shop) -> None:
    for _ in range(20):
        shop.add(shop.customer("Anne"))
    url = shop.engine.url.render_as_string(hide_password=False)

    def run_one(day: int) -> object:
        engine = connect(url)
        on = date(2026, 2, day)
        try:
            return run(engine, shop.settings, Today(noon(on), on), by="Bart")
        except ClockWentBack as error:
            return type(error).__name__
        finally:
            engine.dispose()

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(run_one, (5, 6, 5, 6)))

    assert {one for one in done if isinstance(one, str)} <= {"ClockWentBack"}
    shop.run(date(2026, 2, 6))
    assert len(shop.invoices()) == 40
    shop.check()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_so_many_runs_are_one(shop: Shop, count: int) -> None:
    for sku in ("web", "big", "free", "site"):
        shop.add(shop.customer(), sku, cycle="yearly" if sku == "site" else "monthly")

    done = [shop.run(date(2026, 4, 5)) for _ in range(count)]

    assert [one is not None for one in done] == [True] + [False] * (count - 1)
    assert len(shop.invoices()) == 3 + 2
    shop.check()
