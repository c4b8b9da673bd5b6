"""How much time a customer gets who says that money is on its way, or asks for time: days in which reminders rest."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

PAID_RESTS = timedelta(days=7)
"""What is on its way has arrived by then."""

A_YEAR = timedelta(days=365)


class NotGiven(StrEnum):
    """Why there is no time."""

    AHEAD = "ahead"  # nobody has paid on a day that is to come
    LONG_AGO = "long-ago"  # what was paid then would be here
    OFF = "off"
    TOO_LONG = "too-long"
    SUSPENDED = "suspended"  # it is too late for that
    RUNS = "runs"  # some was given already
    USED_UP = "used-up"  # as often as there is within a year


@dataclass(frozen=True, slots=True)
class Deferring:
    """How an account stands that asks for time."""

    most_days: int
    most_a_year: int
    asked_on: tuple[date, ...]  # when it got time within the last year, the oldest first
    runs_until: date | None  # of time that it has
    is_suspended: bool  # for an invoice that was not paid

    @property
    def left(self) -> int:
        """How often it may ask."""
        return max(0, self.most_a_year - len(self.asked_on))

    @property
    def again_on(self) -> date | None:
        """When one that has used all up may ask again; None where nobody may."""
        return self.asked_on[len(self.asked_on) - self.most_a_year] + A_YEAR if self.most_a_year > 0 else None

    def why_not(self, days: int) -> NotGiven | None:
        """Why there is no time of so many days; None when there is."""
        if not self.most_days or not self.most_a_year:
            return NotGiven.OFF
        if self.is_suspended:
            return NotGiven.SUSPENDED
        if self.runs_until is not None:
            return NotGiven.RUNS
        if not self.left:
            return NotGiven.USED_UP
        return NotGiven.TOO_LONG if days > self.most_days else None


def rests_after_payment(paid_on: date, *, today: date) -> date | NotGiven:
    """The last day without reminders for money that was sent on a day."""
    if paid_on > today:
        return NotGiven.AHEAD
    until = paid_on + PAID_RESTS
    return until if until >= today else NotGiven.LONG_AGO
