"""What a staff member did to a ticket with one mail: what may be taken back, and what a colleague should know of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailgate.tickets.ticket import State, Ticket


class Deed(StrEnum):
    """What was done, in a word that fits behind a name."""

    REPLIED = "answered the customer"
    NOTED = "wrote a note"
    CLOSED = "closed the ticket"
    PUT_OFF = "let it wait"
    ASSIGNED = "gave it to somebody"
    MERGED = "merged it into another ticket"
    SPAM = "called it spam"
    REOPENED = "opened the ticket again"
    RANKED = "said how pressing it is"
    TAGGED = "tagged it"
    EXTENDED = "gave time to pay"
    SPLIT = "made another ticket of a message"


CHANGES_THE_ANSWER = frozenset({Deed.REPLIED, Deed.CLOSED, Deed.PUT_OFF, Deed.MERGED, Deed.SPAM})
"""After one of these a colleague would perhaps answer differently, or not at all."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stands: what an act changes of it, and what taking the act back puts back."""

    state: State
    waiting_since: datetime | None
    silent_since: datetime | None
    warned_at: datetime | None
    wait_until: datetime | None
    assignee_id: int | None

    @classmethod
    def of(cls, ticket: Ticket) -> "Standing":
        """Of this ticket, now."""
        return cls(
            ticket.state,
            ticket.waiting_since,
            ticket.silent_since,
            ticket.warned_at,
            ticket.wait_until,
            ticket.assignee_id,
        )


@dataclass(frozen=True, slots=True)
class StaffAct:
    """One mail's worth of work on a ticket."""

    id: int
    ticket_id: int
    staff_id: int
    at: datetime
    done: tuple[Deed, ...]
    entry_id: int | None  # the words that were written
    last_entry_id: int  # of the ticket, when all was done
    before: Standing
    outbox_ids: tuple[int, ...]  # the mails that came of it


def unseen(acts: Iterable[StaffAct], *, reader_id: int, seen_at: datetime) -> tuple[StaffAct, ...]:
    """The acts of others that somebody should know of before the customer gets an answer written without them.

    `seen_at`: when the mail was written that the answer answers.
    """
    return tuple(
        act
        for act in acts
        if act.staff_id != reader_id and act.at > seen_at and not CHANGES_THE_ANSWER.isdisjoint(act.done)
    )


def told(done: Sequence[Deed]) -> str:
    """What was done, for a sentence."""
    return " and ".join(deed.value for deed in done)
