"""Parts of a price, against fractions, and the laws that they keep."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.period import Part, first_stub
from mailgate.billing.proration import legs, slice_of, unused
from tests.billing.second_path import half_up

PRICE = st.integers(0, 10**15)
CYCLE = st.integers(1, 1100)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """Some days of a cycle, none and all included."""
    cycle = draw(CYCLE)
    return Part(draw(st.integers(0, cycle)), cycle)


@given(PRICE, parts())
def test_a_part_is_what_fractions_say_and_is_given_back_whole(price: int, part: Part) -> None:
    assert slice_of(price, part) == half_up(Fraction(price * part.days, part.cycle_days))
    assert slice_of(price, part) + unused(price, part) == 0
    assert 0 <= slice_of(price, part) <= price


@given(PRICE, PRICE, parts())
def test_a_change_and_the_way_back_on_one_day_come_to_nothing(old: int, new: int, left: Part) -> None:
    there, back = legs(old, new, left), legs(new, old, left)

    assert there.net_minor + back.net_minor == 0
    assert (there.credit_minor, there.charge_minor) == (-back.charge_minor, -back.credit_minor)


@given(PRICE, parts())
def test_a_change_to_the_same_price_costs_nothing(price: int, left: Part) -> None:
    assert legs(price, price, left).net_minor == 0


@given(PRICE, PRICE, parts(), st.integers(0, 1100))
def test_more_days_cost_more_and_give_back_more(old: int, new: int, left: Part, more: int) -> None:
    longer = Part(min(left.days + more, left.cycle_days), left.cycle_days)

    few, many = legs(old, new, left), legs(old, new, longer)

    assert few.charge_minor <= many.charge_minor
    assert few.credit_minor >= many.credit_minor
    assert many.credit_minor <= 0 <= many.charge_minor


@given(PRICE, PRICE, parts())
def test_a_net_is_the_sum_of_legs_that_were_each_rounded_once(old: int, new: int, left: Part) -> None:
    share = Fraction(left.days, left.cycle_days)

    assert legs(old, new, left).net_minor == half_up(new * share) - half_up(old * share)
    assert abs(legs(old, new, left).net_minor - (new - old) * share) <= 1


@given(PRICE, CYCLE, st.data())
def test_two_parts_are_the_whole_but_for_one_minor_unit(price: int, cycle: int, data: st.DataObject) -> None:
    last = data.draw(st.integers(0, cycle))
    middle = data.draw(st.integers(0, last))

    both = slice_of(price, Part(middle, cycle)) + slice_of(price, Part(last - middle, cycle))

    assert abs(both - slice_of(price, Part(last, cycle))) <= 1


@given(PRICE, st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 31), st.sampled_from([1, 3, 6, 12, 24, 36]))
def test_a_later_start_has_no_dearer_stub(price: int, start: date, bill_day: int, months: int) -> None:
    bill_on, stub = first_stub(start, bill_day, months)
    later_on, later = first_stub(start + timedelta(days=1), bill_day, months)

    if later_on == bill_on:
        assert slice_of(price, later) <= slice_of(price, stub)
    else:
        assert stub.days == 0
