"""The fuse: a run that differs much from the last ones is looked at by a person before it gives the first number.

What was issued for one day counts as one run, however many processes or commands made it. The schedule bills each
account at its own midnight, so there a day is 24 hours up to an instant: in each of them midnight was everywhere once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

FORMER_RUNS = 3
"""So many runs make a habit."""

A_MONTH = range(28, 32)
"""So many days back is the same day of the last month."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run comes to."""

    invoices: int = 0
    totals: Mapping[str, int] = field(default_factory=dict)  # in minor units, by currency

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        totals = {
            one: self.totals.get(one, 0) + other.totals.get(one, 0) for one in sorted({*self.totals, *other.totals})
        }
        return Tally(self.invoices + other.invoices, totals)


@dataclass(frozen=True, slots=True)
class Former:
    """A run that issued something: for which day, None where each account had its own; when; and what it came to."""

    at_on: date | None
    made_at: datetime
    tally: Tally


@dataclass(frozen=True, slots=True)
class Day:
    """What was issued in all for a day that lies so many days back."""

    back: int
    tally: Tally


def by_day(former: Iterable[Former], *, at_on: date | None, now: datetime) -> tuple[Tally, tuple[Day, ...]]:
    """What was issued for this day already, and for each other day, the newest first.

    `former` are runs, the newest first; `at_on` the day that counts as today, None: each account's own at `now`.
    """
    days: dict[int, Tally] = {0: Tally()}
    today = at_on or now.date()
    for one in former:
        if one.at_on is None and at_on is None:
            back = (now - one.made_at) // timedelta(days=1)
        else:
            back = (today - (one.at_on or one.made_at.date())).days
        days[back] = days.get(back, Tally()) + one.tally
    so_far = days.pop(0)
    return so_far, tuple(Day(back, tally) for back, tally in days.items())


@dataclass(frozen=True, slots=True)
class Fuse:
    """When a run is stopped: from so many invoices on, and by so many percent off."""

    least_invoices: int
    percent: int

    def blown(self, planned: Tally, former: Sequence[Day]) -> str:
        """Why this run is to be looked at; "" when it need not be.

        `planned` is what would be issued for this day in all, `former` what was for other days, the newest first. Where
        most accounts have the same bill day, a run is like that of a month ago rather than like the last ones.
        """
        if planned.invoices < self.least_invoices or len(former) < FORMER_RUNS:
            return ""
        why = self._unlike(planned, [one.tally for one in former[:FORMER_RUNS]])
        if why and any(one.back in A_MONTH and not self._unlike(planned, [one.tally]) for one in former):
            return ""
        return why

    def _unlike(self, planned: Tally, last: Sequence[Tally]) -> str:
        usual = sum(one.invoices for one in last)
        if self._is_off(planned.invoices, usual, len(last)):
            return f"{planned.invoices} invoices, where the last {len(last)} runs had {usual} together"
        for currency in sorted(set(planned.totals).union(*(one.totals for one in last))):
            usual = sum(one.totals.get(currency, 0) for one in last)
            if self._is_off(planned.totals.get(currency, 0), usual, len(last)):
                return f"a total in {currency} that is more than {self.percent} % off that of the last {len(last)} runs"
        return ""

    def _is_off(self, planned: int, usual_together: int, runs: int) -> bool:
        """Compared without a fraction: both sides times the number of runs, and times a hundred."""
        return abs(planned * runs - usual_together) * 100 > self.percent * usual_together
