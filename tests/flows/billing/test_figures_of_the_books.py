"""The figures against the books: what is owed is the ledger's, what was earned its income, on any day."""

from collections import defaultdict
from datetime import date, timedelta

import pytest

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.figures.aging import Aged, bucket_of, by_currency
from mailgate.billing.ledger.accounts import RECEIVABLE
from store.billing import invoices, ledger
from store.engine import reading
from store.views import money_figures
from tests.flows.billing.trade import Trade, d, noon


def of_ledger(trade: Trade, day: date, account: str) -> dict[str, int]:
    """What stands on an account and those below it at the end of a day, by currency."""
    sums: dict[str, int] = defaultdict(int)
    with reading(trade.engine) as conn:
        for line, minor in ledger.balances_before(conn, day + timedelta(days=1)):
            if line.account == account or line.account.startswith(f"{account}:"):
                sums[line.currency] += minor
    return {currency: minor for currency, minor in sums.items() if minor}


def owed(trade: Trade, day: str) -> tuple[Aged, ...]:
    with reading(trade.engine) as conn:
        return money_figures.aging_on(conn, d(day))


def open_by_hand(trade: Trade, day: str) -> dict[tuple[int, str, str], int]:
    """By customer, currency and age, from the invoices as they stand at this moment."""
    found: dict[tuple[int, str, str], int] = defaultdict(int)
    with reading(trade.engine) as conn:
        for one in invoices.listing(conn, state=DocumentState.ISSUED):
            found[one.customer_id, one.currency, bucket_of(one.due_on, d(day)).value] += one.open_minor
    return dict(found)


def spread(found: tuple[Aged, ...]) -> dict[tuple[int | None, str, str], int]:
    return {
        (one.customer_id, one.currency, bucket.value): minor for one in found for bucket, minor in one.minor.items()
    }


@pytest.fixture
def year(trade: Trade) -> dict[str, dict[tuple[int, str, str], int]]:
    """A year of three customers, and what was open at the end of some of its days, as it was seen on them."""
    anne, bart, cris = trade.customer("Anne"), trade.customer("Bart", currency="JPY"), trade.customer("Cris")
    seen: dict[str, dict[tuple[int, str, str], int]] = {}

    def look(day: str) -> None:
        seen[day] = open_by_hand(trade, day)

    small, (first,) = trade.add(anne, "small", "quarterly", on="2026-01-10")
    _, (yen,) = trade.add(bart, "small", on="2026-01-10")
    trade.add(cris, "gross", on="2026-01-20")
    look("2026-01-20")
    trade.pay(first.number, "10.00", on="2026-01-25")
    look("2026-01-25")
    trade.run("2026-02-03")
    look("2026-02-03")
    trade.give(cris, "15.00", on="2026-02-10")
    large, (second,) = trade.add(anne, "large", on="2026-02-11")
    trade.credit(second.number, "3.33", on="2026-02-12")
    look("2026-02-12")
    trade.change(large, on="2026-02-20", sku="medium")
    trade.run("2026-03-05")
    look("2026-03-05")
    _, (hour,) = trade.add(cris, "hour", "one-time", on="2026-03-06")
    trade.pay(hour.number, "20.00", on="2026-03-07")
    look("2026-03-07")
    trade.void(hour.number, on="2026-03-08")
    look("2026-03-08")
    trade.write_off(yen.number, on="2026-03-09")
    look("2026-03-09")
    trade.cancel(small, on="2026-03-20")
    look("2026-03-20")
    trade.run("2026-06-05")
    look("2026-06-05")
    return seen


def test_what_was_owed_on_a_day_is_what_was_seen_on_it(
    trade: Trade, year: dict[str, dict[tuple[int, str, str], int]]
) -> None:
    for day, seen in year.items():
        assert spread(owed(trade, day)) == seen, day
    assert any(bucket == "over-90" for _, _, bucket in year["2026-06-05"])


def test_all_that_is_owed_is_receivable_in_the_ledger_on_every_day(
    trade: Trade, year: dict[str, dict[tuple[int, str, str], int]]
) -> None:
    for back in range(170):
        day = d("2026-06-10") - timedelta(days=back)
        totals = {one.currency: one.total_minor for one in by_currency(owed(trade, str(day)))}
        assert totals == of_ledger(trade, day, RECEIVABLE), day


def test_now_is_the_last_day(trade: Trade, year: dict[str, dict[tuple[int, str, str], int]]) -> None:
    with reading(trade.engine) as conn:
        now = money_figures.aging_now(conn, noon(d("2026-06-10")))

    assert now == owed(trade, "2026-06-10")
    assert {one.customer_id for one in now} == {1, 2, 3}


def test_now_each_account_has_its_own_day(trade: Trade) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        trade.add(trade.customer(zone.rpartition("/")[2], timezone=zone), "small", on="2026-04-01")

    with reading(trade.engine) as conn:
        found = money_figures.aging_now(conn, noon(d("2026-04-01")))  # it is the 2nd in Auckland

    assert [(one.customer_id, one.late_minor) for one in found] == [(1, 1190), (2, 0)]


def test_what_was_invoiced_is_the_income_of_the_ledger_month_by_month(
    trade: Trade, year: dict[str, dict[tuple[int, str, str], int]]
) -> None:
    with reading(trade.engine) as conn:
        rows = money_figures.revenue_until(conn, d("2026-06-30"), months=6)

    issued: dict[str, int] = defaultdict(int)
    tax: dict[str, int] = defaultdict(int)
    for one in rows:
        issued[one.currency] += one.issued_minor
        tax[one.currency] += one.tax_minor
        end = (one.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        assert issued[one.currency] == -of_ledger(trade, end, "income").get(one.currency, 0), one.month
        assert tax[one.currency] == -of_ledger(trade, end, "liabilities:tax").get(one.currency, 0), one.month
    assert set(issued) == {"EUR", "JPY"}
    assert min(one.issued_minor for one in rows) < max(one.issued_minor for one in rows)


def test_all_that_was_invoiced_is_earned_in_the_end(
    trade: Trade, year: dict[str, dict[tuple[int, str, str], int]]
) -> None:
    with reading(trade.engine) as conn:
        rows = money_figures.revenue_until(conn, d("2027-12-31"), months=30)

    for currency in ("EUR", "JPY"):
        theirs = [one for one in rows if one.currency == currency]
        assert sum(one.earned_minor for one in theirs) == sum(one.issued_minor for one in theirs)
        assert theirs[-1].deferred_minor == 0
        assert any(one.deferred_minor > 0 for one in theirs)


def test_documents_of_later_days_do_not_count(trade: Trade) -> None:
    anne = trade.customer("Anne")
    trade.add(anne, "small", on="2026-04-01")
    trade.add(anne, "small", on="2026-04-20")

    with reading(trade.engine) as conn:
        (found,) = money_figures.revenue_until(conn, d("2026-04-19"), months=1)

    assert (found.issued_minor, found.invoices, found.tax_minor) == (1000, 1, 190)


def recurs(trade: Trade, day: str) -> int:
    with reading(trade.engine) as conn:
        rows = money_figures.recurring_until(conn, d(day), months=1)
    return sum(one.mrr_minor for one in rows)


def test_what_recurs_follows_the_terms_of_each_day(trade: Trade) -> None:
    anne = trade.customer("Anne")
    yearly, (of_year,) = trade.add(anne, "small", "yearly", on="2026-01-10")  # 100.00 ÷ 12 = 8.33
    trade.pay(of_year.number, "119.00", on="2026-01-11")
    plan, _ = trade.add(anne, "small", on="2026-02-01", promotion="Spring")  # 10.00, half price for two cycles
    gross, _ = trade.add(anne, "gross", on="2026-02-01")  # 11.90 with the tax
    trade.add(anne, "hour", "one-time", on="2026-02-02")
    trade.add(anne, "medium", on="2026-02-02", is_pending=True)
    trade.run("2026-03-05")
    trade.change(plan, on="2026-03-15", sku="large")  # 30.00, for which the promotion is not
    trade.suspend(gross, on="2026-04-04")
    trade.cancel(yearly, on="2026-04-20", at_end=True)

    assert recurs(trade, "2026-01-09") == 0
    assert recurs(trade, "2026-01-31") == 833
    assert recurs(trade, "2026-03-15") == 833 + 3000 + 1000
    assert recurs(trade, "2026-04-03") == 833 + 3000 + 1000
    assert recurs(trade, "2026-04-04") == 833 + 3000
    assert recurs(trade, str(trade.service(yearly).cancel_on)) == 3000


def test_what_is_billed_elsewhere_does_not_recur_here(trade: Trade) -> None:
    trade.add(trade.customer("Anne", billed_elsewhere=True), "small", on="2026-01-10")

    assert recurs(trade, "2026-02-01") == 0
