"""Bill days, anchors, cycles and stubs, against another library of dates."""

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailgate.billing.period import (
    Part,
    Span,
    bill_dates,
    cycle_before,
    cycles,
    first_stub,
    nth,
    period_on,
    read_day,
    sequence,
    whole_periods,
)
from tests.billing.second_path import bill_day_in, month_later

DAY = st.dates(date(1950, 1, 1), date(2150, 12, 31))
MONTHS = st.sampled_from([1, 3, 6, 12, 24, 36]) | st.integers(1, 40)
BILL_DAY = st.integers(1, 31)
ONE_DAY = timedelta(days=1)


@given(DAY, MONTHS, st.integers(-20, 20))
def test_the_nth_date_is_that_of_the_anchor_and_never_of_the_one_before(anchor: date, months: int, n: int) -> None:
    assert nth(anchor, months, n) == month_later(anchor, n * months)


@given(DAY, MONTHS, st.integers(0, 12))
def test_a_sequence_begins_behind_its_anchor(anchor: date, months: int, count: int) -> None:
    assert sequence(anchor, months, count) == tuple(month_later(anchor, n * months) for n in range(1, count + 1))


@pytest.mark.parametrize(
    ("anchor", "months", "later"),
    [
        (date(2031, 1, 31), 1, ("2031-02-28", "2031-03-31", "2031-04-30", "2031-05-31")),
        (date(2031, 8, 30), 6, ("2032-02-29", "2032-08-30", "2033-02-28", "2033-08-30")),
        (date(2028, 2, 29), 12, ("2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29")),
        (date(2096, 2, 29), 24, ("2098-02-28", "2100-02-28", "2102-02-28", "2104-02-29")),  # 2100 is no leap year
        (date(1996, 2, 29), 24, ("1998-02-28", "2000-02-29", "2002-02-28", "2004-02-29")),
    ],
)
def test_a_short_month_shortens_no_later_one(anchor: date, months: int, later: tuple[str, ...]) -> None:
    assert tuple(day.isoformat() for day in sequence(anchor, months, 4)) == later


@given(DAY, BILL_DAY, MONTHS, st.integers(0, 12))
def test_bill_dates_are_those_on_or_after_the_start(start: date, bill_day: int, months: int, count: int) -> None:
    first = next(day for day in (bill_day_in(start, bill_day), bill_day_in(start, bill_day, 1)) if day >= start)

    found = tuple(islice(bill_dates(start, bill_day, months), count))

    assert found == tuple(bill_day_in(first, bill_day, n * months) for n in range(count))


@given(DAY, BILL_DAY, MONTHS)
def test_the_first_stub_is_a_part_of_the_cycle_that_ends_on_the_first_bill_day(
    start: date, bill_day: int, months: int
) -> None:
    bill_on, stub = first_stub(start, bill_day, months)

    assert bill_on == next(bill_dates(start, bill_day, months))
    assert stub == Part((bill_on - start).days, (bill_on - bill_day_in(bill_on, bill_day, -months)).days)
    assert 0 <= stub.days < 31
    assert stub.days < stub.cycle_days
    assert cycle_before(bill_on, bill_day, months).days == stub.cycle_days


@given(DAY, st.integers(0, 2000), BILL_DAY, MONTHS)
def test_a_span_that_is_cut_has_all_of_its_days(start: date, days: int, bill_day: int, months: int) -> None:
    span = Span(start, start + timedelta(days=days))

    cut = cycles(span, bill_day, months)

    dates = list(islice(bill_dates(start, bill_day, months), cut.whole + 2))
    leading, trailing = (part.days if part else 0 for part in (cut.leading, cut.trailing))
    if span.end < dates[0]:
        assert (leading, cut.whole, cut.trailing) == (days, 0, None)
    else:
        assert start + timedelta(days=leading) == dates[0]
        assert dates[cut.whole] + timedelta(days=trailing) == span.end
        assert dates[cut.whole] <= span.end < dates[cut.whole + 1]
    for part in (cut.leading, cut.trailing):
        assert part is None or 0 < part.days < part.cycle_days


@given(DAY, MONTHS, DAY)
def test_a_day_is_in_the_one_period_that_holds_it(anchor: date, months: int, on: date) -> None:
    found = period_on(anchor, months, on)

    assert found.start <= on < found.end
    between = (found.start.year - anchor.year) * 12 + found.start.month - anchor.month
    assert between % months == 0
    assert found.start == month_later(anchor, between)
    assert found.end == month_later(anchor, between + months)
    assert found.last == found.end - ONE_DAY
    assert found.days == (found.end - found.start).days


@given(DAY, MONTHS, DAY)
def test_periods_tile(anchor: date, months: int, on: date) -> None:
    found = period_on(anchor, months, on)

    assert period_on(anchor, months, found.last) == found
    assert period_on(anchor, months, found.end).start == found.end
    assert period_on(anchor, months, found.start - ONE_DAY).end == found.start


@given(DAY, MONTHS, st.integers(0, 3000))
def test_whole_periods_are_the_nth_dates_behind_the_start_up_to_the_end(start: date, months: int, days: int) -> None:
    end = start + timedelta(days=days)

    count = whole_periods(Span(start, end), months)

    assert month_later(start, count * months) <= end < month_later(start, (count + 1) * months)


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert read_day(day.isoformat()) == day


@given(st.text("0123456789-W ", min_size=8, max_size=11))
def test_no_other_spelling_is_a_day(text: str) -> None:
    try:
        day = read_day(text)
    except ValueError:
        return
    assume(day)
    assert day.isoformat() == text
