"""A gate that verifies senders by itself, with the DNS of a test."""

from dataclasses import replace

from mailgate.config import Verify
from mailgate.inbound.authenticate import own_check
from mailgate.mail.sender.evidence import Level
from store.post.spool import Accepted
from tests.gate import BeginGate, Gate
from tests.zone import Zone


def verifying(begin: BeginGate, zone: Zone) -> Gate:
    """A gate that asks `zone` about whoever writes."""
    gate = begin(authentication={"verify": Verify.OWN})
    return replace(gate, parts=replace(gate.parts, check_sender=own_check(gate.parts.settings, zone)))


def level(accepted: Accepted) -> Level | None:
    """How far its sender was believed; None where nobody asked."""
    return accepted.outcome.evidence.level if accepted.outcome.evidence else None
