"""What time does to a ticket: the warning and the close after a customer's silence, and the end of a wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailgate.opening_hours import ALWAYS, OpeningHours
from mailgate.tickets.ticket import State, Ticket


class Step(StrEnum):
    """What is to be done about a ticket when its time has come."""

    WARN = "autoclose-warning"
    CLOSE = "auto-close"
    END_WAIT = "wait-ended"


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a customer's silence may last before the ticket is closed, and how long before that they are warned.

    Neither happens while nobody works at the desk: `hours`.
    """

    close_after: timedelta
    warning: timedelta
    hours: OpeningHours = ALWAYS


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next thing that time will do to a ticket, and when."""

    step: Step
    at: datetime


def deadline(ticket: Ticket, silence: Silence) -> Deadline | None:
    """What comes next; None when time does nothing to it.

    Whoever was warned late, by a gate that stood still, keeps the whole time between warning and close.
    """
    if ticket.state is State.WAITING and ticket.wait_until is not None:
        return Deadline(Step.END_WAIT, ticket.wait_until)
    if ticket.state is not State.ANSWERED or ticket.silent_since is None:
        return None
    close_at = ticket.silent_since + silence.close_after
    if ticket.warned_at is None:
        return Deadline(Step.WARN, silence.hours.from_then_on(close_at - silence.warning))
    return Deadline(Step.CLOSE, silence.hours.from_then_on(max(close_at, ticket.warned_at + silence.warning)))


def has_passed(deadline: Deadline, silence: Silence, *, at: datetime) -> bool:
    """Its time has come, and, where a customer is told of it, somebody works: a gate that stood still does not close at
    night what it should have closed by day.
    """
    return deadline.at <= at and (deadline.step is Step.END_WAIT or silence.hours.is_open(at))
