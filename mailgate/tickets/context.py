"""The block below a staff notification: its lines, and whether a reply still carries one of them.

The block is for staff alone. A reply in which a line of it survived the removal of quotes is not sent to the customer.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from mailgate.mail.evidence import Evidence
from mailgate.mail.message import Author
from mailgate.tickets.ticket import Ticket
from mailgate.tickets.verbs import SHOWN, STAFF_VERBS

_QUOTE_MARKS = re.compile(r"(?m)^[ \t>|]+")
_SHORTEST = 12
"""Letters of a line that is looked for: anything shorter stands in honest sentences too."""

COMMANDS_LINE = f"First line may be: {'  '.join(STAFF_VERBS[verb].example for verb in SHOWN)}   (more: !help)"


def context_lines(
    ticket: Ticket,
    evidence: Evidence,
    *,
    author: Author,
    marks: Iterable[str],
    desk: str,
    undo_seconds: int,
    zone: ZoneInfo,
) -> tuple[str, ...]:
    """What the notification says about author, ticket and customer, one fact a line, ending in the commands."""
    readers = ", ".join(f"{person.name} <{person.address}>" for person in ticket.participants)
    wait = f", {undo_seconds} s after we get it" if undo_seconds else ""
    opened = _local(ticket.opened_at, zone)
    whose = f"customer {ticket.customer_id}" if ticket.customer_id else "not a registered customer"
    lines = [
        f"Written by {author}",
        *(f"Please note: {mark}" for mark in marks),
        f"Your reply goes to {readers}{wait}.",
        f"Ticket #{ticket.id}, {ticket.state.value}, desk {desk}, opened {opened}, {whose}",
        f"Sender evidence {evidence.level.value}: {'; '.join(evidence.reasons)}",
    ]
    if ticket.linked_to:
        lines.append(f"This ticket is linked to ticket #{ticket.linked_to}.")
    return (*lines, COMMANDS_LINE)


def leaked_line(words: str, context: Iterable[str]) -> str | None:
    """The first line of the context that these words still contain, re-wrapped or quoted or not; None when none."""
    flat = _flat(words)
    for line in context:
        wanted = _flat(line)
        if len(wanted) >= _SHORTEST and wanted in flat:
            return line
    return None


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", _QUOTE_MARKS.sub("", text)).lower()


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
