"""Who wrote a mail, and how far that is believed: known before the transaction that settles it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgate.errors import LookupFailed
from mailgate.inbound.authenticate import SenderCheck
from mailgate.log_events import LogEvent
from mailgate.mail.address import Mailbox
from mailgate.mail.message import Message
from mailgate.mail.sender.evidence import Evidence, Level, from_rule
from mailgate.people import Staff, staff_at
from store.post.spool import Lent

log = logging.getLogger(__name__)

PATIENCE = timedelta(hours=4)
"""A mail waits this long for a DNS that gives no answer; then it counts as unverified."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom the From field names; text when it breaks the From rule, and says how."""

    author: Mailbox | str
    is_staff: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """The author, when the From rule was kept, and the evidence for it."""

    mailbox: Mailbox | None
    evidence: Evidence


def claimed(raw: bytes, staff: Sequence[Staff]) -> Claim:
    """Read the From field."""
    author = from_rule(raw)
    return Claim(author, isinstance(author, Mailbox) and staff_at(author.address, staff) is not None)


def identify(
    claim: Claim, lent: Lent, raw: bytes, message: Message, *, check_sender: SenderCheck, now: datetime
) -> Identity:
    """Judge the claim. Raises LookupFailed while there is time to try again."""
    if isinstance(claim.author, str):
        return Identity(None, Evidence(Level.NONE, (claim.author,)))
    try:
        evidence = check_sender(raw, message, claim.author, lent.envelope, exact=claim.is_staff)
    except LookupFailed as error:
        if now - lent.envelope.received_at < PATIENCE:
            raise
        log.warning(LogEvent.UNVERIFIED(spool=lent.spool_id, error=error))
        evidence = Evidence(Level.UNKNOWN, ("the DNS gave no answer for hours, so the sender could not be verified",))
    return Identity(claim.author, evidence)


def next_try(lent: Lent, now: datetime) -> datetime:
    """When a mail that waits for the DNS is looked at again: after half of its age, from 30 seconds to 30 minutes."""
    age = now - lent.envelope.received_at
    return now + min(max(age / 2, timedelta(seconds=30)), timedelta(minutes=30))
