"""The desk's figures: days of a zone, shares of sorted values."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.figures import by_day, by_week, share

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

spans = st.lists(st.timedeltas(timedelta(0), timedelta(days=90)), min_size=1, max_size=50).map(sorted)


def test_a_day_is_one_of_the_zone() -> None:
    late_on_sunday = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # Monday in Berlin

    berlin = by_day([late_on_sunday], [NOON], zone=BERLIN, today=MONDAY, days=2)
    utc = by_day([late_on_sunday], [NOON], zone=UTC, today=MONDAY, days=2)

    assert [(day.day, day.opened, day.closed) for day in berlin] == [(date(2026, 3, 1), 0, 0), (MONDAY, 1, 1)]
    assert [(day.opened, day.closed) for day in utc] == [(1, 0), (0, 1)]


def test_what_is_older_than_the_days_shown_is_left_out() -> None:
    days = by_day([NOON - timedelta(days=5)], [], zone=UTC, today=MONDAY, days=5)

    assert sum(day.opened for day in days) == 0


def test_a_week_knows_what_was_answered_how_soon_and_what_was_not() -> None:
    answers = [(NOON, NOON + timedelta(hours=hours)) for hours in range(1, 11)] + [(NOON, None)]
    before = NOON - timedelta(days=1)  # Sunday: the week before

    last, this = by_week([*answers, (before, before + timedelta(minutes=5))], zone=UTC, today=MONDAY, weeks=2)

    assert (this.monday, this.answered, this.unanswered) == (MONDAY, 10, 1)
    assert (this.usual, this.worst) == (timedelta(hours=5), timedelta(hours=9))
    assert (last.answered, last.usual, last.worst) == (1, timedelta(minutes=5), timedelta(minutes=5))


def test_a_week_without_answers_has_no_times() -> None:
    [week] = by_week([], zone=UTC, today=MONDAY, weeks=1)

    assert (week.answered, week.unanswered, week.usual, week.worst) == (0, 0, None, None)


@given(spans, st.sampled_from([0.5, 0.9]))
def test_a_share_is_one_of_the_values_and_holds_for_so_many(ordered: list[timedelta], part: float) -> None:
    found = share(ordered, part)

    assert found in ordered
    assert sum(value <= found for value in ordered) >= part * len(ordered)
    smaller = [value for value in ordered if value < found]
    assert len(smaller) < part * len(ordered)
