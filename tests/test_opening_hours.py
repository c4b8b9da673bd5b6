"""When somebody works: hours of a week in a zone, holidays, and what time is counted by them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.opening_hours import ALWAYS, BadHours, OpeningHours, in_order, read_holiday, read_hours

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = OpeningHours(
    in_order([*read_hours("mon-fri 09:00-12:00"), *read_hours("mon-fri 13:00-17:00"), *read_hours("sat 10:00-24:00")]),
    frozenset({"12-25", "2026-04-03"}),
    BERLIN,
)
# Monday 2 March 2026; Berlin is an hour ahead of UTC until 29 March, then two.
INSTANTS = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-03-02T09:00", "2026-03-02T09:00"),
        ("2026-03-02T11:59", "2026-03-02T11:59"),
        ("2026-03-02T12:00", "2026-03-02T13:00"),
        ("2026-03-02T17:00", "2026-03-03T09:00"),
        ("2026-03-06T17:00", "2026-03-07T10:00"),
        ("2026-03-07T23:59", "2026-03-07T23:59"),
        ("2026-03-08T00:00", "2026-03-09T09:00"),
        ("2026-04-03T10:00", "2026-04-04T10:00"),
        ("2026-12-25T10:00", "2026-12-26T10:00"),
    ],
)
def test_who_comes_at_night_or_on_a_holiday_waits_until_somebody_works(when: str, opens: str) -> None:
    assert WEEK.from_then_on(at(when)) == at(opens)
    assert WEEK.is_open(at(when)) == (when == opens)


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        ("2026-03-02T09:00", 3, "2026-03-02T12:00"),
        ("2026-03-02T11:00", 2, "2026-03-02T14:00"),
        ("2026-03-06T16:00", 2, "2026-03-07T11:00"),
        ("2026-03-08T03:00", 8, "2026-03-10T10:00"),
        ("2026-03-28T23:00", 2, "2026-03-30T10:00"),
    ],
)
def test_hours_are_counted_while_somebody_works(begin: str, hours: int, end: str) -> None:
    assert WEEK.after(at(begin), timedelta(hours=hours)) == at(end)
    assert WEEK.between(at(begin), at(end)) == timedelta(hours=hours)


@given(INSTANTS, st.integers(1, 200))
def test_day_and_night_is_real_time(begin: datetime, hours: int) -> None:
    span = timedelta(hours=hours)

    assert ALWAYS.is_open(begin)
    assert ALWAYS.from_then_on(begin) == begin
    assert ALWAYS.after(begin, span) == begin + span
    assert ALWAYS.between(begin, begin + span) == span


@given(INSTANTS, st.integers(1, 100))
def test_what_was_counted_on_is_what_is_counted_back(begin: datetime, hours: int) -> None:
    end = WEEK.after(begin, timedelta(hours=hours))

    assert WEEK.between(begin, end) == timedelta(hours=hours)
    assert WEEK.is_open(end - timedelta(microseconds=1))


def test_a_desk_that_never_opens_keeps_nobody_waiting_for_ever() -> None:
    every_day = frozenset(f"{date(2024, 1, 1) + timedelta(days=day):%m-%d}" for day in range(366))
    closed = OpeningHours((), every_day)

    assert closed.from_then_on(at("2026-03-02T09:00")) == at("2026-03-02T09:00")
    assert not closed.is_open(at("2026-03-02T09:00"))


@pytest.mark.parametrize(
    "text", ["mon-fri", "9-17", "mo-fr 09:00-17:00", "mon 17:00-09:00", "mon 09:00-24:30", "mon 09:60-17:00"]
)
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        read_hours(text)


def test_a_week_may_go_round_and_says_no_hour_twice() -> None:
    assert [span.weekday for span in read_hours("Sat - Mon 10:00-12:00")] == [5, 6, 0]
    with pytest.raises(BadHours, match="said twice for mon"):
        in_order([*read_hours("mon-fri 09:00-17:00"), *read_hours("mon 16:00-18:00")])


@pytest.mark.parametrize("text", ["2026-02-29", "13-01", "25.12.", "tomorrow", "20260403", ""])
def test_days_that_there_are_not_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        read_holiday(text)


@pytest.mark.parametrize("text", ["2026-04-03", "12-25", "02-29"])
def test_days_are_kept_as_they_were_written(text: str) -> None:
    assert read_holiday(text) == text
