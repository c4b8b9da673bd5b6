"""The words of a ticket's audit trail: a line's values become a sentence, in the language of whoever reads it.

A sentence names values as `{by}`; of the sentences of an event the first counts whose values are all there. What is put
in is never read again: a name that looks like such a place, or like markup, stays what it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from mailgate.language.telling import full_date, moment, speaking
from mailgate.tickets.events import EVENTS, Line
from mailgate.tickets.ticket import Event

BY = "by"
"""Who did it: the entry's author, whom every sentence may name. What we ourselves are called may have a word, too."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_PLACE = re.compile(r"\{(\w*)\}")

Tell = Callable[[Event, Mapping[str, Any], str], str]
"""Makes the sentence of an event, its values and its author, for one reader."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """Those of one language: for each event, and for each word that a value may be, by the value's name."""

    language: str
    events: Mapping[Event, Sequence[str]]
    words: Mapping[tuple[str, str], Sequence[str]]

    def told_in(self, timezone: str, *, at: datetime | None) -> Tell:
        """For a reader of this zone (IANA), who reads it now, `at`; without that each date is told with its year."""
        now = at or _LONG_AGO

        def tell(event: Event, details: Mapping[str, Any], by: str) -> str:
            with speaking(self.language, timezone, at=now):
                values = {name: _shown(event, name, value) for name, value in details.items()} | {BY: by}
            words = {
                name: _filled(self.words[name, value], values)
                for name, value in values.items()
                if (name, value) in self.words
            }
            return " ".join(_filled(self.events[event], values | words).split())

        return tell


def words_of(event: Event | None, details: Mapping[str, Any] | None, text: str, by: str, tell: Tell) -> str:
    """What an entry says: a line of the audit trail that keeps values its sentence, anything else its text."""
    return text if event is None or details is None else tell(event, details, by)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a sentence may name, and what is always there, also for a customer."""

    known: frozenset[str]
    certain: frozenset[str]

    def problem_of(self, sentences: Sequence[str]) -> str | None:
        """Why these will not do."""
        named = [set(_PLACE.findall(sentence)) for sentence in sentences]
        if not named or not all(isinstance(sentence, str) and sentence.strip() for sentence in sentences):
            return "no sentence"
        if unknown := sorted(set().union(*named) - self.known):
            return f"there is no {{{unknown[0]}}} here; there is {', '.join(sorted(self.known))}"
        if lacking := sorted(named[-1] - self.certain):
            return f"{{{lacking[0]}}} is not always there, or not for customers: end with a sentence without it"
        return None


def read_sentences(
    language: str, given: Mapping[str, Any], behind: Sentences | None = None, *, is_whole: bool = True
) -> tuple[Sentences, tuple[str, ...]]:
    """The sentences of a file, and what is wrong with it, a line for each mistake.

    In place of one that is missing or wrong stands the one of `behind`, another language, or the same one where a file
    says a few sentences otherwise: then it is not whole, and none is missed.
    """
    events = dict(behind.events) if behind else {}
    words = dict(behind.words) if behind else {}
    problems: list[str] = []
    rest = {name: dict(table) for name, table in given.items()}
    for event, line in EVENTS.items():
        found = _several(rest.get("event", {}).pop(event.value, ()))
        if not found and not is_whole:
            continue
        if problem := _wanted(line).problem_of(found):
            problems.append(f"event.{event.value}: {problem}")
        else:
            events[event] = found
    for (name, word), wanted in _WORDS.items():
        found = _several(rest.get(name, {}).pop(word, ()))
        if not found and not is_whole:
            continue
        if problem := wanted.problem_of(found):
            problems.append(f"{name}.{word}: {problem}")
        else:
            words[name, word] = found
    words |= {(BY, who): _several(word) for who, word in rest.pop(BY, {}).items()}
    problems += [f"{name}.{key}: nothing is called so" for name, table in rest.items() for key in table]
    return Sentences(language, events, words), tuple(problems)


def _several(found: str | Sequence[str]) -> Sequence[str]:
    return (found,) if isinstance(found, str) else tuple(found)


def _wanted(line: Line) -> _Wanted:
    certain = {
        name
        for name, detail in line.details.items()
        if detail.required and (detail.for_customers or not line.for_customers)
    }
    return _Wanted(frozenset({BY, *line.details}), frozenset({BY, *certain}))


def _words() -> Iterator[tuple[tuple[str, str], _Wanted]]:
    """Each word that a value may be, with what all the events have that keep it."""
    users: dict[tuple[str, str], list[_Wanted]] = {}
    for line in EVENTS.values():
        for name, detail in line.details.items():
            for word in detail.one_of:
                users.setdefault((name, word), []).append(_wanted(line))
    for key, wanted in users.items():
        itself = {key[0]}  # a word does not name itself
        known = frozenset.intersection(*(one.known for one in wanted)) - itself
        yield key, _Wanted(known, frozenset.intersection(*(one.certain for one in wanted)) - itself)


_WORDS: Mapping[tuple[str, str], _Wanted] = dict(_words())


def _filled(sentences: Sequence[str], values: Mapping[str, str]) -> str:
    fitting = (one for one in sentences if values.keys() >= set(_PLACE.findall(one)))
    return _PLACE.sub(lambda place: values[place[1]], next(fitting, ""))


def _shown(event: Event, name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    tell = _TELLERS.get(EVENTS[event].details[name].type, str)
    return tell(value)


_TELLERS: Mapping[type[Any], Callable[[object], str]] = {datetime: moment, date: full_date}
