"""The fuse: a run that differs much from the last ones is looked at by a person before it gives the first number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FORMER_RUNS = 3
"""So many runs make a habit."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run comes to."""

    invoices: int = 0
    totals: Mapping[str, int] = field(default_factory=dict)  # in minor units, by currency


@dataclass(frozen=True, slots=True)
class Fuse:
    """When a run is stopped: from so many invoices on, and by so many percent off."""

    least_invoices: int
    percent: int

    def blown(self, planned: Tally, former: Sequence[Tally]) -> str:
        """Why this run is to be looked at; "" when it need not be. `former` are the last runs, the newest first."""
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
