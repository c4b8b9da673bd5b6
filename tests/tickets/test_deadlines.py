"""When time does something to a ticket, and which words say until when to wait."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.deadlines import BadWait, Deadline, Silence, Step, deadline, read_wait
from mailgate.tickets.ticket import State, Ticket

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHIPPED = Silence(timedelta(hours=36), timedelta(hours=12))
ANSWERED = Ticket(7, "support", 3, "Mail", State.ANSWERED, None, None, None, 2, NOW, NOW, (), silent_since=NOW)


def after(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (ANSWERED, Deadline(Step.WARN, after(24))),
        (replace(ANSWERED, silent_since=None), None),  # no answer has left us yet
        (replace(ANSWERED, warned_at=after(24)), Deadline(Step.CLOSE, after(36))),
        (replace(ANSWERED, warned_at=after(25)), Deadline(Step.CLOSE, after(37))),  # warned late
        (replace(ANSWERED, warned_at=after(20)), Deadline(Step.CLOSE, after(36))),  # by an earlier setting
        (replace(ANSWERED, state=State.OPEN), None),
        (replace(ANSWERED, state=State.CLOSED), None),
        (replace(ANSWERED, state=State.WAITING), None),
        (replace(ANSWERED, state=State.WAITING, wait_until=after(5)), Deadline(Step.END_WAIT, after(5))),
        (replace(ANSWERED, state=State.OPEN, wait_until=after(5)), None),
    ],
)
def test_what_comes_next_for_a_ticket(ticket: Ticket, expected: Deadline | None) -> None:
    assert deadline(ticket, SHIPPED) == expected


@given(close=st.integers(2, 500), share=st.floats(0.01, 0.99), late=st.integers(0, 500))
def test_whoever_is_warned_has_the_whole_time_of_the_warning(close: int, share: float, late: int) -> None:
    silence = Silence(timedelta(hours=close), timedelta(hours=close * share))
    warning = deadline(ANSWERED, silence)
    assert warning is not None

    closing = deadline(replace(ANSWERED, warned_at=warning.at + timedelta(hours=late)), silence)

    assert closing is not None
    assert closing.step is Step.CLOSE
    assert closing.at >= max(NOW + silence.close_after, warning.at + timedelta(hours=late) + silence.warning)


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
    with pytest.raises(BadWait, match=r"write 12h, 3d, 2w or a date such as 2026-03-02"):
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
