"""Settled: what the story of one message came to."""

from dataclasses import dataclass

from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Evidence
from store.post.spool import Outcome


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome; the mails that were called for stand in `Act.outgoing`."""

    outcome: Outcome

    @classmethod
    def as_(
        cls,
        disposition: Disposition,
        reason: str | None = None,
        *,
        ticket_id: int | None = None,
        evidence: Evidence | None = None,
    ) -> "Settled":
        """The usual form: a disposition with its reason."""
        return cls(Outcome(disposition, reason, ticket_id, evidence))
