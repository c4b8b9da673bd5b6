"""What time does to a ticket: the warning and the close after a customer's silence, and the end of a wait."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from mailgate.errors import Permanent
from mailgate.tickets.ticket import State, Ticket

LONGEST_WAIT = timedelta(days=366)
"""Whoever waits longer than this has mistyped a date."""

_UNITS = {"H": timedelta(hours=1), "D": timedelta(days=1), "W": timedelta(weeks=1)}
_SPAN = re.compile(r"([0-9]{1,4})([HDW])\Z")


class Step(StrEnum):
    """What is to be done about a ticket when its time has come."""

    WARN = "autoclose-warning"
    CLOSE = "auto-close"
    END_WAIT = "wait-ended"


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a customer's silence may last before the ticket is closed, and how long before that they are warned."""

    close_after: timedelta
    warning: timedelta


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next thing that time will do to a ticket, and when."""

    step: Step
    at: datetime


class BadWait(Permanent):
    """The words say no instant that a ticket could wait for."""


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
        return Deadline(Step.WARN, close_at - silence.warning)
    return Deadline(Step.CLOSE, max(close_at, ticket.warned_at + silence.warning))


def read_wait(words: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Until when to wait: `12h`, `3d`, `2w`, or a day or an instant such as 2026-12-24; a day begins as `zone` has it.

    Raises BadWait for anything else, and for what lies in the past or further away than LONGEST_WAIT.
    """
    until = _instant(words.strip().upper(), now, zone)
    if until is None:
        raise BadWait(f"{words!r} is no time to wait for: write 12h, 3d, 2w or a date such as {now.date()}")
    if until <= now:
        raise BadWait(f"{words!r} is in the past")
    if until - now > LONGEST_WAIT:
        raise BadWait(f"{words!r} is more than {LONGEST_WAIT.days} days away")
    return until


def _instant(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    span = _SPAN.match(words)
    if span:
        return now + int(span[1]) * _UNITS[span[2]]
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words):
            return datetime.combine(date.fromisoformat(words), time(), zone).astimezone(UTC)
        at = datetime.fromisoformat(words)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
