"""Settled: what the story of one message came to."""

from dataclasses import dataclass

from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Evidence
from store.post.spool import Outcome


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome, and the mails that may go out once it is committed."""

    outcome: Outcome
    outbox_ids: tuple[int, ...] = ()

    @classmethod
    def as_(
        cls,
        disposition: Disposition,
        reason: str | None = None,
        *,
        ticket_id: int | None = None,
        evidence: Evidence | None = None,
        outbox_ids: tuple[int, ...] = (),
    ) -> "Settled":
        """The usual form: a disposition with its reason."""
        return cls(Outcome(disposition, reason, ticket_id, evidence), outbox_ids)
