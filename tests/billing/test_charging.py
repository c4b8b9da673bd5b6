"""A card that was declined is tried again on the days of the settings, and no more; looks become rarer."""

from datetime import date, timedelta

import pytest

from mailgate.billing.payment.charging import LONGEST, next_attempt, next_look

FIRST = date(2027, 2, 26)


@pytest.mark.parametrize(
    ("attempt", "today", "next_on"),
    [
        (1, FIRST, date(2027, 3, 1)),  # three days later
        (2, date(2027, 3, 1), date(2027, 3, 5)),  # seven days after the first
        (2, date(2027, 3, 10), date(2027, 3, 14)),  # an outage: the pause stays
        (3, date(2027, 3, 5), None),
        (4, date(2027, 3, 9), None),
        (0, FIRST, None),  # somebody asked for it: that begins nothing
    ],
)
def test_attempts_follow_on_their_days(attempt: int, today: date, next_on: date | None) -> None:
    assert next_attempt((3, 7), attempt, today=today) == next_on


def test_without_days_nothing_is_tried_again() -> None:
    assert next_attempt((), 1, today=FIRST) is None


def test_looks_become_rarer_and_never_end() -> None:
    waits = [next_look(looks, poll_seconds=60) for looks in range(1, 40)]

    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST
