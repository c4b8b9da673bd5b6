"""A line of an answer to a list: numbers of it and a word, in either order, as in `release 3 7` or `2 close`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailgate.commands.directives import Directive, nearest
from mailgate.commands.misread import BadArgument, Fault, Misread
from mailgate.commands.place import Place
from mailgate.commands.verb import ENDINGS, Argument, Command, Read, Table, Verb

_ONE = r"#?[0-9]{1,12}[.:)]?"
_FIRST = re.compile(rf"(?:{_ONE}(?:[\s,]+|\Z))+")
_LAST = re.compile(rf"(?:[\s,]+{_ONE})+\Z")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, its numbers taken out of it."""

    directive: Directive
    numbers: tuple[int, ...]
    words: str

    def wrong(
        self,
        fault: Fault,
        values: Mapping[str, str] | None = None,
        *,
        example: str | None = None,
        verb: Verb | None = None,
    ) -> Read:
        """It is not understood."""
        return Read(
            self.directive, misread=Misread(self.directive.text, fault, values or {}, example=example), verb=verb
        )


def read_numbered(directive: Directive, table: Table, place: Place) -> Read:
    """Read it: a command for each of its numbers."""
    line = _parted(directive)
    verb = table.named(line.words.partition(" ")[0])
    if verb in table.of_all and not line.numbers and line.words.rstrip(ENDINGS).lower() == verb.name:
        some = next(iter(place.listed.values()), None)  # the list is known by any of its lines
        return Read(directive, (Command(verb, Argument(number=some), line=directive.text),), verb=verb)
    if verb in table.of_all:
        return line.wrong(Fault.NOTHING_MORE, example=table.example(verb, place), verb=verb)
    if not line.numbers:
        near = verb or _near(directive.verb, table)
        example = table.example(near, place) if near else None
        return line.wrong(Fault.NUMBER_BELONGS if verb else Fault.UNKNOWN, example=example, verb=near)
    if not line.words:
        return line.wrong(Fault.NOTHING_SAID, example=table.example(table.verbs[0], place, *line.numbers))
    found = _meant(line, verb, table, place)
    if isinstance(found, Read):
        return found
    meant, argument = found
    return _wrong_number(line, meant, place) or Read(
        directive,
        tuple(
            Command(meant, replace(argument, number=place.listed[number]), line=directive.text)
            for number in line.numbers
        ),
        verb=meant,
    )


def _parted(directive: Directive) -> _Line:
    """The numbers may stand at its beginning, behind its first word, or at its end."""
    words = f"{directive.verb} {directive.argument}".strip()
    first = _FIRST.match(words)
    if first:
        return _Line(directive, _numbers(first[0]), words[first.end() :])
    verb, _, rest = words.partition(" ")
    behind = _FIRST.match(rest)
    if behind:
        return _Line(directive, _numbers(behind[0]), f"{verb} {rest[behind.end() :]}".strip())
    last = _LAST.search(words)
    return _Line(directive, _numbers(last[0]), words[: last.start()]) if last else _Line(directive, (), words)


def _numbers(run: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall("[0-9]+", run)))


def _meant(line: _Line, verb: Verb | None, table: Table, place: Place) -> tuple[Verb, Argument] | Read:
    """The verb and its argument, or else why there is none."""
    wrong: Read | None = None
    if verb is not None:
        try:
            return verb, verb.read(line.words.partition(" ")[2], place)
        except BadArgument as error:
            example = table.example(verb, place, *line.numbers)
            wrong = line.wrong(error.fault, error.values, example=example, verb=verb)
    if table.otherwise is not None:
        try:
            return table.otherwise, table.otherwise.read(line.words, place)
        except BadArgument as error:
            if wrong is None and error.fault is Fault.SEVERAL_COLLEAGUES:
                return line.wrong(error.fault, error.values)
    return wrong or _unknown(line, table, place)


def _unknown(line: _Line, table: Table, place: Place) -> Read:
    fault = Fault.NOBODY if table.otherwise else Fault.UNKNOWN
    word, _, rest = line.words.partition(" ")
    near = _near(word, table)
    if near is None or _wrong_number(line, near, place):
        return line.wrong(fault, verb=near)
    try:
        near.read(rest, place)
    except BadArgument:
        return line.wrong(fault, example=table.example(near, place, *line.numbers), verb=near)
    numbers = " ".join(map(str, line.numbers))
    head = f"{numbers} {near.name}" if near.example.startswith("{") else f"{near.name} {numbers}"
    misread = Misread(line.directive.text, fault, correct=f"{head} {rest}".strip())
    return Read(line.directive, misread=misread, verb=near)


def _near(word: str, table: Table) -> Verb | None:
    return table.by_name.get(nearest(word.rstrip(ENDINGS), table.by_name) or "")


def _wrong_number(line: _Line, verb: Verb, place: Place) -> Read | None:
    """A slip of the finger must not decide on another thing than those of the list."""
    unknown = next((number for number in line.numbers if number not in place.listed), None)
    if unknown is not None:
        return line.wrong(Fault.NOT_LISTED, {"number": str(unknown)}, verb=verb)
    twice = next((number for at, number in enumerate(line.numbers) if number in line.numbers[:at]), None)
    return None if twice is None else line.wrong(Fault.NUMBER_TWICE, {"number": str(twice)}, verb=verb)
