"""Where outgoing mail goes, and which addresses are left alone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from mailgate.config import kinds
from mailgate.config.kinds import one_of


class Tls(StrEnum):
    """How the connection to the smarthost is secured."""

    VERIFY = "verify"  # TLS with a valid certificate, or no delivery
    OPPORTUNISTIC = "opportunistic"  # TLS when offered, any certificate
    NONE = "none"


class InDoubt(StrEnum):
    """What happens to a mail that a crash left between the smarthost's dot and its reply."""

    RETRY = "retry"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Smarthost:
    """Where outgoing mail goes; without `address` it stays queued. `user` comes with `password_file`."""

    address: kinds.Remote = None
    tls: Annotated[Tls, one_of(Tls)] = Tls.VERIFY
    user: kinds.Text = ""
    password_file: kinds.OptionalFile = None
    timeout_seconds: kinds.Timeout = 60.0
    after_dot_seconds: kinds.Timeout = 600.0
    lifetime_hours: kinds.Hours = 96
    delay_notice_hours: Annotated[int, kinds.whole(0, 24 * 365)] = 4
    in_doubt: Annotated[InDoubt, one_of(InDoubt)] = InDoubt.RETRY
    unanswered_at_once: Annotated[int, kinds.whole(1, 256)] = 1
    per_domain_at_once: Annotated[int, kinds.whole(1, 256)] = 5
    domain_pause_seconds: kinds.Delay = 60  # 0: none


@dataclass(frozen=True, slots=True)
class FallbackSmarthost:
    """One `[[fallback_smarthost]]`: takes our mail while those before it cannot be reached."""

    address: kinds.Server
    tls: Annotated[Tls, one_of(Tls)] = Tls.VERIFY
    user: kinds.Text = ""
    password_file: kinds.OptionalFile = None


@dataclass(frozen=True, slots=True)
class Suppression:
    """When an address of a customer is left alone; `failures` 0: only a dead one is."""

    dead_days: kinds.Days = 30
    failures: kinds.Count = 3
    half_life_days: Annotated[int, kinds.whole(1, 365)] = 14
    failures_days: kinds.Days = 7
