"""What a story comes to: Settled for a mail as a whole, Told for one thing that somebody asked for."""

from dataclasses import dataclass

from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Evidence
from mailgate.tickets.result import Result
from mailgate.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a mail, and why. The mails that it called for stand in `Act.outgoing`."""

    disposition: Disposition
    reason: str | None = None
    ticket_id: int | None = None
    evidence: Evidence | None = None  # None: as it came
    held_for: int | None = None  # the staff member who wrote it and alone decides


@dataclass(frozen=True, slots=True)
class Told:
    """What a command or a yes came to, as its giver is told; `ticket` is the one that it is about, as it is now."""

    result: Result
    ticket: Ticket | None = None
