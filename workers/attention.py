"""What `mailgate status` wants a person to look at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that needs a person."""

    code: str
    message: str
    hint: str  # what to do
    fault: bool  # some work is not done; else a decision waits that no restart can make
