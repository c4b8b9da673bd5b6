"""What was said in the demo's past, and when: values that the past is lived by."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from mailgate.demo.company import Person

_WHEN = re.compile(r"(?P<days>\d+)d (?P<hour>\d\d):(?P<minute>\d\d)|(?P<minutes>\d+)m")


@dataclass(frozen=True, slots=True)
class Said:
    """One mail.

    `ago` is "3d 09:15", three days ago at that time of day, or "40m", so many minutes before the demo begins. `answers`
    are words of the mail that is answered; without them it is the newest one of the conversation. `{mail}` in the text
    is the gate's number of the conversation's first mail, as lists of held mail name it.
    """

    ago: str
    who: Person
    text: str
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Mails about one matter, in their order; the first one goes to a desk."""

    subject: str
    said: tuple[Said, ...]
    desk: str = "support"


def instant(ago: str, *, now: datetime, zone: tzinfo) -> datetime:
    """When something was said, in UTC like `now`; times of day are those of `zone`. Raises ValueError."""
    found = _WHEN.fullmatch(ago)
    if found is None:
        raise ValueError(f"neither '3d 09:15' nor '40m': {ago!r}")
    if found["minutes"]:
        return now - timedelta(minutes=int(found["minutes"]))
    day = now.astimezone(zone).date() - timedelta(days=int(found["days"]))
    return datetime.combine(day, time(int(found["hour"]), int(found["minute"])), zone).astimezone(now.tzinfo)
