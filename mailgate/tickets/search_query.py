"""What somebody searches for: words, phrases and operators, read from what was typed; nothing of it is kept raw."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from mailgate.tickets.search_words import words_of
from mailgate.tickets.ticket import State

MAX_TERMS = 20
"""More than anybody types; each costs the database a look."""

MAX_LENGTH = 500

_PART = re.compile(r'(-?)(?:([A-Za-z][A-Za-z_-]*):)?(?:"([^"]*)"?|(\S+))')
_NUMBER = re.compile(r"#?([1-9][0-9]{0,17})\Z")
_SCHEMES = ("http", "https", "mailto", "ftp")  # a URL that was pasted has no operator


class SearchFault(StrEnum):
    """What is wrong with an operator; behind each what its words are given."""

    NO_OPERATOR = "no-operator"  # typed
    NO_OPERATOR_NEAR = "no-operator-near"  # typed, near
    NOT_TURNED_ROUND = "not-turned-round"  # typed
    NO_STATE = "no-state"  # typed, states
    NO_STATE_NEAR = "no-state-near"  # typed, near
    NO_DAY = "no-day"  # typed, operator
    NOT_TO_HAVE = "not-to-have"  # typed
    NOBODY = "nobody-named"  # typed


_ENGLISH: Mapping[SearchFault, str] = {
    SearchFault.NO_OPERATOR: "“{typed}” is not known",
    SearchFault.NO_OPERATOR_NEAR: "“{typed}” is not known; did you mean “{near}”?",
    SearchFault.NOT_TURNED_ROUND: "“{typed}” cannot be turned round: only words can be left out",
    SearchFault.NO_STATE: "“{typed}” is no state; there are {states}",
    SearchFault.NO_STATE_NEAR: "“{typed}” is no state; did you mean “{near}”?",
    SearchFault.NO_DAY: "“{typed}” is no day; write it like {operator}:2026-01-31",
    SearchFault.NOT_TO_HAVE: "“{typed}” is not known; there is has:file",
    SearchFault.NOBODY: "“{typed}” needs a name or an address behind it",
}
"""For the command line and the pages of staff; what customers read of it by mail stands in `parts/outcome.md`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a query that was not understood, and is left out."""

    fault: SearchFault
    given: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return _ENGLISH[self.fault].format(**self.given)


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together; `is_prefix`: the last one may go on."""

    words: tuple[str, ...]
    is_prefix: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: all of it must hold. `problems` tell what was not understood."""

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
    problems: tuple[Problem, ...] = ()

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
    for minus, operator, phrase, word in _PART.findall(typed[:MAX_LENGTH].replace("\0", " "))[:MAX_TERMS]:
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


def narrowing_parts(typed: str) -> tuple[tuple[str, str], ...]:
    """What narrows a search besides its words, each part as it was typed, with the query that is left without it."""
    found = []
    for part in list(_PART.finditer(typed[:MAX_LENGTH]))[:MAX_TERMS]:
        minus, operator = part[1], part[2]
        if minus or (operator and operator.lower() not in _SCHEMES):
            rest = f"{typed[: part.start()]} {typed[part.end() :]}"
            found.append((part[0], " ".join(rest.split())))
    return tuple(found)


def _with_operator(query: Query, minus: str, operator: str, value: str) -> Query:
    reading = OPERATORS.get(operator)
    if reading is None:
        near = _nearest(operator, tuple(OPERATORS))
        if near:
            return _problem(query, SearchFault.NO_OPERATOR_NEAR, typed=f"{operator}:", near=f"{near}:")
        return _problem(query, SearchFault.NO_OPERATOR, typed=f"{operator}:")
    if minus:
        return _problem(query, SearchFault.NOT_TURNED_ROUND, typed=f"-{operator}:")
    return reading(query, value)


def _status(query: Query, value: str) -> Query:
    states = [state.value for state in State]
    if value.lower() not in states:
        near, typed = _nearest(value.lower(), states), f"status:{value}"
        if near:
            return _problem(query, SearchFault.NO_STATE_NEAR, typed=typed, near=near)
        return _problem(query, SearchFault.NO_STATE, typed=typed, states=", ".join(states))
    return replace(query, status=State(value.lower()))


def _day(query: Query, operator: str, value: str) -> Query:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _problem(query, SearchFault.NO_DAY, typed=f"{operator}:{value}", operator=operator)
    return replace(query, before=day) if operator == "before" else replace(query, after=day)


def _has(query: Query, value: str) -> Query:
    if value.lower() not in ("file", "files", "attachment"):
        return _problem(query, SearchFault.NOT_TO_HAVE, typed=f"has:{value}")
    return replace(query, has_file=True)


def _desk(query: Query, value: str) -> Query:
    name = value.strip().lower()
    return replace(query, desk=name) if name else _problem(query, SearchFault.NOBODY, typed="desk:")


def _person(query: Query, operator: str, value: str) -> Query:
    words = words_of(value)
    if not words:
        return _problem(query, SearchFault.NOBODY, typed=f"{operator}:")
    if operator == "from":
        return replace(query, author=(*query.author, *words))
    return replace(query, customer=(*query.customer, *words))


OPERATORS: Mapping[str, Callable[[Query, str], Query]] = {
    "status": _status,
    "from": lambda query, value: _person(query, "from", value),
    "before": lambda query, value: _day(query, "before", value),
    "after": lambda query, value: _day(query, "after", value),
    "desk": _desk,
    "customer": lambda query, value: _person(query, "customer", value),
    "has": _has,
}


def _problem(query: Query, fault: SearchFault, **given: str) -> Query:
    return replace(query, problems=(*query.problems, Problem(fault, given)))


def _nearest(word: str, known: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.5)), None)
