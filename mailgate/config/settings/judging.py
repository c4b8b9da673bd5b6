"""What an incoming mail is judged by: spamd, and the evidence for its sender."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from mailgate.config import kinds
from mailgate.config.kinds import one_of
from mailgate.mail.sender.coverage import Coverage


class Verify(StrEnum):
    """Who judges what an incoming mail's sender is worth."""

    OWN = "own"
    TRUSTED_HEADER = "trusted-header"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Spam:
    """SpamAssassin's spamd; None is off. A Path is a Unix socket."""

    spamd: kinds.RemoteOrSocket = None
    hold_score: kinds.Score = 5.0
    timeout_seconds: kinds.Timeout = 10.0


@dataclass(frozen=True, slots=True)
class Authentication:
    """How senders are verified."""

    trusted_authserv_ids: kinds.AuthservIds = ()
    verify: Annotated[Verify, one_of(Verify)] = Verify.OWN
    dkim_coverage: Annotated[Coverage, one_of(Coverage)] = Coverage.COMMON
    nameservers: kinds.Nameservers = ()  # none: those of the machine
    dns_timeout_seconds: kinds.Timeout = 5.0
