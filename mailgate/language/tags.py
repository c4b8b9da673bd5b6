"""Language tags (BCP 47): which words to look for, and in which direction they run."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError

FALLBACK = "en"
"""The language that is always whole."""

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")  # it becomes part of a path
_RANGE = re.compile(r" *([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*) *(?:; *q *= *([01](?:\.[0-9]{0,3})?) *)?\Z")
_MAX_RANGES = 20  # browsers send about five

# Plain English is taken for that of Europe: "Mon 30 Nov, 08:01", where the United States write "Mon, Nov 30, 8:01 AM".
_FORMATS = {"en": "en_GB"}


def chain(tag: str) -> tuple[str, ...]:
    """Where to look, best first: de-AT, de, en. What is no language tag counts as English."""
    language, _, rest = tag.replace("_", "-").partition("-")
    tag = f"{language.lower()}-{rest}" if rest else language.lower()
    if not _TAG.match(tag):
        return (FALLBACK,)
    parts = tag.split("-")
    return tuple(dict.fromkeys(["-".join(parts[:end]) for end in range(len(parts), 0, -1)] + [FALLBACK]))


@lru_cache(maxsize=64)
def formats(tag: str) -> Locale:
    """What is known of writing dates and numbers in this language; those of English where nothing is."""
    for name in chain(tag):
        try:
            return Locale.parse(_FORMATS.get(name, name), sep="_" if "_" in _FORMATS.get(name, name) else "-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(_FORMATS[FALLBACK])


def direction(tag: str) -> str:
    """`ltr` or `rtl`, as HTML names it."""
    return str(formats(tag).text_direction)


def accepted(header: str, among: Iterable[str]) -> str | None:
    """The best of these languages for an Accept-Language field (RFC 9110 §12.5.4); None when it wants none of them.

    A range that names a region is content with the language alone.
    """
    known = tuple(among)
    for tag in _wanted(header):
        found = next(
            (one for one in chain(tag) if one in known and one.partition("-")[0] == tag.partition("-")[0]), None
        )
        if found:
            return found
    return None


def _wanted(header: str) -> Sequence[str]:
    ranges = [match for part in header.split(",")[:_MAX_RANGES] if (match := _RANGE.match(part))]
    weighed = [(float(match[2] or 1), match[1].lower()) for match in ranges]
    return [tag for weight, tag in sorted(weighed, key=lambda one: -one[0]) if weight > 0]
