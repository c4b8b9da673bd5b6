"""What a failed delivery says about the address itself, by its enhanced status code (RFC 3463 §3).

An address that does not exist is dead at once. One whose mailbox is full, or whose server does not answer for days, may
well take mail tomorrow: that only counts, and old failures count less and less. What is about the message, our own
server or somebody's policy says nothing about the address.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_OF_THE_ADDRESS = re.compile(r"[45]\.[124]\.(?!0\b)\d")
"""Subjects 1, 2 and 4: address, mailbox, and the way there. 3, 5, 6 and 7: system, protocol, content, policy."""


class AddressFailure(StrEnum):
    """How much a failure says against the address."""

    NOTHING = "nothing"
    COUNTS = "counts"
    DEAD = "dead"  # nobody can be reached there


def failure_of(status: str | None, *, dead: bool) -> AddressFailure:
    """What a failure with this status says; `dead` is known from its words already."""
    if dead:
        return AddressFailure.DEAD
    return AddressFailure.COUNTS if _OF_THE_ADDRESS.match(status or "") else AddressFailure.NOTHING


@dataclass(frozen=True, slots=True)
class Score:
    """How many failures were counted against an address, as much as they still weigh at `at`."""

    points: float
    at: datetime

    def later(self, now: datetime, *, half_life: timedelta) -> "Score":
        """What is left of it: half after each half-life."""
        passed = max(now - self.at, timedelta())
        return Score(self.points * 0.5 ** (passed / half_life), now)

    def counted(self, now: datetime, *, half_life: timedelta) -> "Score":
        """With one more failure."""
        return Score(self.later(now, half_life=half_life).points + 1.0, now)
