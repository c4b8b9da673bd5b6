"""Discounts: who may have one, until when it counts, and what it makes of a price, reckoned once more by fractions."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.change import quote_change
from mailgate.billing.draft import bundles, due_at, first_bundle, once, open_periods
from mailgate.billing.offer.discount import Discount, price_on, promised, redeemed
from mailgate.billing.offer.pricing import NotSold
from mailgate.billing.offer.product import CYCLES, Kind, Product, Promotion
from mailgate.billing.repricing import repriced
from mailgate.billing.service import Service
from tests.billing.second_path import bill_day_in, half_up
from tests.billing.selling import NET, RHYTHM, billed, d, days, sold, terms

HALF = Discount("SPRING", "50", 0, 1, (), None)
TWO_LESS = Discount("FRIENDS", "", 200, 1, (), None)
WEB = Product("web", Kind.HOSTING, "Web", "standard", ())
BIG = Product("big", Kind.HOSTING, "Big", "standard", ())


def prices(service: Service, *, until: str) -> list[tuple[str, int]]:
    """What each open period costs, by its first day."""
    dues = (due_at(service, span) for span in open_periods(service, until=d(until)))
    return [(str(due.begins_on), due.amount_minor) for due in dues]


@given(
    list_minor=st.integers(0, 10**12),
    hundredths=st.integers(1, 100_00),
)
def test_a_percentage_is_taken_off_exactly_and_rounded_once(list_minor: int, hundredths: int) -> None:
    percent = f"{hundredths // 100}.{hundredths % 100:02}"

    found = price_on(d("2026-03-01"), list_minor, 1, replace(HALF, percent=percent))

    assert found == half_up(Fraction(list_minor) * (1 - Fraction(hundredths, 100_00)))
    assert 0 <= found <= list_minor


@pytest.mark.parametrize(
    ("percent", "list_minor", "price"),
    [("12.5", 990, 866), ("50", 999, 500), ("100", 999, 0), ("100.00", 999, 0), ("0.5", 1, 1), ("20", 0, 0)],
)
def test_percentages_may_have_decimals(percent: str, list_minor: int, price: int) -> None:
    assert price_on(d("2026-03-01"), list_minor, 1, replace(HALF, percent=percent)) == price


@pytest.mark.parametrize(("list_minor", "price"), [(990, 790), (200, 0), (199, 0), (0, 0)])
def test_an_amount_is_taken_off_and_nothing_costs_less_than_nothing(list_minor: int, price: int) -> None:
    assert price_on(d("2026-03-01"), list_minor, 1, TWO_LESS) == price


@pytest.mark.parametrize(("sold_for", "months", "price"), [(1, 12, 9900 - 2400), (12, 1, 990 - 17), (3, 3, 2800 - 200)])
def test_an_amount_is_that_of_the_cycle_which_was_sold(sold_for: int, months: int, price: int) -> None:
    """Else who has twenty euros off a year could have them off each month."""
    list_minor = {1: 990, 3: 2800, 12: 9900}[months]

    assert price_on(d("2026-03-01"), list_minor, months, replace(TWO_LESS, months=sold_for)) == price


@given(
    start=st.dates(date(2026, 1, 1), date(2032, 12, 31)),
    bill_day=st.integers(1, 31),
    months=st.sampled_from([months for months in CYCLES.values() if months]),
    cycles=st.integers(1, 40),
)
def test_a_discount_is_for_so_many_whole_cycles_and_the_days_before_them(
    start: date, bill_day: int, months: int, cycles: int
) -> None:
    one = sold(str(start), bill_day=bill_day, months=months)
    promotion = Promotion("SPRING", "50", cycles=cycles)

    found = promised(promotion, anchor=one.anchor_on, months=months, from_on=start)

    first = bill_day_in(start, bill_day)
    if first < start:
        first = bill_day_in(start, bill_day, 1)
    assert found.until == bill_day_in(first, bill_day, months * cycles)
    cheap = replace(one, discount=found)
    half = [span for span in open_periods(cheap, until=first + relativedelta(months=months * (cycles + 2)))
            if due_at(cheap, span).price_minor == 500]  # fmt: skip
    assert len(half) == cycles + (first != start)
    assert half[-1].end == found.until


def test_what_never_renews_is_cheaper_for_good() -> None:
    found = promised(Promotion("SPRING", "50", cycles=1), anchor=d("2026-03-01"), months=0, from_on=d("2026-03-01"))

    due = once(sold("2026-03-01", months=0, price_minor=8000, discount=found))

    assert (found.until, due.amount_minor, due.price_minor) == (None, 4000, 4000)


def test_the_days_up_to_the_bill_day_are_cheaper_and_use_no_cycle_up() -> None:
    promotion = Promotion("SPRING", "50", cycles=2)
    one = sold("2026-03-11", bill_day=1)
    one = replace(one, discount=promised(promotion, anchor=one.anchor_on, months=1, from_on=one.billed_through))

    assert prices(one, until="2026-06-30") == [
        ("2026-03-11", half_up(Fraction(500 * 21, 31))),
        ("2026-04-01", 500),
        ("2026-05-01", 500),
        ("2026-06-01", 1000),
    ]
    (bundle,) = bundles([one], today=d("2026-09-01"), rhythm=RHYTHM, leads={})
    assert [due.amount_minor for due in bundle.items] == [339, 500, 500, 1000, 1000, 1000, 1000]


def test_a_line_names_its_code_and_what_is_taken_off() -> None:
    half, less, plain = (
        due_at(sold("2026-03-01", discount=one), next(open_periods(sold("2026-03-01"), until=d("2026-03-01"))))
        for one in (HALF, TWO_LESS, None)
    )

    assert half.named("Web M") == "Web M (SPRING -50 %)"
    assert less.named("Web M") == "Web M (FRIENDS -2.00 EUR)"
    assert plain.named("Web M") == "Web M"


def test_what_is_waived_is_told_from_what_is_free() -> None:
    spans = list(open_periods(sold("2026-03-01"), until=d("2026-03-01")))
    all_of_it = replace(HALF, percent="100")

    assert due_at(sold("2026-03-01", discount=all_of_it), spans[0]).is_waived
    assert not due_at(sold("2026-03-01", price_minor=0, discount=all_of_it), spans[0]).is_waived
    assert not due_at(sold("2026-03-01", discount=HALF), spans[0]).is_waived


def test_a_change_gives_back_what_was_billed_and_charges_the_new_plan_with_the_discount() -> None:
    one = sold("2026-04-01", discount=replace(HALF, until=d("2026-05-01")))
    was = [replace(each, price_minor=500) for each in billed(one, ("2026-04-01", "2026-05-01"))]
    ahead = [replace(each, price_minor=1000) for each in billed(one, ("2026-05-01", "2026-06-01"))]
    to = replace(terms(one, price_minor=2000), discount=one.discount)

    quote = quote_change(one, was + ahead, to, on=d("2026-04-21"), today=d("2026-04-21"), rhythm=RHYTHM)

    told = [(leg.charge.amount_minor, leg.price_minor, leg.charge.text) for leg in quote.legs]
    assert told == [
        (-167, 500, "Web"),
        (333, 1000, "Web L (SPRING -50 %)"),
        (-1000, 1000, "Web"),
        (2000, 2000, "Web L"),
    ]


def test_a_plan_without_the_discount_is_charged_at_its_list_price() -> None:
    one = sold("2026-04-01", discount=HALF)
    was = [replace(each, price_minor=500) for each in billed(one, ("2026-04-01", "2026-05-01"))]

    quote = quote_change(
        one, was, terms(one, price_minor=2000), on=d("2026-04-16"), today=d("2026-04-16"), rhythm=RHYTHM
    )

    assert [leg.charge.amount_minor for leg in quote.legs] == [-250, 1000]


def test_there_and_back_on_one_day_comes_to_nothing_while_both_plans_have_it() -> None:
    one = sold("2026-04-01", discount=replace(HALF, percent="33.3"))
    was = [replace(each, price_minor=667) for each in billed(one, ("2026-04-01", "2026-05-01"))]
    there = quote_change(
        one, was, replace(terms(one, price_minor=1999), discount=one.discount),
        on=d("2026-04-18"), today=d("2026-04-18"), rhythm=RHYTHM,
    )  # fmt: skip
    (due,) = there.covers
    assert due.period is not None
    stands = billed(one, ("2026-04-18", "2026-05-01"))
    moved = replace(one, price_minor=1999, product_id=8)
    back = quote_change(
        moved, [replace(each, price_minor=due.price_minor) for each in stands],
        replace(terms(one, price_minor=1000), product_id=7, discount=one.discount),
        on=d("2026-04-18"), today=d("2026-04-18"), rhythm=RHYTHM,
    )  # fmt: skip

    assert there.reckoned.net_minor + back.reckoned.net_minor == 0


def test_another_cycle_keeps_the_day_on_which_the_discount_ends() -> None:
    one = sold("2026-04-01", discount=replace(HALF, until=d("2026-07-01")))
    to = replace(terms(one, price_minor=9900, months=12), anchor_on=d("2026-04-16"), discount=one.discount)

    quote = quote_change(one, [], to, on=d("2026-04-16"), today=d("2026-04-16"), rhythm=RHYTHM)

    (due,) = quote.covers
    assert (days([due]), due.amount_minor) == (["2026-04-16/2027-04-15"], 4950)
    assert due.service.price_on(d("2027-04-16")) == 9900


def test_a_newer_price_is_cheaper_by_the_same_promise() -> None:
    one = sold("2026-03-01", discount=replace(HALF, until=d("2026-06-01")), product_id=7)
    newer = replace(WEB, prices=(), sku="web")
    moved = replace(one, next_on=d("2026-04-01"), next_product_id=9, next_price_minor=1500)

    assert prices(moved, until="2026-06-01") == [
        ("2026-03-01", 500),
        ("2026-04-01", 750),
        ("2026-05-01", 750),
        ("2026-06-01", 1500),
    ]
    assert repriced(one, WEB, newer, 7, from_on=d("2026-04-01")) is None


def test_the_first_invoice_is_that_of_the_discount() -> None:
    one = sold("2026-03-22", bill_day=1, discount=TWO_LESS)

    bundle = first_bundle(one, today=d("2026-03-22"), rhythm=RHYTHM, lead=None)

    assert bundle is not None
    assert [due.amount_minor for due in bundle.items] == [half_up(Fraction(800 * 10, 31)), 800]
    assert bundle.total_minor == 258 + 800


SPRING = Promotion("SPRING", "50", products=("web",), until_on=d("2026-06-30"))
EUROS = Promotion("FRIENDS", amount_minor=200, currency="EUR")
ALL = (SPRING, EUROS)
UNKNOWN = "the catalogue has no promotion 'XMAS': for web in EUR there is SPRING, FRIENDS"


@pytest.mark.parametrize(
    ("found", "product", "currency", "on", "why"),
    [
        (None, WEB, "EUR", "2026-06-30", UNKNOWN),
        (SPRING, WEB, "EUR", "2026-07-01", "promotion SPRING ended on 2026-06-30: for web in EUR there is FRIENDS"),
        (SPRING, BIG, "EUR", "2026-06-30", "promotion SPRING is not for big: for big in EUR there is FRIENDS"),
        (EUROS, BIG, "JPY", "2026-06-30", "promotion FRIENDS is for prices in EUR: for big in JPY there is none"),
    ],
)  # fmt: skip
def test_why_a_code_is_refused(found: Promotion | None, product: Product, currency: str, on: str, why: str) -> None:
    with pytest.raises(NotSold) as refused:
        redeemed("XMAS", found, ALL, product, currency, on=d(on))

    assert str(refused.value) == why


def test_a_code_is_taken_on_its_last_day() -> None:
    assert redeemed("spring", SPRING, ALL, WEB, "JPY", on=d("2026-06-30")) is SPRING


def test_what_has_no_discount_is_billed_as_before() -> None:
    one = sold("2026-03-01")

    quote = quote_change(
        one, billed(one, ("2026-03-01", "2026-04-01")), terms(one, price_minor=2000, taxed=NET),
        on=d("2026-03-16"), today=d("2026-03-16"), rhythm=RHYTHM,
    )  # fmt: skip

    assert [leg.price_minor for leg in quote.legs] == [1000, 2000]
