"""Dates, spans of time, sizes and counts in words, for the reader whom `speaking` names.

Templates call these as filters, from macros too, so the reader is no argument: he is the same in all of a mail or page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from babel.units import format_unit

from mailgate.language.tags import FALLBACK, formats

# Without the comma that CLDR puts behind the day of the week ("Mo., 30. Nov., 08:01").
_SHORT_DAY = {"de": "E d. MMM"}
_LONG_DAY = {"de": "E d. MMM y", "en_GB": "E d MMM y"}


@dataclass(frozen=True, slots=True)
class Speech:
    """Whom something is told, and when: a day of another year than `year` is told with it."""

    locale: Locale
    zone: ZoneInfo
    year: int | None = None


_SPEECH: ContextVar[Speech | None] = ContextVar("_SPEECH", default=None)
_NOBODY = Speech(formats(FALLBACK), ZoneInfo("UTC"))


@contextmanager
def speaking(language: str, timezone: str, *, at: datetime | None = None) -> Iterator[None]:
    """What is told inside is told in this language (BCP 47) and zone (IANA), at this instant."""
    zone = _zone(timezone)
    token = _SPEECH.set(Speech(formats(language), zone, at.astimezone(zone).year if at else None))
    try:
        yield
    finally:
        _SPEECH.reset(token)


def speech() -> Speech:
    """Whom the words are for that are made just now."""
    return _SPEECH.get() or _NOBODY


def moment(value: object) -> str:
    """An instant: "Mon 30 Nov, 08:01". Words that are no instant stay as they are."""
    at, said = _instant(value), speech()
    if at is None:
        return _as_is(value)
    local = at.astimezone(said.zone)
    clock = _clock(local.hour, local.minute, said.locale)
    return _joined(said.locale).replace("{1}", _date(local.date(), said)).replace("{0}", clock)


def day(value: object) -> str:
    """A day not far from now: "Mon 30 Nov". An instant falls on that which it is where the reader is."""
    on, said = _day(value), speech()
    return _as_is(value) if on is None else _date(on, said)


def short_day(value: object) -> str:
    """A day where there is little room: "30 Nov"."""
    on, said = _day(value), speech()
    return _as_is(value) if on is None else _short(on, said.locale)


def full_date(value: object) -> str:
    """A date of whatever year: "30 Nov 2026"."""
    on, said = _day(value), speech()
    return _as_is(value) if on is None else format_date(on, "medium", locale=said.locale)


def month(value: object) -> str:
    """The month of a day, of whatever year: "November 2026"."""
    on, said = _day(value), speech()
    return _as_is(value) if on is None else _month(on.replace(day=1), "yMMMM", said.locale)


def short_month(value: object) -> str:
    """The same where there is little room: "Nov 2026"."""
    on, said = _day(value), speech()
    return _as_is(value) if on is None else _month(on.replace(day=1), "yMMM", said.locale)


def long_date(value: object) -> str:
    """A date with the whole name of its month: "30 November 2026"."""
    on, said = _day(value), speech()
    return _as_is(value) if on is None else format_date(on, "long", locale=said.locale)


def span(seconds: object) -> str:
    """A length of time by its two largest units: "2 days 4 hours", and less than a minute as one."""
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if not isinstance(seconds, int | float):
        return _as_is(seconds)
    minutes = max(round(seconds / 60), 1)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = (("day", days), ("hour", hours)) if days else (("hour", hours), ("minute", minutes))
    locale = speech().locale
    parts = [_unit(count, f"duration-{unit}", locale) for unit, count in units if count]
    return " ".join(parts)


def file_size(size: object) -> str:
    """A number of bytes: "640 bytes", "88 kB", "1.4 MB"."""
    if not isinstance(size, int | float):
        return _as_is(size)
    locale = speech().locale
    if size < 1000:
        return format_unit(size, "digital-byte", "long", locale=locale)
    if size < 999_500:
        return format_unit(round(size / 1000), "digital-kilobyte", "short", locale=locale)
    return format_unit(round(size / 1_000_000, 1), "digital-megabyte", "short", locale=locale)


def number(value: object) -> str:
    """A number with the separators of its reader: "1,042"."""
    return format_decimal(value, locale=speech().locale) if isinstance(value, int | float) else _as_is(value)


def plural(count: object, **forms: str) -> str:
    """The form for this count, by its category in CLDR: `plural(one="a file", other="{n} files")`.

    `{n}` is the count. Languages have their own categories, of which `other` is always among them.
    """
    if not isinstance(count, int | float):
        return _as_is(count)
    form = forms.get(speech().locale.plural_form(count)) or forms["other"]
    return form.replace("{n}", number(count))


def _date(on: date, said: Speech) -> str:
    return _written(on, said.locale, said.year is None or said.year == on.year)


# A page tells some fifty instants, a tenth of a millisecond each for Babel; those of a list are of a few days.
@lru_cache(maxsize=1_000)
def _written(on: date, locale: Locale, is_of_this_year: bool) -> str:
    own, skeleton = (_SHORT_DAY, "MMMEd") if is_of_this_year else (_LONG_DAY, "yMMMEd")
    pattern = own.get(str(locale)) or own.get(locale.language)
    if pattern:
        return format_date(on, pattern, locale=locale)
    return format_skeleton(skeleton, datetime(on.year, on.month, on.day), locale=locale)  # noqa: DTZ001 - a day


@lru_cache(maxsize=1_000)
def _short(on: date, locale: Locale) -> str:
    return format_skeleton("MMMd", datetime(on.year, on.month, on.day), locale=locale)  # noqa: DTZ001 - a day


@lru_cache(maxsize=1_000)
def _month(on: date, skeleton: str, locale: Locale) -> str:
    return format_skeleton(skeleton, datetime(on.year, on.month, 1), locale=locale)  # noqa: DTZ001 - a day


@lru_cache(maxsize=5_000)
def _clock(hour: int, minute: int, locale: Locale) -> str:
    return format_time(time(hour, minute), "short", locale=locale)


@lru_cache(maxsize=64)
def _joined(locale: Locale) -> str:
    """How a day and a time stand together."""
    return str(locale.datetime_formats["medium"])


@lru_cache(maxsize=5_000)
def _unit(count: int, unit: str, locale: Locale) -> str:
    return format_unit(count, unit, "long", locale=locale)


def _instant(value: object) -> datetime | None:
    """What a notice stores is text: RFC 3339."""
    if isinstance(value, str) and "T" in value:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _day(value: object) -> date | None:
    at = _instant(value)
    if at is not None:
        return at.astimezone(speech().zone).date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def _as_is(value: object) -> str:
    return "" if value is None else str(value)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # of an older version, or of a machine with other zone data
        return ZoneInfo("UTC")
