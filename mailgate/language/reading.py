"""Days and months as people write them: "3 May", "3. Mai 2027", "03.05.2027", "2027-05-03", "yesterday"."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from mailgate.language.tags import FALLBACK, formats

_ALSO = ("de",)
"""Languages whose words are read beside those of the reader and English: our mails are whole in them."""

_NEAR: Mapping[str, int] = {
    "today": 0, "heute": 0, "yesterday": -1, "gestern": -1, "vorgestern": -2, "tomorrow": 1, "morgen": 1,
    "übermorgen": 2,
}  # fmt: skip
_MARKS = re.compile(r"(?:\b(?:on|am|the|den|dem|of|vom)\b|,)", re.IGNORECASE)
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z")
_DOTTED = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})(?:\.(?: ?([0-9]{4}|[0-9]{2}))?)?\Z")
_DAY_FIRST = re.compile(r"([0-9]{1,2})(?:\.|st|nd|rd|th)? ?([^\W\d_]+)\.?(?: ([0-9]{4}))?\Z")
_MONTH_FIRST = re.compile(r"([^\W\d_]+)\.? ([0-9]{1,2})(?:\.|st|nd|rd|th)?(?: ([0-9]{4}))?\Z")
_MONTH = re.compile(r"(?:([0-9]{4})[-/]([0-9]{1,2})|([0-9]{1,2})[./-]([0-9]{4})|([^\W\d_]+)\.?(?: ([0-9]{4}))?)\Z")
_LONGEST = 40  # characters


def read_day(words: str, *, today: date, language: str) -> date | None:
    """The day that these words mean; None when they plainly mean none. `language` is that of their writer (BCP 47).

    Without a year it is the one nearest to `today`. Of two numbers with a slash nobody knows which is the month, so
    they are no day.
    """
    said = " ".join(_MARKS.sub(" ", words.casefold()).split()) if len(words) <= _LONGEST else ""
    if said in _NEAR:
        return today + timedelta(days=_NEAR[said])
    if found := _ISO.match(said):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.match(said):
        return _of(found[3], int(found[2]), int(found[1]), today)
    if found := _DAY_FIRST.match(said):
        return _of(found[3], _month(found[2], language), int(found[1]), today)
    if found := _MONTH_FIRST.match(said):
        return _of(found[3], _month(found[1], language), int(found[2]), today)
    return None


def read_month(words: str, *, today: date, language: str) -> date | None:
    """The month that these words mean, by its first day: "2027-03", "March 2027", "März"; None when they mean none.

    Without a year it is the last one that has begun; without any word the month before this one.
    """
    said = " ".join(_MARKS.sub(" ", words.casefold()).split()) if len(words) <= _LONGEST else "?"
    if not said:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    found = _MONTH.match(said)
    if found is None:
        return None
    if found[5]:
        month = _month(found[5], language)
        if month is None:
            return None
        return _day(int(found[6]) if found[6] else today.year - (month > today.month), month, 1)
    year, number = (found[1], found[2]) if found[1] else (found[4], found[3])
    return _day(int(year), int(number), 1)


def _of(year: str | None, month: int | None, day: int, today: date) -> date | None:
    if month is None:
        return None
    if year:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    around = (_day(today.year + step, month, day) for step in (-1, 0, 1))
    return min((one for one in around if one), key=lambda one: abs(one - today), default=None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(word: str, language: str) -> int | None:
    return next((_months(tag)[word] for tag in (language, FALLBACK, *_ALSO) if word in _months(tag)), None)


@lru_cache(maxsize=16)
def _months(language: str) -> Mapping[str, int]:
    """Their names by this language, long and short: Sep beside Sept, and Maerz beside März."""
    known: dict[str, int] = {}
    short: dict[str, set[int]] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in formats(language).months[context][width].items():
                spelled = name.casefold().rstrip(".")
                known |= dict.fromkeys((spelled, spelled.replace("ä", "ae"), spelled.replace("ä", "a")), number)
                short.setdefault(spelled[:3], set()).add(number)
    return {begin: numbers.pop() for begin, numbers in short.items() if len(numbers) == 1} | known
