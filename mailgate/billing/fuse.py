"""The fuse: a run that differs much from the last ones is looked at by a person before it gives the first number.

What was issued for one day counts as one run, however many processes or commands made it. The schedule bills each
account at its own midnight, so there a day is 24 hours up to an instant: in each of them midnight was everywhere once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

FORMER_RUNS = 3
"""So many runs make a habit."""


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


def by_day(former: Iterable[Former], *, at_on: date | None, now: datetime) -> tuple[Tally, tuple[Tally, ...]]:
    """What was issued for this day already, and for each day before it, the newest first.

    `former` are runs, the newest first; `at_on` the day that counts as today, None: each account's own at `now`.
    """
    this: object = at_on or 0
    days: dict[object, Tally] = {this: Tally()}
    for one in former:
        day: object = one.at_on
        if day is None:
            day = (now - one.made_at) // timedelta(days=1) if at_on is None else one.made_at.date()
        days[day] = days.get(day, Tally()) + one.tally
    so_far = days.pop(this)
    return so_far, tuple(days.values())


@dataclass(frozen=True, slots=True)
class Fuse:
    """When a run is stopped: from so many invoices on, and by so many percent off."""

    least_invoices: int
    percent: int

    def blown(self, planned: Tally, former: Sequence[Tally]) -> str:
        """Why this run is to be looked at; "" when it need not be.

        `planned` is what would be issued for this day in all, `former` what was for the days before, the newest first.
        """
        if planned.invoices < self.least_invoices or len(former) < FORMER_RUNS:
            return ""
        last = former[:FORMER_RUNS]
        usual = sum(one.invoices for one in last)
        if self._is_off(planned.invoices, usual):
            return f"{planned.invoices} invoices, where the last {FORMER_RUNS} runs had {usual} together"
        for currency in sorted(set(planned.totals).union(*(one.totals for one in last))):
            usual = sum(one.totals.get(currency, 0) for one in last)
            if self._is_off(planned.totals.get(currency, 0), usual):
                return (
                    f"a total in {currency} that is more than {self.percent} % off that of the last {FORMER_RUNS} runs"
                )
        return ""

    def _is_off(self, planned: int, usual_together: int) -> bool:
        """Compared without a fraction: both sides times the number of runs, and times a hundred."""
        return abs(planned * FORMER_RUNS - usual_together) * 100 > self.percent * usual_together
