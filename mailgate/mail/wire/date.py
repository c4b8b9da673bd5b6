"""The instant in a Date field (RFC 5322 §3.3), with the sender's offset, in whatever form programs write it."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from mailgate.mail.wire.headers import decode_words

_MAX_DATE = 200  # characters

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# As nearly all programs write it: quicker to read than what can stand in any order.
_USUAL = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) ("
    + "|".join(_MONTHS)
    + r") (20\d\d) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)"
    r" ([+-])(\d\d)([0-5]\d)(?: \([A-Za-z]{1,5}\))?",
    re.ASCII,
)
_LEAP_SECOND = re.compile(r"(\d\d:\d\d):60\b")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d")
_TIME = re.compile(r"(\d{1,2}:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?")
_YEAR = re.compile(r"(?<![\d:+-])(?:19|20)\d\d(?![\d:])")
# `+0200`, `+02:00`, `GMT+2`, `UTC +02`, `(GMT-05:00) Lima`: what names the zone may stand before it.
_OFFSET = re.compile(r"[+\N{MINUS SIGN}\N{EN DASH}-] ?(\d{1,2})(?::?(\d\d))?(?::\d\d)?(?![\d:])")
_NAME = re.compile(r"[A-Za-z][\w/]*")
# Names of zones that say one offset and no other, in hours; the American ones as RFC 5322 §4.3 has them.
_OF_HOURS = {
    -8: "PST",
    -7: "PDT MST",
    -6: "MDT CST",
    -5: "CDT EST",
    -4: "EDT",
    0: "UT UTC GMT Z WET",
    1: "WEST BST CET MET MEZ",
    2: "CEST MEST MESZ EET",
    3: "EEST MSK",
    9: "JST KST",
    10: "AEST",
    11: "AEDT",
    12: "NZST",
    13: "NZDT",
}
_HOURS = {name: hours for hours, names in _OF_HOURS.items() for name in names.split()}


def read_date(text: str) -> tuple[datetime | None, bool]:
    """The instant, always with an offset, and whether all of it was understood; None for what is no date.

    A zone of no known name is UTC, and that is not understood; no zone at all is UTC as it is for `-0000`.
    """
    if usual := _USUAL.fullmatch(text):
        with suppress(ValueError):
            return _usual(usual), True
    # Encoded, which no date may be; a leap second, which RFC 5322 §3.3 allows; or as ISO 8601 has it.
    plain = _LEAP_SECOND.sub(r"\1:59", decode_words(text[:_MAX_DATE]).strip())
    plain, is_known = _with_plain_zone(plain)
    try:
        date = _instant(plain)
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        aware.astimezone(UTC)  # year 9999 in New York is no instant that anybody can store
    except (ValueError, TypeError, IndexError, OverflowError):
        return None, False
    return (aware, is_known) if aware.year >= 1900 else (None, False)


def _usual(found: re.Match[str]) -> datetime:
    """The instant in RFC 5322's own form. Raises ValueError for a day, a time or a zone that there is not."""
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(-offset if sign == "-" else offset)
    return datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=zone)


def _instant(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        if not _ISO_DATE.match(text):
            raise
        return datetime.fromisoformat(text)


def _with_plain_zone(text: str) -> tuple[str, bool]:
    """The same date with its zone as RFC 5322 has it, and whether it was understood."""
    time = _TIME.search(text)
    if time is None:
        return text, True
    zone = text[time.end() :]
    name = _NAME.search(zone)
    if offset := _OFFSET.search(zone):
        sign = "+" if offset[0][0] == "+" else "-"
        plain = f"{sign}{int(offset[1]):02}{offset[2] or '00'}"
    elif name and name[0].upper() in _HOURS:
        plain = f"{_HOURS[name[0].upper()]:+03}00"
    else:
        return f"{text[: time.end(1)]}{zone}", name is None
    if year := _YEAR.search(zone):  # `Jun 5 08:15:00 CEST 2024`
        plain = f"{year[0]} {plain}"
    return f"{text[: time.end(1)]} {plain}", True
