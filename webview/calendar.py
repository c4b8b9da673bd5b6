"""One day for a calendar: iCalendar (RFC 5545), which a program takes by its UID into the place of what it had."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_MOST_OCTETS = 75  # of a line, without its end: RFC 5545 §3.1
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


@dataclass(frozen=True, slots=True)
class Event:
    """A day on which something is due. `revision` rises with each change; what is over is cancelled."""

    uid: str
    day: date
    revision: int
    changed_at: datetime
    summary: str
    description: str
    url: str  # "" for none
    is_cancelled: bool


def as_calendar(event: Event) -> bytes:
    """The event as a file; its method says whether it is put in or taken out (RFC 5546 §3.2)."""
    return b"".join(_folded(line) for line in _lines(event))


def method_of(event: Event) -> str:
    """As the file and its content type have it."""
    return "CANCEL" if event.is_cancelled else "PUBLISH"


def _lines(event: Event) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//mailgate//invoices//EN"
    yield f"METHOD:{method_of(event)}"
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.revision}"
    yield f"DTSTAMP:{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(event.summary)}"
    yield f"DESCRIPTION:{_text(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _text(words: str) -> str:
    """Without what a line cannot hold (§3.3.11)."""
    kept = "".join(sign for sign in words.replace("\r\n", "\n").replace("\u00a0", " ") if sign == "\n" or sign >= " ")
    return kept.replace("\x7f", "").translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """In pieces of whole characters, each but the first behind a blank."""
    pieces: list[bytes] = [b""]
    for sign in line:
        octets = sign.encode("utf-8", "replace")
        if len(pieces[-1]) + len(octets) > _MOST_OCTETS:
            pieces.append(b" ")
        pieces[-1] += octets
    return b"\r\n".join(pieces) + b"\r\n"
