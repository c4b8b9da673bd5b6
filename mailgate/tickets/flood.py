"""Floods: how much of one kind is too much, and what a mail's writer may do to a ticket."""

from datetime import datetime, timedelta
from enum import StrEnum

from mailgate.tickets.ticket import Event

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Crowd(StrEnum):
    """How one more mail stands to a budget."""

    WITHIN = "within"
    LAST = "last"  # the last that is within: the one to tell with
    BEYOND = "beyond"


def crowd(before: int, budget: int) -> Crowd:
    """Where the next one stands when `before` came already; a budget of 0 is no limit."""
    if not budget or before + 1 < budget:
        return Crowd.WITHIN
    return Crowd.LAST if before + 1 == budget else Crowd.BEYOND


def is_flood(nth_last: datetime | None, window: timedelta, *, now: datetime) -> bool:
    """The budget is used up: the oldest of the last n, when there are so many, lies within the window."""
    return nth_last is not None and nth_last > now - window


def event_of(automatic: str | None) -> Event:
    """What a mail from outside is to its ticket; `automatic` says why a program is thought to have written it."""
    return Event.MACHINE_WROTE if automatic else Event.CUSTOMER_WROTE
