"""Until when: the words by which somebody puts something off."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mailgate.commands.misread import BadArgument, Fault

LONGEST_WAIT = timedelta(days=366)
"""Whoever waits longer than this has mistyped a date."""

_UNITS = {"H": timedelta(hours=1), "D": timedelta(days=1), "W": timedelta(weeks=1)}
_SPAN = re.compile(r"([0-9]{1,4})([HDW])\Z")


class BadWait(BadArgument):
    """The words say no instant that something could wait for. Its text is for the command line."""

    def __init__(self, text: str, fault: Fault, **values: str) -> None:
        super().__init__(fault, **values)
        self.args = (text,)


def read_wait(words: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Until when to wait: `12h`, `3d`, `2w`, or a day or an instant such as 2026-12-24; a day begins as `zone` has it.

    Raises BadWait for anything else, and for what lies in the past or further away than LONGEST_WAIT.
    """
    until = _instant(words.strip().upper(), now, zone)
    day = f"{now.astimezone(zone).date() + timedelta(days=7)}"
    if until is None:
        text = f"{words!r} is no time to wait for: write 12h, 3d, 2w or a date such as {day}"
        raise BadWait(text, Fault.NO_TIME, words=words, day=day)
    if until <= now:
        raise BadWait(f"{words!r} is in the past", Fault.PAST, words=words)
    if until - now > LONGEST_WAIT:
        days = str(LONGEST_WAIT.days)
        raise BadWait(f"{words!r} is more than {days} days away", Fault.TOO_FAR, words=words, days=days)
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
