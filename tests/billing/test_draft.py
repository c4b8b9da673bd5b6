"""What is due of services on a day, and on which invoice: tables, and the same by fractions and another calendar."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.draft import Due, Rhythm, TooManyPeriods, bundles, first_bundle, next_look, open_periods
from mailgate.billing.service import Service, State
from tests.billing.second_path import bill_day_in, half_up, month_later
from tests.billing.selling import RHYTHM, d, days, sold

DAY = timedelta(days=1)


def first(service: Service, today: str, lead: int | None = None) -> list[str]:
    """The days of its first invoice."""
    bundle = first_bundle(service, today=d(today), rhythm=RHYTHM, lead=lead)
    return days(bundle.items) if bundle else []


def due(*services: Service, today: str, rhythm: Rhythm = RHYTHM, **leads: int) -> list[tuple[str, list[str]]]:
    """The invoices of a day: due date and days."""
    own = {int(name.removeprefix("lead_")): days for name, days in leads.items()}
    found = bundles(services, today=d(today), rhythm=rhythm, leads=own)
    return [(one.due_on.isoformat(), days(one.items)) for one in found]


MONTH_ENDS = [
    ("2026-01-31", 31, 1, ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
    ("2028-01-31", 31, 1, ["2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]),
    ("2026-01-30", 30, 1, ["2026-02-28", "2026-03-30", "2026-04-30", "2026-05-30"]),
    ("2026-02-28", 31, 1, ["2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"]),
    ("2026-02-28", 28, 1, ["2026-03-28", "2026-04-28", "2026-05-28", "2026-06-28"]),
    ("2028-02-29", None, 12, ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
    ("2026-08-31", 31, 6, ["2027-02-28", "2027-08-31", "2028-02-29", "2028-08-31"]),
    ("2026-11-30", 31, 3, ["2027-02-28", "2027-05-31", "2027-08-31", "2027-11-30"]),
]


@pytest.mark.parametrize(("start", "bill_day", "months", "starts"), MONTH_ENDS)
def test_the_true_day_of_the_month_is_kept(start: str, bill_day: int | None, months: int, starts: list[str]) -> None:
    service = sold(start, bill_day=bill_day, months=months)

    periods = list(open_periods(service, until=d(starts[-1])))

    assert [one.start.isoformat() for one in periods] == [start, *starts]
    assert all(one.end == other.start for one, other in pairwise(periods))


STUBS = [
    ("2026-03-11", 1, 1, 1000, 677),  # 21 of 31
    ("2026-02-11", 1, 1, 1000, 643),  # 18 of 28
    ("2026-03-11", 1, 3, 3000, 700),  # 21 of 90, from January on
    ("2026-03-11", 1, 6, 6000, 692),  # 21 of 182, from October on
    ("2026-03-11", 1, 12, 10000, 575),  # 21 of 365
    ("2028-03-11", 1, 12, 10000, 574),  # 21 of 366
    ("2026-03-11", 1, 24, 18000, 518),  # 21 of 730, from April 2024 on
    ("2026-03-11", 1, 36, 27000, 517),  # 21 of 1096
    ("2026-02-01", 31, 1, 2800, 2700),  # 27 of 28, from 31 January on
]


@pytest.mark.parametrize(("start", "bill_day", "months", "price", "stub"), STUBS)
def test_a_stub_is_a_part_of_the_whole_cycle_that_ends_on_the_bill_day(
    start: str, bill_day: int, months: int, price: int, stub: int
) -> None:
    service = sold(start, bill_day=bill_day, months=months, price_minor=price)

    bundle = first_bundle(service, today=d(start), rhythm=RHYTHM, lead=None)

    assert bundle is not None
    assert bundle.items[0].amount_minor == stub
    assert len(bundle.items) == (1 if months == 1 else 2)
    assert bundle.total_minor == stub + (0 if months == 1 else price)


FIRST = [
    # start, bill day, months, today, days of the first invoice
    ("2026-03-01", 1, 1, "2026-03-01", ["2026-03-01/2026-03-31"]),
    ("2026-03-01", 1, 12, "2026-03-01", ["2026-03-01/2027-02-28"]),
    ("2026-03-21", 1, 1, "2026-03-21", ["2026-03-21/2026-03-31"]),
    ("2026-03-22", 1, 1, "2026-03-22", ["2026-03-22/2026-03-31", "2026-04-01/2026-04-30"]),
    ("2026-03-31", 1, 1, "2026-03-31", ["2026-03-31/2026-03-31", "2026-04-01/2026-04-30"]),
    ("2026-03-21", 1, 3, "2026-03-21", ["2026-03-21/2026-03-31", "2026-04-01/2026-06-30"]),
    ("2026-01-15", 15, 1, "2026-03-20", ["2026-01-15/2026-02-14", "2026-02-15/2026-03-14", "2026-03-15/2026-04-14"]),
    ("2026-05-01", 1, 1, "2026-03-20", ["2026-05-01/2026-05-31"]),
    ("2026-05-20", 1, 1, "2026-03-20", ["2026-05-20/2026-05-31"]),
    ("2026-03-20", None, 0, "2026-03-20", ["once"]),
]


@pytest.mark.parametrize(("start", "bill_day", "months", "today", "expected"), FIRST)
def test_the_first_invoice_holds_what_would_follow_at_once(
    start: str, bill_day: int | None, months: int, today: str, expected: list[str]
) -> None:
    service = sold(start, bill_day=bill_day, months=months)

    assert first(service, today) == expected


def test_a_longer_lead_of_the_product_counts_for_the_first_invoice_too() -> None:
    service = sold("2026-03-11", bill_day=1)

    assert first(service, "2026-03-11", lead=21) == ["2026-03-11/2026-03-31", "2026-04-01/2026-04-30"]
    assert first(service, "2026-03-11", lead=20) == ["2026-03-11/2026-03-31"]


@pytest.mark.parametrize(("start", "today", "due_on"), [
    ("2026-03-01", "2026-03-05", "2026-03-05"),
    ("2026-03-05", "2026-03-01", "2026-03-05"),
    ("2026-03-05", "2026-03-05", "2026-03-05"),
])  # fmt: skip
def test_the_first_invoice_is_due_on_the_start_or_today(start: str, today: str, due_on: str) -> None:
    bundle = first_bundle(sold(start), today=d(today), rhythm=RHYTHM, lead=None)

    assert bundle is not None
    assert bundle.due_on == d(due_on)


def test_an_invoice_goes_out_ten_days_before_it_is_due_and_once() -> None:
    service = sold("2026-03-01", bill_day=1, billed_through=d("2026-04-01"))

    assert due(service, today="2026-03-21") == []
    assert due(service, today="2026-03-22") == [("2026-04-01", ["2026-04-01/2026-04-30"])]
    assert due(replace(service, billed_through=d("2026-05-01")), today="2026-03-22") == []


@pytest.mark.parametrize(("lead", "before", "on"), [(20, "2026-03-11", "2026-03-12"), (3, "2026-03-28", "2026-03-29")])
def test_a_product_has_its_own_lead_and_its_due_date_stays(lead: int, before: str, on: str) -> None:
    service = sold("2026-03-01", bill_day=1, billed_through=d("2026-04-01"))

    assert due(service, today=before, lead_1=lead) == []
    assert due(service, today=on, lead_1=lead) == [("2026-04-01", ["2026-04-01/2026-04-30"])]
    assert next_look(service, rhythm=RHYTHM, lead=lead) == d(on)


def test_what_is_due_on_one_day_goes_out_together_at_the_longest_lead() -> None:
    one = sold("2026-03-01", bill_day=1, billed_through=d("2026-04-01"))
    other = replace(one, id=2)
    third = replace(one, id=3, billed_through=d("2026-04-02"), anchor_on=d("2026-03-02"))

    found = due(one, other, third, today="2026-03-12", lead_2=20)

    assert found == [("2026-04-01", ["2026-04-01/2026-04-30", "2026-04-01/2026-04-30"])]


def test_each_currency_has_its_own_invoice() -> None:
    one = sold("2026-03-01", bill_day=1, billed_through=d("2026-04-01"))

    assert len(due(one, replace(one, id=2, currency="JPY"), today="2026-03-22")) == 2


def test_after_an_outage_all_that_was_missed_is_on_one_invoice_that_leaves_time_to_pay() -> None:
    one = sold("2026-03-01", bill_day=1, billed_through=d("2026-04-01"))
    other = sold("2026-03-15", number=2, billed_through=d("2026-05-15"))

    found = due(one, other, today="2026-06-07")

    assert found == [
        (
            "2026-06-17",
            ["2026-04-01/2026-04-30", "2026-05-01/2026-05-31", "2026-05-15/2026-06-14", "2026-06-01/2026-06-30",
             "2026-06-15/2026-07-14"],
        )
    ]  # fmt: skip


def test_what_is_one_day_late_leaves_time_to_pay_as_well() -> None:
    service = sold("2026-03-01", bill_day=1, billed_through=d("2026-04-01"))

    assert due(service, today="2026-03-23")[0][0] == "2026-04-02"


@pytest.mark.parametrize("state", [State.PENDING, State.SUSPENDED, State.CANCELLED, State.TERMINATED])
def test_only_what_is_active_renews(state: State) -> None:
    service = sold("2026-03-01", bill_day=1, state=state)

    assert due(service, today="2026-06-01") == []
    assert next_look(service, rhythm=RHYTHM, lead=None) is None


def test_what_is_suspended_is_billed_where_that_is_wanted() -> None:
    service = sold("2026-03-01", bill_day=1, state=State.SUSPENDED)

    assert due(service, today="2026-02-19", rhythm=replace(RHYTHM, bill_suspended=True)) != []


def test_behind_a_hole_there_is_a_stub_to_the_bill_day() -> None:
    service = sold("2026-03-01", bill_day=1, billed_through=d("2026-06-12"))

    (bundle,) = bundles([service], today=d("2026-06-12"), rhythm=RHYTHM, leads={})

    assert days(bundle.items) == ["2026-06-12/2026-06-30"]
    assert bundle.items[0].amount_minor == 633  # 19 of 30
    assert bundle.due_on == d("2026-06-22")


@pytest.mark.parametrize(
    ("cancel_on", "expected"),
    [("2026-04-01", []), ("2026-05-01", ["2026-04-01/2026-04-30"]), ("2026-04-11", ["2026-04-01/2026-04-10"])],
)
def test_nothing_is_billed_behind_the_end(cancel_on: str, expected: list[str]) -> None:
    service = sold("2026-03-01", bill_day=1, billed_through=d("2026-04-01"), cancel_on=d(cancel_on))

    found = due(service, today="2026-06-01")

    assert [period for _, periods in found for period in periods] == expected
    assert (next_look(service, rhythm=RHYTHM, lead=None) is None) == (not expected)


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(1, 31),
    st.sampled_from([1, 3, 12]),
    st.integers(0, 800),
    st.integers(-400, 400),
)
def test_days_up_to_an_end_are_billed_once_and_none_where_more_is_billed_already(
    start: date, bill_day: int, months: int, billed: int, later: int
) -> None:
    through = start + timedelta(days=billed)
    end = through + timedelta(days=later)  # inside a period, or inside one that is billed
    service = replace(sold(start.isoformat(), bill_day=bill_day, months=months), billed_through=through, cancel_on=end)

    found = list(open_periods(service, until=through + timedelta(days=900)))

    assert sum(one.days for one in found) == max(0, later)
    assert [one.start for one in found] == [through, *(one.end for one in found)][: len(found)]
    assert all(through <= one.start < one.end <= end for one in found)
    assert next_look(service, rhythm=RHYTHM, lead=None) == (through - 10 * DAY if later > 0 else None)


def test_no_period_is_billed_before_the_one_in_front_of_it() -> None:
    """The bill day was moved to the 15th, and what is invoiced 30 days ahead is due on that day, too."""
    moved = sold("2026-02-03", bill_day=15, number=1)
    beside = sold("2026-02-15", bill_day=15, number=2)

    assert due(moved, beside, today="2026-01-15", lead_2=30) == []
    assert due(moved, beside, today="2026-01-16", lead_2=30) == [
        ("2026-02-03", ["2026-02-03/2026-02-14"]),
        ("2026-02-15", ["2026-02-15/2026-03-14", "2026-02-15/2026-03-14"]),
    ]


def test_what_follows_a_late_period_is_not_to_be_paid_before_it() -> None:
    service = sold("2026-02-01", bill_day=1)

    assert due(service, today="2026-02-24", lead_1=5) == [
        ("2026-03-06", ["2026-02-01/2026-02-28", "2026-03-01/2026-03-31"])
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 31), st.sampled_from([1, 3, 12]), st.sampled_from([0, 5, 20, 30])),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.integers(1, 40), max_size=8),
)
def test_of_services_with_all_kinds_of_leads_no_day_is_left_out_and_day_by_day_is_at_once(
    sold_as: list[tuple[int, int, int, int]], steps: list[int]
) -> None:
    begin = d("2026-01-31")
    at_first = [
        sold((begin + number * DAY).isoformat(), bill_day=bill_day, months=months, number=place)
        for place, (number, bill_day, months, _) in enumerate(sold_as)
    ]
    leads = {place: lead for place, (*_, lead) in enumerate(sold_as)}

    def run(services: list[Service], today: date) -> list[Service]:
        billed = {one.id: one for one in services}
        found = bundles(services, today=today, rhythm=RHYTHM, leads=leads)
        for item in sorted((item for bundle in found for item in bundle.items), key=lambda item: item.billed_through):
            assert item.period is not None
            assert item.period.start == billed[item.service.id].billed_through
            billed[item.service.id] = replace(billed[item.service.id], billed_through=item.period.end)
        return list(billed.values())

    daily, today = at_first, begin
    for step in steps:
        for _ in range(step):
            today += DAY
            daily = run(daily, today)
        assert daily == run(at_first, today)


def test_what_is_sold_once_is_billed_once() -> None:
    service = sold("2026-03-01", months=0)

    (bundle,) = bundles([service], today=d("2026-02-19"), rhythm=RHYTHM, leads={})
    after = replace(service, billed_through=bundle.items[0].billed_through)

    assert (days(bundle.items), bundle.total_minor) == (["once"], 1000)
    assert due(after, today="2026-06-01") == []
    assert next_look(after, rhythm=RHYTHM, lead=None) is None


def test_a_service_that_is_behind_by_more_than_a_hundred_years_is_not_believed() -> None:
    with pytest.raises(TooManyPeriods, match="2026-03-01"):
        due(sold("2026-03-01"), today="2190-01-01")


MONTHS = st.sampled_from([1, 3, 6, 12, 24, 36])
START = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(START, st.integers(1, 31), MONTHS, st.integers(0, 10**9), st.integers(0, 1200))
def test_periods_are_those_of_another_calendar_and_cost_what_fractions_say(
    start: date, bill_day: int, months: int, price: int, later: int
) -> None:
    service = sold(start.isoformat(), bill_day=bill_day, months=months, price_minor=price)
    until = start + timedelta(days=later)

    found = list(bundles([service], today=until, rhythm=Rhythm(0, 0), leads={}))

    items = [item for bundle in found for item in bundle.items]
    first_bill = bill_day_in(start, bill_day)
    first_bill = first_bill if first_bill >= start else bill_day_in(start, bill_day, 1)
    boundaries = [bill_day_in(first_bill, bill_day, n * months) for n in range(-1, later // (28 * months) + 2)]
    expected = []
    for begin, end in pairwise(boundaries):
        if end > start and max(begin, start) <= until:
            day = max(begin, start)
            expected.append((day, end, half_up(Fraction(price * (end - day).days, (end - begin).days))))
    assert [(one.period.start, one.period.end, one.amount_minor) for one in items if one.period] == expected


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), MONTHS, st.integers(1, 6))
def test_periods_of_an_own_day_are_counted_from_the_first(start: date, months: int, count: int) -> None:
    service = sold(start.isoformat(), months=months)
    until = month_later(start, months * count) - DAY

    starts = [one.start for one in open_periods(service, until=until)]

    assert starts == [month_later(start, months * n) for n in range(count)]


@given(START, st.integers(1, 31), MONTHS, st.lists(st.integers(0, 500), min_size=1, max_size=8))
def test_day_by_day_and_at_once_bill_the_same_days(start: date, bill_day: int, months: int, steps: list[int]) -> None:
    service = sold(start.isoformat(), bill_day=bill_day, months=months)
    end = start + timedelta(days=sum(steps))
    at_once = [item for bundle in bundles([service], today=end, rhythm=RHYTHM, leads={}) for item in bundle.items]

    today, running = start, service
    one_by_one: list[Due] = []
    for step in steps:
        today += timedelta(days=step)
        for bundle in bundles([running], today=today, rhythm=RHYTHM, leads={}):
            one_by_one += bundle.items
            running = replace(running, billed_through=bundle.items[-1].billed_through)

    facts = [[(one.period, one.amount_minor) for one in items] for items in (at_once, one_by_one)]
    assert facts[0] == facts[1]
