"""When a run is stopped for a person to look at it: unlike the days before it, and unlike the same time a month ago."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from mailgate.billing.fuse import Day, Former, Fuse, Tally, by_day

FUSE = Fuse(least_invoices=50, percent=30)
TODAY = date(2026, 5, 1)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def days(sizes: Mapping[int, int]) -> tuple[Day, ...]:
    """Days so far back, with so many invoices of 10.00 each."""
    return tuple(Day(back, tally(count)) for back, count in sizes.items())


def tally(count: int, each: int = 1000) -> Tally:
    return Tally(count, {"EUR": count * each})


@pytest.mark.parametrize(
    ("planned", "former", "is_stopped"),
    [
        (100, {1: 100, 2: 100, 3: 100}, False),
        (130, {1: 100, 2: 100, 3: 100}, False),
        (131, {1: 100, 2: 100, 3: 100}, True),
        (69, {1: 100, 2: 100, 3: 100}, True),
        (49, {1: 1, 2: 1, 3: 1}, False),  # too few to be looked at
        (500, {1: 1, 2: 1}, False),  # two days are no habit
        (500, {1: 2, 2: 3, 3: 1}, True),
        # All accounts on the first of the month, a few on others.
        (500, {1: 2, 2: 3, 3: 1, 30: 490, 31: 2}, False),
        (500, {1: 2, 2: 3, 3: 1, 28: 490}, False),  # 1 March behind 1 February
        (500, {1: 2, 2: 3, 3: 1, 31: 490}, False),
        (700, {1: 2, 2: 3, 3: 1, 30: 490}, True),  # no month was like that
        (300, {1: 2, 2: 3, 3: 1, 30: 490}, True),
        (500, {1: 2, 2: 3, 3: 1, 27: 490}, True),  # that was not a month ago
        (500, {1: 2, 2: 3, 3: 1, 32: 490}, True),
    ],
)
def test_a_run_is_like_the_last_ones_or_like_that_of_a_month_ago(
    planned: int, former: dict[int, int], is_stopped: bool
) -> None:
    assert bool(FUSE.blown(tally(planned), days(former))) is is_stopped


def test_a_month_ago_the_sums_were_alike_as_well() -> None:
    few = days({1: 2, 2: 3, 3: 1})

    assert FUSE.blown(tally(500, each=1400), (*few, Day(30, tally(500))))
    assert FUSE.blown(tally(500) + Tally(0, {"USD": 1}), (*few, Day(30, tally(500))))
    assert not FUSE.blown(tally(500, each=1200), (*few, Day(30, tally(500))))


def test_runs_of_one_day_are_one_whoever_made_them() -> None:
    made = [
        Former(TODAY, NOON, tally(2)),
        Former(TODAY, NOON, tally(3)),
        Former(TODAY - timedelta(days=1), NOON - timedelta(days=1), tally(5)),
        Former(None, NOON - timedelta(days=2), tally(7)),
    ]

    assert by_day(made, at_on=TODAY, now=NOON) == (tally(5), (Day(1, tally(5)), Day(2, tally(7))))


def test_midnights_all_over_the_earth_are_one_day() -> None:
    made = [Former(None, NOON - timedelta(hours=hours), tally(1)) for hours in (1, 23, 25, 47, 49)]

    assert by_day(made, at_on=None, now=NOON) == (tally(2), (Day(1, tally(2)), Day(2, tally(1))))


def test_a_run_for_a_named_day_is_of_that_day_for_the_schedule_as_well() -> None:
    made = [Former(TODAY - timedelta(days=30), NOON - timedelta(days=2), tally(4))]

    assert by_day(made, at_on=None, now=NOON) == (Tally(), (Day(30, tally(4)),))
