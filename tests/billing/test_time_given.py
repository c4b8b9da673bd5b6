"""How much time a customer gets: by the rules alone."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.time_given import A_YEAR, PAID_RESTS, Deferring, NotGiven, rests_after_payment

TODAY = date(2027, 5, 6)


def deferring(**how: object) -> Deferring:
    usual = {"most_days": 14, "most_a_year": 2, "asked_on": (), "runs_until": None, "is_suspended": False}
    return Deferring(**{**usual, **how})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "days", "why"),
    [
        ({}, 14, None),
        ({}, 1, None),
        ({}, 15, NotGiven.TOO_LONG),
        ({"most_days": 0}, 1, NotGiven.OFF),
        ({"most_a_year": 0}, 1, NotGiven.OFF),
        ({"is_suspended": True}, 1, NotGiven.SUSPENDED),
        ({"runs_until": TODAY}, 1, NotGiven.RUNS),
        ({"asked_on": (TODAY,)}, 14, None),
        ({"asked_on": (TODAY, TODAY)}, 1, NotGiven.USED_UP),
        ({"asked_on": (TODAY, TODAY), "most_a_year": 3}, 1, None),
    ],
)
def test_time_is_given_within_the_limits(how: dict[str, object], days: int, why: NotGiven | None) -> None:
    assert deferring(**how).why_not(days) is why


@pytest.mark.parametrize(
    ("asked", "most", "again"),
    [
        ((date(2026, 8, 1), date(2027, 1, 1)), 2, date(2027, 8, 1)),
        ((date(2026, 8, 1), date(2027, 1, 1)), 1, date(2028, 1, 1)),  # the setting was 2 before
        ((), 0, None),
    ],
)
def test_it_may_be_asked_for_again_when_the_year_is_over(
    asked: tuple[date, ...], most: int, again: date | None
) -> None:
    standing = deferring(asked_on=asked, most_a_year=most)

    assert (standing.again_on, standing.left) == (again, 0)
    if again:
        then = deferring(asked_on=tuple(day for day in asked if day > again - A_YEAR), most_a_year=most)
        assert then.why_not(1) is None


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_what_was_sent_rests_for_a_week_from_then_and_no_longer(paid_on: date) -> None:
    until = rests_after_payment(paid_on, today=TODAY)

    if paid_on > TODAY:
        assert until is NotGiven.AHEAD
    elif paid_on + PAID_RESTS < TODAY:
        assert until is NotGiven.LONG_AGO
    else:
        assert until == paid_on + timedelta(days=7)
