"""What stands behind commands about money: an invoice, a day, how much time, a month; in any order that is plain."""

import re
from collections.abc import Iterator
from datetime import date

from mailgate.commands.misread import BadArgument, Fault
from mailgate.commands.place import Place
from mailgate.commands.typed import as_typed, one_name
from mailgate.commands.verb import NO_ARGUMENT, Argument
from mailgate.language.reading import read_day, read_month

MOST_DAYS = 366
"""Whoever names more has mistyped a number or a date."""

_CALLED = re.compile(
    r"(?:(?:the|my|die|meine) )?(?:invoice|rechnung)\b\s*(?:(?:no|nr|number|nummer)\b\.?)?\s*", re.IGNORECASE
)
_NUMBER = re.compile(r"#?([A-Za-z0-9][A-Za-z0-9._/-]{0,59})\Z")
_SPAN = re.compile(r"([0-9]{1,9})\s*(?:(?:d|days?|tage?n?)|(w|weeks?|wochen?))?\Z", re.IGNORECASE)
_UNTIL = re.compile(r"(?:until|till|to|bis)\s+(?:zum\s+)?", re.IGNORECASE)


def invoice(words: str, place: Place) -> Argument:
    """The number of an invoice, or nothing: then it is plain from the mail which one is meant."""
    if not words:
        return NO_ARGUMENT
    number = _number(words)
    if number is None:
        raise BadArgument(Fault.INVOICE_BELONGS)
    return Argument(number)


def invoice_and_day(words: str, place: Place) -> Argument:
    """An invoice, a day, both or neither; without a day it is today."""
    for number, rest in _parted(words):
        day = read_day(rest, today=place.today, language=place.language) if rest else place.today
        if day is not None:
            return Argument(number, on=day)
    raise BadArgument(Fault.DAY_BELONGS)


def invoice_and_time(words: str, place: Place) -> Argument:
    """An invoice, and how much time: so many days, as 14, 14d or 2 weeks, or until a day."""
    for number, rest in _parted(words):
        days = _days(rest, place) if rest else None
        if days is not None and 1 <= days <= MOST_DAYS:
            return Argument(number, number=days)
    raise BadArgument(Fault.DAYS_BELONG)


def invoice_and_perhaps_time(words: str, place: Place) -> Argument:
    """The same, or without the time: then it is as much as there is."""
    number = _number(words) if words else ""
    if number is None or (words and _days(words, place) is not None):
        return invoice_and_time(words, place)
    return Argument(number)


def month(words: str, place: Place) -> Argument:
    """A month, by its first day; the last one where none is named."""
    first = read_month(as_typed(words), today=place.today, language=place.language)
    if first is None:
        raise BadArgument(Fault.MONTH_BELONGS)
    return Argument(on=first)


def _parted(words: str) -> Iterator[tuple[str, str]]:
    """What may be the number of an invoice, "" for none, and what else stands there: the number is first or last."""
    said = as_typed(words)
    yield "", said
    if called := _CALLED.match(said):
        said = said[called.end() :]
    parts = said.split()
    for at in (0, -1) if len(parts) > 1 else (0,) if parts else ():
        number = _number(parts[at])
        if number is not None:
            yield number, " ".join(parts[1:] if at == 0 else parts[:-1])


def _number(words: str) -> str | None:
    found = _NUMBER.match(one_name(_CALLED.sub("", as_typed(words), count=1)))
    return found[1] if found else None


def days_in(words: str, *, today: date, language: str) -> int | None:
    """How many days from today, by a span or until a day; None for what says nothing of time."""
    said = as_typed(words)
    if span := _SPAN.match(said.rstrip(".")):
        return int(span[1]) * (7 if span[2] else 1)
    day = read_day(_UNTIL.sub("", said, count=1), today=today, language=language)
    return (day - today).days if day else None


def _days(words: str, place: Place) -> int | None:
    return days_in(words, today=place.today, language=place.language)
