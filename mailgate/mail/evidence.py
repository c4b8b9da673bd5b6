"""Evidence: how far a message is believed to be from its author."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Worth of the evidence, weakest first (`Evidence.at_least` compares by this order)."""

    NONE = "N"  # DMARC failed or the From rule was broken
    UNKNOWN = "0"  # no result
    SPF = "S"  # SPF-aligned only
    DKIM = "D"  # aligned DKIM
    TOKEN = "D+T"  # aligned DKIM and a valid token that was made for the author
    SUBMITTED = "A"  # authenticated submission
    CONFIRMED = "C"  # confirmed by a round trip


_ORDER = {level: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A level with the reasons for it, in words that staff may read."""

    level: Level
    reasons: tuple[str, ...]

    def at_least(self, level: Level) -> bool:
        """This evidence is worth as much as `level`, or more."""
        return _ORDER[self.level] >= _ORDER[level]
