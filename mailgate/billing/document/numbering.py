"""Numbers of documents: a pattern of the operator's with a year and a count in it, and the number that it makes."""

import re
from dataclasses import dataclass
from functools import lru_cache

from mailgate.errors import Permanent

MAX_PATTERN = 40
"""Characters: a number stands in subjects, file names and the text of a bank transfer."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_COUNT = re.compile(r"n(?::0?([1-9]))?\Z")
_WORDS = re.compile(r"[A-Za-z0-9._/-]*\Z")  # of ASCII, without blanks: it must survive being typed off a bank form


class BadPattern(Permanent):
    """Text that is no pattern of numbers; `reason` goes on from the text."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text!r} {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as read: the words around its two fields, and which of them comes first."""

    words: tuple[str, str, str]  # before, between and behind the fields
    is_year_first: bool
    width: int  # digits of the count at least, filled up with zeros

    @property
    def skeleton(self) -> str:
        """All of it but fields and digits. Two patterns of different skeletons never make the same number."""
        return "".join(sign for sign in "".join(self.words) if not sign.isdigit())

    def number(self, year: int, n: int) -> str:
        """The n-th number of a year, from 1."""
        if n < 1 or not 1000 <= year <= 9999:
            raise ValueError((year, n))
        count, of_year = str(n).rjust(self.width, "0"), str(year)
        first, second = (of_year, count) if self.is_year_first else (count, of_year)
        before, between, behind = self.words
        return f"{before}{first}{between}{second}{behind}"


@lru_cache(64)
def read_pattern(text: str) -> Pattern:
    """Read a pattern such as "{year}-{n:04}": the year once, so that a new one repeats no number, and the count once.

    `{n:04}` has four digits at least. Raises BadPattern.
    """
    if len(text) > MAX_PATTERN:
        raise BadPattern(text, f"is longer than {MAX_PATTERN} characters")
    before, *rest = _FIELD.split(text)
    fields, words = rest[::2], [before, *rest[1::2]]
    for word in words:
        if not _WORDS.match(word):
            raise BadPattern(text, "has something else than letters, digits, . _ / - and its two fields in braces")
    counts = [found for field in fields if (found := _COUNT.match(field))]
    strange = [field for field in fields if field != "year" and not _COUNT.match(field)]
    if strange:
        raise BadPattern(text, f"has {{{strange[0]}}}, which is no field: there are {{year}} and {{n}}, or {{n:04}}")
    if fields.count("year") != 1:
        raise BadPattern(text, "must have {year} once, or each year would begin with the numbers of the last")
    if len(counts) != 1:
        raise BadPattern(text, "must have {n} once, or {n:04} for four digits at least")
    first, second, third = words
    return Pattern((first, second, third), fields[0] == "year", int(counts[0][1] or 1))


def number(pattern: str, year: int, n: int) -> str:
    """The n-th number of a year by a pattern, from 1. Raises BadPattern, and ValueError for a year or n below it."""
    return read_pattern(pattern).number(year, n)
