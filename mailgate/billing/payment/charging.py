"""When a card is tried again, and how often what the provider does with it is looked at."""

from collections.abc import Sequence
from datetime import date, timedelta

LONGEST = timedelta(hours=6)
"""Between two looks at what takes days."""


def next_attempt(retry_days: Sequence[int], attempt: int, *, today: date) -> date | None:
    """The day of the next attempt after one that may succeed later; None: that was the last.

    `retry_days` count from the day of the first attempt. One that came late puts off those that follow: the pauses
    between them stay.
    """
    if not 1 <= attempt <= len(retry_days):
        return None
    before = retry_days[attempt - 2] if attempt > 1 else 0
    return today + timedelta(days=retry_days[attempt - 1] - before)


def next_look(looks: int, *, poll_seconds: int) -> timedelta:
    """How long to wait after so many looks at what is under way: twice as long each time, up to some hours."""
    doublings: int = min(max(looks - 1, 0), 20)
    return min(timedelta(seconds=poll_seconds * (1 << doublings)), LONGEST)
