"""What somebody searches for: words, phrases and operators, read from what was typed; nothing of it is kept raw."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailgate.tickets.search_words import words_of
from mailgate.tickets.ticket import State

MAX_TERMS = 20
"""More than anybody types; each costs the database a look."""

MAX_LENGTH = 500

_PART = re.compile(r'(-?)(?:([A-Za-z][A-Za-z_-]*):)?(?:"([^"]*)"?|(\S+))')
_NUMBER = re.compile(r"#?([1-9][0-9]{0,17})\Z")
_SCHEMES = ("http", "https", "mailto", "ftp")  # a URL that was pasted has no operator


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together; `is_prefix`: the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: all of it must hold. `problems` tell what was not understood, in words for who typed it."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    status: State | None = None
    author: tuple[str, ...] = ()  # beginnings of words in a writer's name and address
    before: date | None = None
    after: date | None = None  # that day counts
    desk: str | None = None
    customer: tuple[str, ...] = ()  # beginnings of words in its name and addresses, or its number
    has_file: bool = False
    number: int | None = None  # the whole query is a number: an object that has it comes first
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """There is nothing to search for."""
        return replace(self, problems=()) == Query()

    @property
    def is_of_tickets(self) -> bool:
        """It asks for what tickets alone have."""
        return bool(self.status or self.author or self.desk or self.has_file)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The words that a snippet marks."""
        return tuple(dict.fromkeys(word for term in self.terms for word in term.words))


def read_query(typed: str) -> Query:
    """Read what was typed; never raises. An operator that is unknown or has no sense is told of and left out."""
    query = Query()
    for minus, operator, phrase, word in _PART.findall(typed[:MAX_LENGTH])[:MAX_TERMS]:
        value = phrase or word
        if operator and operator.lower() not in _SCHEMES:
            query = _with_operator(query, minus, operator.lower(), value)
            continue
        term = Term(words_of(f"{operator} {value}"), is_prefix=not phrase)
        if term.words and minus:
            query = replace(query, without=(*query.without, term))
        elif term.words:
            query = replace(query, terms=(*query.terms, term))
    number = _NUMBER.match(typed.strip())
    return replace(query, number=int(number[1])) if number else query


def _with_operator(query: Query, minus: str, operator: str, value: str) -> Query:
    reading = OPERATORS.get(operator)
    if reading is None:
        return _problem(query, f"“{operator}:” is not known{_nearest(operator, tuple(OPERATORS), ':')}")
    if minus:
        return _problem(query, f"“-{operator}:” cannot be turned round: only words can be left out")
    return reading(query, value)


def _status(query: Query, value: str) -> Query:
    states = [state.value for state in State]
    if value.lower() not in states:
        near = _nearest(value.lower(), states) or f"; there are {', '.join(states)}"
        return _problem(query, f"“status:{value}” is no state{near}")
    return replace(query, status=State(value.lower()))


def _day(query: Query, operator: str, value: str) -> Query:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _problem(query, f"“{operator}:{value}” is no day; write it like {operator}:2026-01-31")
    return replace(query, before=day) if operator == "before" else replace(query, after=day)


def _has(query: Query, value: str) -> Query:
    if value.lower() not in ("file", "files", "attachment"):
        return _problem(query, f"“has:{value}” is not known; there is has:file")
    return replace(query, has_file=True)


def _person(query: Query, operator: str, value: str) -> Query:
    words = words_of(value)
    if not words:
        return _problem(query, f"“{operator}:” needs a name or an address behind it")
    if operator == "from":
        return replace(query, author=(*query.author, *words))
    return replace(query, customer=(*query.customer, *words))


OPERATORS: Mapping[str, Callable[[Query, str], Query]] = {
    "status": _status,
    "from": lambda query, value: _person(query, "from", value),
    "before": lambda query, value: _day(query, "before", value),
    "after": lambda query, value: _day(query, "after", value),
    "desk": lambda query, value: replace(query, desk=value.lower()),
    "customer": lambda query, value: _person(query, "customer", value),
    "has": _has,
}


def _problem(query: Query, words: str) -> Query:
    return replace(query, problems=(*query.problems, words))


def _nearest(word: str, known: Sequence[str], end: str = "") -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean “{near[0]}{end}”?" if near else ""
