"""Which words say until when to wait."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.commands.wait import BadWait, read_wait

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def after(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("12h", after(12)),
        (" 3D ", after(72)),
        ("2w", after(14 * 24)),
        ("2026-03-10", datetime(2026, 3, 9, 23, 0, tzinfo=UTC)),
        ("2026-03-10T08:00", datetime(2026, 3, 10, 7, 0, tzinfo=UTC)),
        ("2026-03-10T08:00Z", datetime(2026, 3, 10, 8, 0, tzinfo=UTC)),
    ],
)
def test_words_for_a_time_to_wait(words: str, expected: datetime) -> None:
    assert read_wait(words, now=NOW, zone=ZoneInfo("Europe/Berlin")) == expected


@pytest.mark.parametrize("words", ["", "soon", "3", "d", "-3d", "3d 2h", "2026-02-30", "2026-3-1", "99999d", "٣d"])
def test_other_words_are_refused_with_those_that_are_right(words: str) -> None:
    with pytest.raises(BadWait, match=r"write 12h, 3d, 2w or a date such as 2026-03-09"):
        read_wait(words, now=NOW, zone=UTC)


@pytest.mark.parametrize("words", ["0h", "2026-03-02", "2026-03-02T08:59", "2027-12-24", "9999w"])
def test_what_is_past_or_too_far_away_is_refused(words: str) -> None:
    with pytest.raises(BadWait, match=r"in the past|days away"):
        read_wait(words, now=NOW, zone=UTC)


@given(st.text(max_size=12))
def test_reading_a_wait_never_fails_in_another_way(words: str) -> None:
    try:
        until = read_wait(words, now=NOW, zone=UTC)
    except BadWait:
        return

    assert NOW < until <= NOW + timedelta(days=366)
