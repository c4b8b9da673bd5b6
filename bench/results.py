"""What was measured, against what was wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median


class Verdict(StrEnum):
    """How a figure stands to its goal."""

    GOAL = "goal"
    FLOOR = "floor"  # good enough
    BELOW = "below"
    NONE = ""  # nothing was wanted


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted, and the least that will do; more is better where the goal is above the floor, else less."""

    goal: float
    floor: float

    def verdict(self, value: float) -> Verdict:
        """Where this value stands."""
        sign = 1 if self.goal > self.floor else -1
        if sign * value >= sign * self.goal:
            return Verdict.GOAL
        return Verdict.FLOOR if sign * value >= sign * self.floor else Verdict.BELOW


ACCEPT = {1: Goal(0.65, 0.5), 10: Goal(0.85, 0.65), 50: Goal(0.85, 0.65)}
"""Durable accept / bare discarding server, by connections, with the listener alone."""

ACCEPT_AT_WORK = {1: Goal(0.65, 0.45), 10: Goal(0.85, 0.55), 50: Goal(0.85, 0.55)}
"""The same while workers settle what was accepted, in the same process."""

SYNCS = {1: Goal(2, 3), 50: Goal(0.1, 0.3)}
"""Disk syncs for each accepted mail, by connections."""

TICKETS = Goal(5, 3)
"""Mail to committed ticket / the quickest peer, which is run beside it."""

STATEMENTS = Goal(12, 18)
"""Of SQL, for a customer's mail that opens or joins a ticket and of which one staff member is told."""

JOURNEY_FILES, JOURNEY_CALLS = Goal(45, 45), Goal(650, 650)
"""Files of ours that one journey goes through, and calls of functions in them: at most."""

INTAKE = Goal(1.0, 2.0)
"""What intake computes before the commit / mail-parser alone, time a mail."""

INSPECT = Goal(2, 4)
"""Everything that `mailgate inspect` knows / mail-parser alone, time a mail."""

MONEY = Goal(20_000, 5000)
"""Questions that `mailgate money check` answers, a second."""

BANK_LINES = Goal(5000, 2000)
"""Lines of a bank's file that are imported, a second."""

BANK_MEMORY = Goal(50, 120)
"""MiB that an import of 50,000 lines takes more than one of a hundred."""

BILLED = {"sqlite": Goal(1000, 400), "postgresql": Goal(600, 300)}
"""Invoices that a run issues in one process, a second."""

BILLED_BARE = Goal(0.3, 0.15)
"""The same / the same rows inserted in the same batches, without rules."""

PLANNED = Goal(5000, 2000)
"""Accounts that a plan looks at, a second."""

BILLING_MEMORY = Goal(30, 80)
"""MiB that a process has more at the last invoice of a run than at the first."""

CHARGED = Goal(0.9, 0.7)
"""Saved cards charged, with all that is written down of it / by the bare SDK, a second."""

BESIDE_CHARGES = Goal(2, 3)
"""p99 of accepting a mail while cards are charged / while none is."""

BESIDE_A_RUN = Goal(2, 3)
"""p99 of an accepted mail while a run of bills goes on / without one."""

BILLED_GROWTH, INVOICE_PAGE_GROWTH = Goal(0.9, 0.7), Goal(1.5, 2)
"""A store with a million invoices / one without: invoices a second, and p99 of the page of an invoice."""

PAPER, PAPER_MEMORY = Goal(1.5, 3), Goal(60, 150)
"""Time of a PDF / reportlab with an embedded font, and MiB that 10,000 of them in a row leave behind."""
PAPER_WITH_XML = Goal(3, 5)
"""The same of a PDF with the e-invoice inside, which reportlab's has not."""

STEPS = Goal(1000, 400)
"""Steps of the ladder that one process does, a second."""

COMPOSED = Goal(0.9, 0.7)
"""Invoice mails with their PDF, composed, signed and kept by one worker / PDF, words and signature alone."""

OUTBOUND = Goal(3, 2)
"""Mails of ours from their rows to the smarthost's yes, signed and archived / a plain chain with dkimpy, a second."""

PAGES = Goal(0.6, 0.4)
"""Page of 50 rows / a bare page of the same rows, requests a second."""

PAGE_IDLE, PAGE_BUSY = Goal(25, 40), Goal(50, 80)
"""p99 of that page in ms, idle and while 50 mails a second come in; that of the bare page stands beside it."""

GROWTH, PAGE_GROWTH = Goal(0.9, 0.7), Goal(1.5, 2)
"""A large store / an empty one: mail-to-ticket rate, and p99 of a page."""

TWO_WORKERS = TWO_GATES = Goal(1.7, 1.4)
"""Two programs on one PostgreSQL / one: mail to ticket by workers, and mail accepted by gates."""

WITH_SERVER = Goal(0.6, 0.4)
"""Mail to ticket in one process: on PostgreSQL / on SQLite."""

SEARCH = Goal(200, 500)
"""p95 of a search in ms, in a large store."""

MEMORY_GROWTH = Goal(1.05, 1.05)
"""Memory of a program at the end of a long load / near its beginning: at most."""

PROMISES = Goal(0, 0)
"""Mails lost, doubled or left open by all the kills of a soak: none."""

MEMORY_IDLE, MEMORY_BURST, MEMORY_LARGE = Goal(120, 200), Goal(150, 300), Goal(150, 300)
"""MiB of `serve`: idle, and on top of that for 10,000 mails in 60 s and for a 35 MB mail."""


BURST = Goal(15, 15)
"""Seconds from the last 250 of 10,000 mails within a minute until all of them are settled: at most."""


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. `value` is what the goal is about; None: not measured, and `measured` says why."""

    part: str
    what: str
    measured: str
    value: float | None = None
    goal: Goal | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Where it stands."""
        return self.goal.verdict(self.value) if self.goal and self.value is not None else Verdict.NONE


def left_out(part: str, what: str, why: str) -> Result:
    """A line for what could not be measured here."""
    return Result(part, what, f"left out: {why}")


@dataclass(frozen=True, slots=True)
class Turns:
    """Figures of ours and of the bare peer, one pair for each round."""

    ours: Sequence[float]
    bare: Sequence[float]

    @property
    def ratio(self) -> float:
        """The median of the rounds' own ratios."""
        return median(mine / other for mine, other in zip(self.ours, self.bare, strict=True))

    def words(self, unit: str = "/s", than: str = "bare") -> str:
        """The medians, for people."""
        return f"{shown(median(self.ours))}{unit} ({than} {shown(median(self.bare))}{unit})"

    def as_details(self) -> Mapping[str, object]:
        """Every round, for the JSON."""
        return {"ours": [round(one, 4) for one in self.ours], "bare": [round(one, 4) for one in self.bare]}


def shown(value: float) -> str:
    """Three or four digits, whatever the size."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
