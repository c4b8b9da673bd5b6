"""Services are added and billed: the bill day, stubs, the first invoice, own anchors, what was paid elsewhere."""

import pytest

from mailgate.billing.offer.pricing import NotSold
from mailgate.billing.service import State
from mailgate.billing.tax.vat import NoTaxRule
from tests.flows.billing.trade import Trade, d


def test_the_first_aligned_service_sets_the_bill_day_and_its_first_month_is_whole(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-03-15")

    assert trade.billed(added) == ["2026-03-15/2026-04-14"]
    assert (invoice.reckoned.net_minor, invoice.reckoned.tax_minor) == (1000, 190)
    assert trade.invoice(invoice.number).due_on == d("2026-03-15")
    with trade.deal(anne, "2026-03-15") as deal:
        assert deal.payer.account.bill_day == 15


def test_a_later_service_is_billed_up_to_the_bill_day_alone_when_that_is_far(trade: Trade, anne: int) -> None:
    trade.add(anne, "small", on="2026-03-01")

    added, (invoice,) = trade.add(anne, "medium", on="2026-03-11", name="x")

    assert trade.billed(added) == ["2026-03-11/2026-03-31"]
    kinds = [(line.kind, line.amount_minor) for line in trade.lines(invoice.id)]
    assert kinds == [("service", 1355), ("setup", 500)]  # 21 of 31 days of 20.00, and once 5.00


@pytest.mark.parametrize(
    ("on", "billed"),
    [
        ("2026-03-21", ["2026-03-21/2026-03-31"]),  # the bill day is eleven days off
        ("2026-03-22", ["2026-03-22/2026-03-31", "2026-04-01/2026-04-30"]),  # ten: a renewal would follow at once
        ("2026-04-01", ["2026-04-01/2026-04-30"]),
    ],
)
def test_the_first_invoice_holds_what_would_follow_at_once(trade: Trade, anne: int, on: str, billed: list[str]) -> None:
    trade.add(anne, "small", on="2026-03-01")

    added, documents = trade.add(anne, "large", on=on)

    assert len(documents) == 1
    assert trade.billed(added) == billed


@pytest.mark.parametrize(
    ("cycle", "stub", "until"),
    [
        # 21 days of those of the whole cycle that ends on the first bill day: 90, 365, 1096.
        ("quarterly", 700, "2026-06-30"),
        ("yearly", 575, "2027-03-31"),
        ("triennial", 517, "2029-03-31"),
    ],
)
def test_a_long_cycle_is_billed_whole_behind_its_stub(
    trade: Trade, anne: int, cycle: str, stub: int, until: str
) -> None:
    trade.add(anne, "large", on="2026-03-01")

    added, (invoice,) = trade.add(anne, "small", cycle, on="2026-03-11")

    price = {"quarterly": 3000, "yearly": 10000, "triennial": 27000}[cycle]
    assert [line.amount_minor for line in trade.lines(invoice.id)] == [stub, price]
    assert trade.run("2026-03-22") is not None  # the other service alone
    assert trade.billed(added) == ["2026-03-11/2026-03-31", f"2026-04-01/{until}"]


def test_the_last_of_january_renews_on_the_last_of_february_and_on_the_31st_of_march(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-01-31")

    trade.run("2026-02-18")
    trade.run("2026-03-21")

    assert trade.billed(added) == ["2026-01-31/2026-02-27", "2026-02-28/2026-03-30", "2026-03-31/2026-04-29"]


def test_domains_and_addons_keep_their_own_days(trade: Trade, anne: int) -> None:
    plan, _ = trade.add(anne, "small", on="2026-03-01")

    domain, _ = trade.add(anne, "name", "yearly", on="2026-03-07")
    addon, _ = trade.add(anne, "shield", on="2026-03-09", parent_id=plan.id)

    assert trade.billed(domain) == ["2026-03-07/2027-03-06"]
    assert trade.billed(addon) == ["2026-03-09/2026-04-08"]


def test_neither_a_domain_nor_a_free_or_one_time_thing_sets_the_bill_day(trade: Trade, anne: int) -> None:
    trade.add(anne, "name", "yearly", on="2026-03-07")
    trade.add(anne, "free", on="2026-03-08")
    trade.add(anne, "hour", "one-time", on="2026-03-09")

    with trade.deal(anne, "2026-03-09") as deal:
        assert deal.payer.account.bill_day is None


def test_what_is_sold_once_is_billed_once(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "hour", "one-time", on="2026-03-09")

    assert invoice.reckoned.total_minor == 9520
    assert trade.run("2027-03-09") is None
    assert trade.service(added).billed_through == d("2026-03-10")


def test_what_is_free_is_written_down_and_not_billed(trade: Trade, anne: int) -> None:
    added, documents = trade.add(anne, "free", on="2026-03-08")

    assert documents == ()
    assert trade.billed(added) == ["2026-03-08/2026-04-07"]


def test_a_pending_service_is_billed_once_and_renews_from_its_activation_on(trade: Trade, anne: int) -> None:
    from mailgate.flows.billing.service import states

    added, documents = trade.add(anne, "small", on="2026-03-01", is_pending=True)
    assert (added.state, len(documents)) == (State.PENDING, 1)
    assert trade.run("2026-03-25") is None

    with trade.deal(anne, "2026-03-25") as deal:
        states.activate(deal, deal.payer.services[0])
    trade.run("2026-03-25")

    assert trade.billed(added) == ["2026-03-01/2026-03-31", "2026-04-01/2026-04-30"]


def test_a_start_in_the_past_is_billed_from_that_day_on_and_due_today(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-03-15", start_on=d("2026-01-15"))

    assert trade.billed(added) == ["2026-01-15/2026-02-14", "2026-02-15/2026-03-14", "2026-03-15/2026-04-14"]
    assert trade.invoice(invoice.number).due_on == d("2026-03-15")


def test_a_start_to_come_is_billed_at_once_and_due_then(trade: Trade, anne: int) -> None:
    added, (invoice,) = trade.add(anne, "small", on="2026-03-15", start_on=d("2026-05-01"))

    assert trade.billed(added) == ["2026-05-01/2026-05-31"]
    assert trade.invoice(invoice.number).due_on == d("2026-05-01")
    assert trade.invoice(invoice.number).issued_on == d("2026-03-15")


def test_another_day_of_the_account_is_reached_by_a_stub(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-03-15")
    trade.edit(anne, on="2026-03-20", bill_day=31)

    trade.run("2026-04-05")
    trade.run("2026-04-20")
    trade.run("2026-05-21")

    assert trade.billed(added) == [
        "2026-03-15/2026-04-14",
        "2026-04-15/2026-04-29",
        "2026-04-30/2026-05-30",
        "2026-05-31/2026-06-29",
    ]


def test_two_products_with_other_leads_are_on_one_invoice_at_the_longest(trade: Trade, anne: int) -> None:
    trade.add(anne, "small", on="2026-03-01")
    trade.add(anne, "early", on="2026-03-01")

    assert trade.run("2026-03-11") is None
    ran = trade.run("2026-03-12")

    assert ran is not None
    assert len(ran.invoices) == 1
    assert [line.text for line in trade.lines(trade.invoice(ran.invoices[0]).id)] == ["Small", "Early"]
    assert trade.invoice(ran.invoices[0]).due_on == d("2026-04-01")


def test_after_an_outage_all_missed_periods_are_on_one_invoice_that_leaves_ten_days(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-03-01")

    ran = trade.run("2026-06-07")

    assert ran is not None
    assert len(ran.invoices) == 1
    assert trade.invoice(ran.invoices[0]).due_on == d("2026-06-17")
    assert trade.billed(added)[1:] == ["2026-04-01/2026-04-30", "2026-05-01/2026-05-31", "2026-06-01/2026-06-30"]


def test_nobody_is_billed_whose_tax_nobody_knows_and_nothing_is_written(trade: Trade) -> None:
    bart = trade.customer("Bart", country="FR")

    with pytest.raises(NoTaxRule):
        trade.add(bart, "small", on="2026-03-01")

    with trade.deal(bart, "2026-03-01") as deal:
        assert (deal.payer.services, deal.payer.account.bill_day) == ((), None)


@pytest.mark.parametrize(("currency", "total"), [("JPY", 1190), ("KWD", 3689)])
def test_amounts_have_the_digits_of_their_currency(trade: Trade, currency: str, total: int) -> None:
    bart = trade.customer("Bart", currency=currency)

    _, (invoice,) = trade.add(bart, "small", on="2026-03-01")

    assert (trade.invoice(invoice.number).currency, trade.invoice(invoice.number).total_minor) == (currency, total)


def test_what_is_not_sold_in_the_currency_of_the_customer_is_refused(trade: Trade) -> None:
    bart = trade.customer("Bart", currency="JPY")

    with pytest.raises(NotSold, match="large is not sold monthly in JPY: there is monthly in EUR"):
        trade.add(bart, "large", on="2026-03-01")


@pytest.mark.parametrize(
    ("timezone", "today"), [("Pacific/Auckland", "2026-03-02"), ("America/Los_Angeles", "2026-03-01")]
)
def test_a_service_begins_on_the_day_of_its_customer(trade: Trade, timezone: str, today: str) -> None:
    from datetime import UTC, datetime

    from mailgate.flows.billing.books import Today, deal_with
    from mailgate.flows.billing.service import add as adding
    from store.engine import transaction

    bart = trade.customer("Bart", timezone=timezone)
    at = datetime(2026, 3, 1, 22, tzinfo=UTC)

    with transaction(trade.engine) as conn:
        deal = deal_with(conn, trade.settings, bart, Today(at), by="Bart")
        assert deal is not None
        added, (invoice,) = adding.add(deal, adding.Sold("small", 1))

    assert added.started_on == d(today)
    assert trade.invoice(invoice.number).due_on == d(today)
    assert trade.invoice(invoice.number).issued_on == d("2026-03-01")  # in Berlin, where the seller is, it is 23:00


def test_the_language_of_a_document_is_that_of_its_day(trade: Trade) -> None:
    from sqlalchemy import text

    from store.engine import transaction

    bart = trade.customer("Bart", language="de")
    _, (invoice,) = trade.add(bart, "small", on="2026-03-01")

    with transaction(trade.engine) as conn:
        conn.execute(text("UPDATE customers SET language = 'en'"))

    found = trade.invoice(invoice.number)
    assert (found.language, '"language":"de"' in found.model) == ("de", True)
