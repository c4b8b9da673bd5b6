"""The lines `name: value` directly below a command: which of them are fields, what they say, and what is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailgate.commands.directives import nearest, unlisted
from mailgate.commands.misread import BadArgument, Fault, Misread
from mailgate.commands.place import Place
from mailgate.commands.typed import as_typed
from mailgate.commands.verb import Argument, Field
from mailgate.mail.words.answered_header import is_of_mail

EMPTIED = "none"
"""The value of a field that is to have none from now on; without a value it is as if it were not given."""

# `see https://…`, `at 10:30` and `Thanks :)` are none.
_FIELD = re.compile(
    r"(?P<name>[^\W\d_][\w\s\u2010\u2011-]{0,38}?)"
    r"(?:\s*[:：](?=\s|\Z)|(?<![\d\s])[:：](?!//)|(?<=\d)[:：](?![\d/]))"
    r"\s*(?P<value>.*)\Z"
)
_MAX_WORDS = 4
_MAX_LINE = 1000  # characters; what is longer is text
_SEPARATOR = re.compile(r"[\s_\u2010\u2011-]+")


@dataclass(slots=True)
class Given:
    """What a block of fields gives, or why it gives nothing; `lines` is how many of it are fields."""

    lines: int = 0
    values: dict[str, Argument | None] = field(default_factory=dict)
    misread: list[Misread] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)  # the lines, those that were misspelt mended


@dataclass(frozen=True, slots=True)
class Line:
    """A line that looks like a field."""

    text: str  # as it was written
    name: str  # as it is compared
    shown: str
    value: str


def field_in(text: str) -> Line | None:
    """The line, if it looks like a field, whatever its name."""
    found = _FIELD.match(as_typed(unlisted(text))) if len(text) <= _MAX_LINE else None
    return Line(text, _key(found["name"]), found["name"].strip(), found["value"].strip()) if found else None


def by_name(fields: Sequence[Field]) -> Mapping[str, Field]:
    """The fields by their names as these are compared: without case, `-` and blanks alike."""
    return {_key(one.name): one for one in fields}


def read_fields(below: Sequence[str], fields: Sequence[Field], place: Place, *, command: str) -> Given:
    """Read the lines below `command` up to the first that is no field."""
    known, given, seen_names = by_name(fields), Given(), set[str]()
    for text in below:
        line = field_in(text)
        if line is None or (line.name not in known and _is_other(line, text)):
            break
        given.lines += 1
        one = known.get(line.name)
        if one is None:
            given.misread.append(_unknown(line, known, command))
            given.corrected.append(given.misread[-1].correct or "")
        elif line.name in seen_names:
            given.misread.append(Misread(text, Fault.FIELD_TWICE))
        else:
            _take(one, line, given, place)
            given.corrected.append(text)
        seen_names.add(line.name)
    return given


def _take(one: Field, line: Line, given: Given, place: Place) -> None:
    if line.value.casefold() == EMPTIED:
        given.values[one.name] = None
    elif line.value:
        try:
            given.values[one.name] = one.read(line.value, place)
        except BadArgument as error:
            example = f"{one.name}: {one.example}"
            given.misread.append(Misread(line.text, error.fault, error.values, example=example))


def _unknown(line: Line, known: Mapping[str, Field], command: str) -> Misread:
    near = nearest(line.name, known)
    names = ", ".join(one.name for one in known.values())
    correct = f"{known[near].name}: {line.value}" if near else None
    return Misread(line.text, Fault.NO_SUCH_FIELD, {"command": command, "names": names}, correct=correct)


def _is_other(line: Line, text: str) -> bool:
    """A sentence, or the header of an older mail that was quoted without marks."""
    return len(line.shown.split()) > _MAX_WORDS or is_of_mail(text)


def _key(name: str) -> str:
    return _SEPARATOR.sub(" ", name).strip().casefold()
