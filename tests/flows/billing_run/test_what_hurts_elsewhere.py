"""What users of billing programs complain of again and again, each as what must hold here.

Not here, since they are shown elsewhere: one number for one document with many runs at once and crashes between any
two statements (test_side_by_side), no fraction in any rule (tests/billing/test_no_fractions), credit that exists only
by a posting (tests/store/test_ledger), a page and a document that show stored amounts (tests/webview/test_money_*).
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.period import Span
from mailgate.errors import Permanent
from store.billing import accounts
from store.engine import transaction
from tests.billing.shop import product, tax
from tests.flows.billing_run.shop import CATALOGUE, START, Shop, days_after, noon

HOUR = timedelta(hours=1)


def test_a_run_each_hour_makes_one_invoice_a_month(shop: Shop) -> None:
    anne = shop.customer()
    shop.add(anne)

    for hour in range(24 * 62):
        shop.run_at(noon(START) + hour * HOUR)

    assert [one.due_on for one in shop.invoices(anne)] == [START, date(2026, 2, 15), date(2026, 3, 15)]
    shop.check()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_where_today_is_another_day_than_here_there_is_one_invoice_all_the_same(quick_shop: Shop, zone: str) -> None:
    anne = quick_shop.customer(zone=zone)
    quick_shop.add(anne)
    midnight = datetime(2026, 2, 5, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    made = [quick_shop.run_at(midnight + hours * HOUR) for hours in (-13, -1, 0, 1, 13, 25)]

    assert [one is not None for one in made] == [False, False, True, False, False, False]
    assert [one.due_on for one in quick_shop.invoices(anne)] == [START, date(2026, 2, 15)]


def test_a_short_month_moves_no_month_behind_it(quick_shop: Shop) -> None:
    anne = quick_shop.customer()
    quick_shop.add(anne, on=date(2026, 1, 31))

    for day in range(200):
        quick_shop.run(days_after(date(2026, 1, 31), day))

    assert [one.due_on for one in quick_shop.invoices(anne)] == [
        date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31),
        date(2026, 6, 30), date(2026, 7, 31),
    ]  # fmt: skip


def test_a_late_run_moves_no_period(quick_shop: Shop) -> None:
    anne = quick_shop.customer()
    service, _ = quick_shop.add(anne)

    for month in range(2, 8):  # always three weeks late
        quick_shop.run(date(2026, month, 26))

    assert quick_shop.periods(service.id) == [
        Span(date(2026, month, 15), date(2026, month + 1, 15)) for month in range(1, 8)
    ]


def test_after_an_outage_there_is_one_invoice_and_not_one_for_each_missed_month(shop: Shop) -> None:
    anne = shop.customer()
    shop.add(anne)

    shop.run(date(2026, 7, 1))
    shop.run(date(2026, 7, 1))

    late = shop.invoices(anne)[1:]
    assert [(one.issued_on, one.due_on) for one in late] == [(date(2026, 7, 1), date(2026, 7, 11))]


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_an_invoice_is_dated_by_the_day_of_the_seller_at_any_hour(quick_shop: Shop, hour: int) -> None:
    quick_shop.settings = replace(
        quick_shop.settings, gate=replace(quick_shop.settings.gate, timezone="America/Los_Angeles")
    )
    anne = quick_shop.customer(zone="Pacific/Auckland")
    quick_shop.add(anne)
    now = datetime(2026, 2, 4, 11, 30, tzinfo=UTC) + hour * HOUR  # all of 5 February in Auckland

    quick_shop.run_at(now)

    (issued,) = quick_shop.invoices(anne)[1:]
    assert issued.issued_on == now.astimezone(ZoneInfo("America/Los_Angeles")).date()
    assert issued.due_on == date(2026, 2, 15)


@pytest.mark.parametrize(
    ("zone", "changes_on"),
    [("America/Havana", date(2026, 3, 8)), ("America/Havana", date(2026, 11, 1)), ("Europe/Berlin", date(2026, 3, 29))],
)
def test_a_day_of_23_or_25_hours_is_one_day(quick_shop: Shop, zone: str, changes_on: date) -> None:
    anne = quick_shop.customer(zone=zone)
    due_on = days_after(changes_on, 10)
    service, _ = quick_shop.add(anne, on=date(2026, 1, due_on.day))
    quick_shop.run(days_after(changes_on, -1))
    before = len(quick_shop.invoices(anne))
    begin = datetime.combine(days_after(changes_on, -1), datetime.min.time(), UTC)

    made = [at for at in (begin + half * HOUR / 2 for half in range(24 * 6)) if quick_shop.run_at(at) is not None]

    assert [at.astimezone(ZoneInfo(zone)).date() for at in made] == [changes_on]
    assert len(quick_shop.invoices(anne)) == before + 1
    assert quick_shop.periods(service.id)[-1].start == due_on


@pytest.mark.parametrize(
    ("price", "rate"), [("758.00", "22"), ("353.90", "21"), ("0.01", "19"), ("60.40", "20"), ("302.00", "8.875")]
)
def test_a_price_with_tax_is_the_total_to_the_cent(quick_shop: Shop, price: str, rate: str) -> None:
    prices = f'prices = {{ EUR = {{ monthly = "{price}" }} }}'
    quick_shop.import_catalogue(product("gross", "tax_included = true", prices=prices) + tax("DE", rate))
    anne = quick_shop.customer()

    _, (done,) = quick_shop.add(anne, "gross")

    (issued,) = quick_shop.invoices(anne)
    assert issued.number == done.number
    assert issued.total_minor == int(price.replace(".", ""))
    assert issued.net_minor + issued.tax_minor == issued.total_minor


def test_what_was_issued_stays_when_address_tax_and_company_change(shop: Shop) -> None:
    anne = shop.customer(organisation="Miller Ltd", city="Bonn")
    shop.add(anne)
    (before,) = shop.invoices(anne)

    with transaction(shop.engine) as conn:
        (account,) = accounts.lock(conn, (anne,)).values()
        accounts.edit(conn, replace(account, organisation="Smith Ltd", city="Berlin", exempt_reason="Embassy"))
    shop.settings = replace(shop.settings, seller=replace(shop.settings.seller, name="Other GmbH"))
    shop.import_catalogue(CATALOGUE.replace('rate = "19"', 'rate = "7"'), on=days_after(START, 1))
    shop.run(date(2026, 2, 5))

    kept, renewed = shop.invoices(anne)
    assert (kept.model, kept.sha256, kept.total_minor) == (before.model, before.sha256, before.total_minor)
    assert ("Smith Ltd" in renewed.model, "Other GmbH" in renewed.model, renewed.tax_minor) == (True, True, 0)


def test_money_that_is_recorded_twice_is_booked_once_and_moves_no_period(shop: Shop) -> None:
    anne = shop.customer()
    service, (done,) = shop.add(anne)

    shop.pay(done.number, 500, START)
    with pytest.raises(Permanent, match="ref 2026-0001"):
        shop.pay(done.number, 500, START)

    (invoice,) = shop.invoices(anne)
    assert (invoice.state, invoice.open_minor) == (DocumentState.ISSUED, 678)
    assert shop.service(service.id).billed_through == date(2026, 2, 15)
    shop.check()
