"""Whose day's rate counts when a rate changes: that of the invoice, or of the last day of what a line bills."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.party import Proof
from mailgate.config.settings.billing import TaxPoint
from store.billing import accounts, catalogue, lines
from store.engine import reading, transaction
from tests.billing.second_path import half_up
from tests.flows.billing.trade import SHOP, Trade, d, noon

FROM_JUNE = """
[[tax]]
country = "DE"
rate = "25"
name = "VAT"
from = 2026-06-01
"""


@pytest.fixture
def trade(trade: Trade) -> Trade:
    """Germany taxes with 25 % instead of 19 from June on; the last day of each period decides."""
    text = SHOP.read_text() + FROM_JUNE
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(text.encode(), SHOP.name), by="Bart", now=noon(d("2026-01-02")))
    decided_by(trade, TaxPoint.PERIOD_END)
    return trade


def decided_by(trade: Trade, point: TaxPoint) -> None:
    trade.settings = replace(trade.settings, billing=replace(trade.settings.billing, tax_point=point))


def rates(trade: Trade, document_id: int) -> list[tuple[str | None, int, str, str]]:
    """The lines of a document: first day, amount, category, and rate."""
    return [
        (str(line.period_start) if line.period_start else None, line.amount_minor, line.tax_category, line.tax_rate)
        for line in trade.lines(document_id)
    ]


@pytest.mark.parametrize(("point", "rate"), [(TaxPoint.ISSUE, "19"), (TaxPoint.PERIOD_END, "25")])
def test_june_is_invoiced_in_may(trade: Trade, anne: int, point: TaxPoint, rate: str) -> None:
    decided_by(trade, point)
    trade.add(anne, "small", on="2026-05-01")

    trade.run("2026-05-22")

    assert rates(trade, trade.all()[-1].id) == [("2026-06-01", 1000, "S", rate)]


@pytest.mark.parametrize(("point", "may"), [(TaxPoint.ISSUE, "25"), (TaxPoint.PERIOD_END, "19")])
def test_may_is_invoiced_in_june_beside_june(trade: Trade, anne: int, point: TaxPoint, may: str) -> None:
    decided_by(trade, point)
    trade.add(anne, "small", on="2026-04-01")

    trade.run("2026-06-10")

    last = trade.all()[-1]
    assert rates(trade, last.id) == [("2026-05-01", 1000, "S", may), ("2026-06-01", 1000, "S", "25")]
    with reading(trade.engine) as conn:
        by_rate = {one["rate"]: (one["net_minor"], one["tax_minor"]) for one in lines.taxes(conn, last.id)}
    assert by_rate == {
        rate: (net, half_up(Fraction(net * int(rate), 100)))
        for rate, net in ({"25": 2000} if may == "25" else {"19": 1000, "25": 1000}).items()
    }
    assert last.total_minor == sum(net + tax for net, tax in by_rate.values())


def test_a_period_over_the_change_has_the_rate_of_its_end(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "large", on="2026-05-15")

    assert rates(trade, invoice.id) == [("2026-05-15", 3000, "S", "25")]


def test_a_price_with_the_tax_in_it_stays_what_it_is(trade: Trade, anne: int) -> None:
    _, (invoice,) = trade.add(anne, "gross", on="2026-05-15")

    assert (invoice.reckoned.total_minor, invoice.reckoned.net_minor) == (1190, half_up(Fraction(1190 * 100, 125)))


def test_what_is_for_no_days_has_the_rate_of_the_issue(trade: Trade, anne: int) -> None:
    _, (plan,) = trade.add(anne, "medium", on="2026-05-31")
    _, (hour,) = trade.add(anne, "hour", "one-time", on="2026-05-31")

    assert rates(trade, plan.id) == [("2026-05-31", 2000, "S", "25"), (None, 500, "S", "19")]
    assert rates(trade, hour.id) == [(None, 8000, "S", "19")]


def test_a_change_gives_back_at_the_rate_that_was_billed(trade: Trade, anne: int) -> None:
    decided_by(trade, TaxPoint.ISSUE)
    added, _ = trade.add(anne, "small", on="2026-05-01")
    trade.run("2026-05-22")  # June at 19 %
    decided_by(trade, TaxPoint.PERIOD_END)

    (invoice,) = trade.change(added, on="2026-05-22", sku="medium")

    assert rates(trade, invoice.id) == [
        ("2026-05-22", -323, "S", "19"),
        ("2026-05-22", 645, "S", "19"),
        ("2026-06-01", -1000, "S", "19"),
        ("2026-06-01", 2000, "S", "25"),
    ]


def test_another_cycle_is_taxed_period_by_period(trade: Trade, anne: int) -> None:
    added, _ = trade.add(anne, "small", on="2026-05-01")

    (invoice,) = trade.change(added, on="2026-05-16", cycle="quarterly")

    assert rates(trade, invoice.id) == [
        ("2026-05-16", -516, "S", "19"),
        ("2026-05-16", half_up(Fraction(3000 * 16, 92)), "S", "19"),
        ("2026-06-01", 3000, "S", "25"),
    ]


def test_an_end_gives_back_at_the_rate_that_was_billed_and_bills_missed_days_by_their_end(
    trade: Trade, anne: int
) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-04-01")
    trade.pay(first.number, "11.90", on="2026-04-01")

    (missed,) = trade.cancel(added, on="2026-06-11")

    assert rates(trade, missed.id) == [("2026-05-01", 1000, "S", "19"), ("2026-06-01", 333, "S", "25")]
    other, (large,) = trade.add(anne, "large", on="2026-06-11")
    (note,) = trade.cancel(other, on="2026-06-21")
    assert {rate for *_, rate in rates(trade, large.id) + rates(trade, note.id)} == {"25"}


def test_a_rate_that_is_imported_later_taxes_no_issued_period_again(trade: Trade, anne: int) -> None:
    added, (first,) = trade.add(anne, "small", on="2026-06-01")
    trade.pay(first.number, "12.50", on="2026-06-01")
    dearer = SHOP.read_text() + FROM_JUNE.replace("25", "30")
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(dearer.encode(), SHOP.name), by="Bart", now=noon(d("2026-06-02")))

    (note,) = trade.cancel(added, on="2026-06-16")

    assert rates(trade, note.id) == [("2026-06-16", 500, "S", "25")]


def test_who_the_customer_is_is_proven_on_the_day_of_the_sale(trade: Trade) -> None:
    bart = trade.customer("Bart", country="AT", vat_id="ATU12345675")
    with transaction(trade.engine) as conn:
        at = datetime(2026, 5, 1, tzinfo=UTC)
        accounts.add_proof(conn, bart, Proof("ATU12345675", at, True, "1", "staff"))

    _, (year,) = trade.add(bart, "small", "yearly", on="2026-05-01")

    assert [line.category for line in (one.charge for one in year.reckoned.lines)] == ["AE"]
