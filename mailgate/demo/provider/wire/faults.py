"""What goes wrong at command: the next calls of some path break before or after their effect."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from mailgate.demo.provider.wire.refusals import Refusal


class FaultKind(StrEnum):
    """How a call breaks."""

    TIMEOUT_BEFORE = "timeout_before"  # no answer ever, and nothing was done
    TIMEOUT_AFTER = "timeout_after"  # the same, and it was done
    DROP_BEFORE = "drop_before"  # the connection breaks
    DROP_AFTER = "drop_after"
    TOO_MANY = "429"
    LOCKED = "lock_timeout"  # 429 of another kind: something else holds the object
    HELD = "held"  # it is in flight until the faults are cleared, and is done then
    FAILURE = "500"
    FAILURE_AFTER = "500_after"


@dataclass
class Fault:
    """Some of the calls to come."""

    pattern: str  # of "POST /v1/payment_intents", found anywhere in it; "" is every call
    kind: FaultKind
    times: int = 1
    skip: int = 0  # so many calls go well before


@dataclass
class Faults:
    """What is to break, and how long each call takes."""

    waiting: list[Fault] = field(default_factory=list)
    latency_seconds: float = 0.0
    is_holding: bool = False

    def next(self, method: str, path: str) -> FaultKind | None:
        """How this call breaks, if it does; it is counted."""
        for fault in self.waiting:
            if not re.search(fault.pattern, f"{method} {path}"):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault.kind
        return None


_TOO_MANY = "Too many requests hit the API too quickly."
_LOCKED = "This object cannot be accessed right now because another API request is currently accessing it."
_FAILED = "An error occurred internally with the provider."
TOO_MANY = (FaultKind.TOO_MANY, FaultKind.LOCKED)


def too_many(kind: FaultKind | None) -> Refusal:
    """A call that is not even begun."""
    message, code = (_LOCKED, "lock_timeout") if kind is FaultKind.LOCKED else (_TOO_MANY, "rate_limit")
    return Refusal(429, "invalid_request_error", message, code=code, is_kept=False)


def failure() -> Refusal:
    """A failure of the server's own, which its key remembers."""
    return Refusal(500, "api_error", _FAILED)
