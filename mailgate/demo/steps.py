"""Steps of a story that is told: each is numbered, and one that does not show what it should ends the story."""

from collections.abc import Callable
from dataclasses import dataclass, field

LOOK_SECONDS = 0.05
STEP_SECONDS = 15.0
"""How long a step is waited for."""


class NotSeen(Exception):
    """A step did not show what it should."""


def _no_day() -> str:
    return ""


@dataclass
class Steps:
    """Those that were seen; `say` hears of each, with the `day` on which it was."""

    say: Callable[[str], None]
    day: Callable[[], str] = field(default=_no_day)
    count: int = 0

    def tell(self, step: str) -> None:
        """It was seen."""
        self.count += 1
        self.say("  ".join(filter(None, (f"{self.count:3}", self.day(), step))))

    def check(self, step: str, holds: object) -> None:
        """Tell it if it holds. Raises NotSeen."""
        if not holds:
            raise NotSeen(f"not so: {step}")
        self.tell(step)

    def missing(self, step: str) -> NotSeen:
        """What is raised when it was waited for in vain."""
        return NotSeen(f"not seen within {STEP_SECONDS:g} s: {step}")
