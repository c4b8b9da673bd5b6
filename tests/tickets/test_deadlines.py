"""When time does something to a ticket."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.deadlines import Deadline, Silence, Step, deadline
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
