"""What failures say of an address: at once, by their number, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.address_failure import AddressFailure, Score, failure_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.mark.parametrize("status", ["5.2.2", "4.2.2", "5.2.1", "4.4.1", "4.4.7", "5.1.6", "4.1.8"])
def test_what_is_about_mailbox_and_way_counts(status: str) -> None:
    assert failure_of(status, dead=False) is AddressFailure.COUNTS


@pytest.mark.parametrize("status", [None, "5.0.0", "5.1.0", "4.7.1", "5.7.26", "5.6.0", "5.3.4", "4.5.3", "nonsense"])
def test_what_is_about_message_system_or_policy_says_nothing_of_the_address(status: str | None) -> None:
    assert failure_of(status, dead=False) is AddressFailure.NOTHING


def test_a_dead_address_is_dead_whatever_the_code() -> None:
    assert {failure_of(status, dead=True) for status in (None, "5.7.1", "5.1.1")} == {AddressFailure.DEAD}


def test_a_failure_counts_half_after_a_half_life() -> None:
    score = Score(0.0, NOW).counted(NOW, half_life=WEEK)

    assert [score.later(NOW + weeks * WEEK, half_life=WEEK).points for weeks in (0, 1, 2)] == [1.0, 0.5, 0.25]
    assert score.counted(NOW + WEEK, half_life=WEEK).points == 1.5


@given(st.lists(st.integers(0, 100), max_size=20), st.integers(1, 50))
def test_the_score_is_never_above_the_number_of_failures_and_never_grows_by_waiting(days: list[int], half: int) -> None:
    score, half_life = Score(0.0, NOW), timedelta(days=half)

    for passed in days:
        later = score.later(score.at + timedelta(days=passed), half_life=half_life)
        assert later.points <= score.points
        score = later.counted(later.at, half_life=half_life)

    assert score.points <= len(days)


def test_a_clock_that_was_set_back_changes_nothing() -> None:
    assert Score(2.0, NOW).later(NOW - WEEK, half_life=WEEK).points == 2.0
