"""The rules of the figures: ages, revenue that is spread over days, and what recurs."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.figures.aging import Bucket, Open, aging, bucket_of, by_currency, due_between
from mailgate.billing.figures.recurring import InForce, Term, monthly, months_until, moved, price_on, recurring
from mailgate.billing.figures.revenue import Billed, IssuedOn, earned_until, revenue
from mailgate.billing.offer.discount import Discount
from mailgate.billing.period import Span, nth
from mailgate.billing.tax.groups import read_rate

TODAY = date(2026, 4, 15)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
amounts = st.integers(-(10**9), 10**9)


@pytest.mark.parametrize(
    ("late", "bucket"),
    [
        (-400, Bucket.NOT_DUE), (0, Bucket.NOT_DUE), (1, Bucket.TO_30), (30, Bucket.TO_30), (31, Bucket.TO_60),
        (60, Bucket.TO_60), (61, Bucket.TO_90), (90, Bucket.TO_90), (91, Bucket.OVER_90), (4000, Bucket.OVER_90),
    ],
)  # fmt: skip
def test_ages_are_counted_from_the_day_after_the_due_date(late: int, bucket: Bucket) -> None:
    assert bucket_of(TODAY - timedelta(days=late), TODAY) is bucket


@given(days, days)
def test_a_due_date_is_in_the_one_bucket_whose_days_have_it(due_on: date, today: date) -> None:
    found = [bucket for bucket in Bucket if due_between(bucket, today)[0] <= due_on <= due_between(bucket, today)[1]]

    assert found == [bucket_of(due_on, today)]


def test_who_owes_most_that_is_late_comes_first_in_each_currency() -> None:
    long_ago = TODAY - timedelta(days=100)
    found = aging(
        [
            (Open(1, "EUR", TODAY, 9000, 2), TODAY),
            (Open(2, "EUR", TODAY - timedelta(days=40), 500, 1), TODAY),
            (Open(2, "EUR", long_ago, 700, 3), TODAY),
            (Open(2, "EUR", long_ago - timedelta(days=1), 1, 1), TODAY),
            (Open(1, "JPY", TODAY - timedelta(days=1), 300, 1), TODAY),
        ]
    )

    assert [(one.currency, one.customer_id, one.late_minor, one.total_minor) for one in found] == [
        ("EUR", 2, 1201, 1201), ("EUR", 1, 0, 9000), ("JPY", 1, 300, 300),
    ]  # fmt: skip
    assert found[0].minor == {Bucket.TO_60: 500, Bucket.OVER_90: 701}
    assert found[0].invoices == {Bucket.TO_60: 1, Bucket.OVER_90: 4}
    assert [(one.currency, one.total_minor) for one in by_currency(found)] == [("EUR", 10201), ("JPY", 300)]


def test_what_was_paid_before_its_invoice_stands_against_what_is_not_due() -> None:
    early = Open(1, "EUR", TODAY + timedelta(days=20), -1000, 1)

    (found,) = by_currency(aging([(early, TODAY), (Open(2, "EUR", TODAY, 300, 1), TODAY)]))

    assert (found.total_minor, found.late_minor) == (-700, 0)


YEAR = Span(date(2026, 3, 15), date(2027, 3, 15))
WHOLE = tuple(nth(date(2026, 1, 1), 1, n) for n in range(18))


def test_a_year_is_earned_by_its_days_and_a_set_up_on_the_day_of_its_bill() -> None:
    lines = [
        Billed("EUR", date(2026, 3, 5), YEAR, 36500),
        Billed("EUR", date(2026, 3, 5), None, 1000),
        Billed("EUR", date(2026, 5, 2), Span(date(2027, 2, 15), date(2027, 3, 15)), -2800),
    ]
    documents = [
        IssuedOn("EUR", date(2026, 3, 5), True, 2, 37500, 7125),
        IssuedOn("EUR", date(2026, 5, 2), False, 1, -2800, -532),
    ]

    found = revenue(documents, lines, WHOLE)

    by_month = {f"{one.month:%Y-%m}": one for one in found}
    assert [by_month[month].earned_minor for month in ("2026-02", "2026-03", "2026-04", "2027-01", "2027-02")] == [
        0, 1000 + 17 * 100, 3000, 3100, 1400,
    ]  # fmt: skip
    assert (by_month["2027-03"].earned_minor, by_month["2027-04"].earned_minor) == (0, 0)
    assert (by_month["2026-03"].issued_minor, by_month["2026-03"].tax_minor) == (37500, 7125)
    assert (by_month["2026-03"].invoices, by_month["2026-05"].credit_notes) == (2, 1)
    assert (by_month["2026-05"].issued_minor, by_month["2026-05"].tax_minor) == (-2800, -532)
    assert by_month["2026-04"].deferred_minor == 36500 - 1700 - 3000
    assert by_month["2027-03"].deferred_minor == 0


def test_days_that_are_billed_later_are_owed_to_us_meanwhile() -> None:
    late = Billed("EUR", date(2026, 5, 3), Span(date(2026, 4, 1), date(2026, 5, 1)), 3000)

    april, may = revenue([IssuedOn("EUR", late.issued_on, True, 1, 3000, 570)], [late], WHOLE[3:5])

    assert (april.earned_minor, april.issued_minor, april.deferred_minor) == (3000, 0, -3000)
    assert (may.earned_minor, may.issued_minor, may.deferred_minor) == (0, 3000, 0)


@given(days, st.integers(1, 1200), amounts, st.lists(days, max_size=12))
def test_the_parts_of_a_period_add_up_to_all_of_it(start: date, length: int, net: int, cuts: list[date]) -> None:
    one = Billed("EUR", start, Span(start, start + timedelta(days=length)), net)
    ends = [date.min, *sorted(cuts), date.max]

    parts = [earned_until(one, end) - earned_until(one, begin) for begin, end in pairwise(ends)]

    assert sum(parts) == net


@given(st.lists(st.tuples(days, st.integers(0, 400), amounts), max_size=8), days, st.integers(1, 30))
def test_what_is_deferred_is_all_that_was_issued_and_not_earned(
    lines: list[tuple[date, int, int]], begin: date, count: int
) -> None:
    billed = [
        Billed("EUR", start, Span(start, start + timedelta(days=length)) if length else None, net)
        for start, length, net in lines
    ]
    months = [nth(begin.replace(day=1), 1, n) for n in range(count)]

    rows = revenue([], billed, months)

    for before, after in pairwise(rows):
        issued = sum(one.net_minor for one in billed if one.issued_on.replace(day=1) == after.month)
        assert after.deferred_minor == before.deferred_minor + issued - after.earned_minor


def service(number: int = 1, **given_: object) -> InForce:
    values: dict[str, object] = {
        "id": number, "customer_id": 1, "currency": "EUR", "started_on": date(2026, 1, 10), "ends_on": None,
        "anchor_on": date(2026, 1, 10), "terms": (Term(date(2026, 1, 10), 1, 1000),),
    }  # fmt: skip
    return InForce(**{**values, **given_})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("months", "price", "month"),
    [(1, 1000, 1000), (12, 10000, 833), (12, 10002, 834), (12, 6, 1), (3, 1000, 333), (36, 27000, 750), (0, 5000, 0)],
)
def test_a_cycle_counts_by_the_month_halves_up(months: int, price: int, month: int) -> None:
    assert monthly(Term(TODAY, months, price)) == month


def test_tax_in_a_price_is_taken_out_with_the_one_rounding() -> None:
    assert monthly(Term(TODAY, 1, 1190, read_rate("19"))) == 1000
    assert monthly(Term(TODAY, 12, 11900, read_rate("19"))) == 833
    assert monthly(Term(TODAY, 12, 9999, read_rate("8.875"))) == 765  # 9999 / 12 / 1.08875 = 765.33


def test_it_counts_from_its_first_day_to_the_day_before_its_end() -> None:
    one = service(ends_on=date(2026, 3, 1))

    found = [price_on(one, date(2026, month, day)) for month, day in ((1, 9), (1, 10), (2, 28), (3, 1))]

    assert found == [0, 1000, 1000, 0]


def test_of_several_terms_those_of_the_day_count_and_of_one_day_the_last() -> None:
    terms = (Term(date(2026, 1, 10), 1, 1000), Term(date(2026, 2, 1), 1, 2000), Term(date(2026, 2, 1), 12, 12000))
    one = service(terms=(*terms, Term(date(2026, 6, 1), 1, 1500)))

    found = [price_on(one, day) for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 5, 31), date(2026, 6, 1))]

    assert found == [1000, 1000, 1000, 1500]
    assert price_on(service(terms=terms[:2]), date(2026, 2, 1)) == 2000


def test_a_discount_counts_to_the_end_of_the_last_period_that_began_with_it() -> None:
    half = Discount("SPRING", "50", 0, 1, (), date(2026, 3, 10))
    one = service(discount=half)

    found = [price_on(one, day) for day in (date(2026, 1, 20), date(2026, 3, 9), date(2026, 3, 10))]

    assert found == [500, 500, 1000]


def test_what_was_new_changed_and_lost_leads_from_month_to_month() -> None:
    stays = service(1, terms=(Term(date(2026, 1, 10), 1, 1000), Term(date(2026, 3, 5), 1, 3000)))
    comes = service(2, started_on=date(2026, 2, 20), terms=(Term(date(2026, 2, 20), 12, 12000),))
    goes = service(3, ends_on=date(2026, 3, 20))
    passes = service(4, started_on=date(2026, 2, 2), ends_on=date(2026, 2, 9), terms=(Term(date(2026, 2, 2), 1, 1),))
    yen = service(5, currency="JPY", terms=(Term(date(2026, 1, 10), 1, 2400),))

    found = recurring([stays, comes, goes, passes, yen], months_until(date(2026, 3, 15), 3), date(2026, 3, 15))

    assert [(f"{one.month:%m}", one.opening_minor, one.new_minor, one.changed_minor, one.lost_minor, one.mrr_minor)
            for one in found if one.currency == "EUR"] == [
        ("01", 0, 2000, 0, 0, 2000),
        ("02", 2000, 1000, 0, 0, 3000),
        ("03", 3000, 0, 2000, 0, 5000),  # of the 15th: what ends on the 20th is still there
    ]  # fmt: skip
    assert [one.services for one in found if one.currency == "EUR"] == [2, 3, 3]
    whole = recurring([goes], months_until(date(2026, 3, 31), 1), date(2026, 3, 31))
    assert [(one.lost_minor, one.mrr_minor) for one in whole] == [(-1000, 0)]
    moves = moved([stays, comes, goes], date(2026, 3, 1), date(2026, 3, 31))
    assert [(one.service_id, one.minor) for one in moves] == [(1, 2000), (3, -1000)]


@given(
    st.lists(
        st.tuples(days, st.one_of(st.none(), days), st.lists(st.tuples(days, st.sampled_from([0, 1, 3, 12]),
                  st.integers(0, 10**6)), min_size=1, max_size=4)),
        max_size=6,
    ),
    days,
    st.integers(1, 20),
)  # fmt: skip
def test_every_month_begins_where_the_one_before_ended(
    made: list[tuple[date, date | None, list[tuple[date, int, int]]]], at: date, count: int
) -> None:
    services = [
        service(n, started_on=start, ends_on=end, terms=tuple(Term(*one) for one in sorted(terms)))
        for n, (start, end, terms) in enumerate(made)
    ]

    rows = recurring(services, months_until(at, count), at)

    for one in rows:
        assert one.opening_minor + one.new_minor + one.changed_minor + one.lost_minor == one.mrr_minor
    assert all(before.mrr_minor == after.opening_minor for before, after in pairwise(rows))
    assert sum(one.mrr_minor for one in rows[-1:]) == sum(price_on(one, at) for one in services)


def test_months_end_with_that_of_the_day() -> None:
    assert months_until(date(2026, 2, 28), 3) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert months_until(date(1, 2, 3), 5) == (date(1, 1, 1), date(1, 2, 1))
