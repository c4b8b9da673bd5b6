"""What an invitation says, as a line of text: when, what, where (RFC 5545). Anything else in it is not read."""

import re
from collections.abc import Iterator

from mailgate.mail.wire.charset import decode
from mailgate.mail.wire.headers import one_line

MAX_EVENTS = 5
_MAX_BYTES = 1 << 18
_MAX_VALUE = 200  # characters
_UNKNOWN = "no date"

_KINDS = {"REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to an invitation", "COUNTER": "Other date"}
_FOLD = re.compile(r"\r?\n[ \t]")  # RFC 5545 §3.1
_LINE = re.compile(r"(?P<name>[A-Za-z-]{1,40})(?P<parameters>(?:;[^:\";]*+(?:\"[^\"]*+\"[^:\";]*+)*+)*+):(?P<value>.*)")
_ZONE = re.compile(r";TZID=\"?([^\";]{1,80})", re.IGNORECASE)
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?\Z")
_ESCAPED = re.compile(r"\\(.)")  # RFC 5545 §3.3.11
# Characters that turn a line around or hide in it.
_HIDING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff\u00ad]")


def calendar_lines(content: bytes) -> tuple[str, ...]:
    """One line for each event, at most five; never raises, and none for what is no calendar."""
    text = _FOLD.sub("", decode(content[:_MAX_BYTES], "utf-8")[0])
    kind = "Calendar"
    depth: list[str] = []
    found: list[str] = []
    event: dict[str, tuple[str, str]] = {}
    for name, parameters, value in _properties(text):
        if name == "BEGIN":
            depth.append(value.strip().upper())
            if depth[-1] == "VEVENT":
                event = {}
        elif name == "END":
            if depth and depth.pop() == "VEVENT" and len(found) < MAX_EVENTS:
                found.append(_line(event))
        elif name == "METHOD":
            kind = _KINDS.get(value.strip().upper(), kind)
        elif depth and depth[-1] == "VEVENT":  # an alarm has a summary too, a zone a start
            event.setdefault(name, (parameters, value))
    return tuple(dict.fromkeys(f"{kind}: {line}" for line in found))


def _properties(text: str) -> Iterator[tuple[str, str, str]]:
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            yield match["name"].upper(), match["parameters"], match["value"]


def _line(event: dict[str, tuple[str, str]]) -> str:
    parts = (_when(*event.get("DTSTART", ("", ""))), _value(event, "SUMMARY"), _value(event, "LOCATION"))
    return "; ".join(part for part in parts if part)


def _when(parameters: str, value: str) -> str:
    match = _WHEN.match(value.strip())
    if match is None:
        return _UNKNOWN
    year, month, day, hour, minute, is_utc = match.groups()
    date = f"{year}-{month}-{day}"
    if hour is None:
        return date
    zone = _ZONE.search(parameters)
    # The zone as it was written: whoever reads it knows it, a table of ours may not.
    named = "UTC" if is_utc else _clean(zone[1]) if zone else "(no time zone)"
    return f"{date} {hour}:{minute} {named}"


def _value(event: dict[str, tuple[str, str]], name: str) -> str:
    text = _ESCAPED.sub(lambda pair: " " if pair[1] in "nN" else pair[1], event.get(name, ("", ""))[1])
    return _clean(text)


def _clean(text: str) -> str:
    clean = " ".join(_HIDING.sub("", one_line(text[: _MAX_VALUE * 4])).split())
    return clean if len(clean) <= _MAX_VALUE else f"{clean[: _MAX_VALUE - 1]}…"
