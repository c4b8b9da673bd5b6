"""The one grammar: from the lines at the top of a mail and a table of verbs to commands, or to what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from mailgate.commands.astray import hidden, stated
from mailgate.commands.directives import MARK, MAX_DIRECTIVES, Directive, Directives, command_in, directive, nearest
from mailgate.commands.fields import Given, by_name, field_in, read_fields
from mailgate.commands.misread import BadArgument, Fault, Misread
from mailgate.commands.numbered import read_numbered
from mailgate.commands.place import Place, Where
from mailgate.commands.verb import ENDINGS, Command, Read, Table, Verb

_DROPPED = (Fault.TWICE, Fault.FIELD_TWICE)
"""What is mended by leaving the line out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail commands. Where something was misread, nothing of it may be carried out.

    `corrected` are all its lines as they were most likely meant, where that is plain for each of them; else none.
    """

    commands: tuple[Command, ...] = ()
    misread: tuple[Misread, ...] = ()
    words: str = ""  # that are left for a reader
    corrected: tuple[str, ...] = ()


def may_command(directives: Directives) -> bool:
    """Some line has a mark: nearly all mail has none, and needs not be read further."""
    return bool(directives.directives) or next(stated(directives.whole, directives), None) is not None


def read(directives: Directives, table: Table, place: Place) -> Reading:
    """Sort the lines of a mail. A first line with a mark that is plainly no command makes the whole mail words.

    What stands astray among the words is read as well, where no command at the top was misread.
    """
    reading, found = _at_the_top(directives, table, place)
    if table.numbered or directives.excess:
        return reading
    if table.guards:
        is_open = not any(command.verb.is_private for command in reading.commands)
        lines = hidden(reading.words, directives, table, is_open=is_open)
        astray = tuple(Misread(line, Fault.ASTRAY) for line in lines)
        return replace(reading, misread=reading.misread + astray, corrected=() if astray else reading.corrected)
    return reading if reading.misread else _with_stated(reading, found, directives, table, place)


def _at_the_top(directives: Directives, table: Table, place: Place) -> tuple[Reading, list[Read]]:
    lines = directives.directives
    if not lines:
        alone = _fields_alone(directives.below, table) if table.has_fields else None
        return Reading(misread=(alone,) if alone else (), words=directives.whole), []
    if not table.numbered and _is_plainly_words(lines[0].verb, table):
        return Reading(words=directives.whole), []
    if directives.excess:
        count = {"most": str(MAX_DIRECTIVES), "count": str(len(lines) + directives.excess)}
        return Reading(misread=(Misread(directives.first_excess, Fault.TOO_MANY, count),), words=directives.words), []
    found = _read_all(lines, table, place)
    given, wrong = _given(found, directives.below, place)
    commands = [command for one in found for command in one.commands]
    if given.values and found[-1].commands:
        commands[-1] = replace(commands[-1], fields=given.values)
    misread = (*(one.misread for one in found if one.misread), *wrong)
    corrected = _corrected(found, given, wrong, table, place) if misread else ()
    return Reading(tuple(commands), misread, directives.words_below(given.lines), corrected), found


def _with_stated(
    reading: Reading, found: Sequence[Read], directives: Directives, table: Table, place: Place
) -> Reading:
    """With the commands among the words: harmless ones are carried out, of others it is said why not.

    A line that has a command's name and cannot be understood is words, which a person reads.
    """
    commands, others, wrong = list(reading.commands), list(found), list[Misread]()
    for line in stated(reading.words, directives):
        verb = table.named(line.verb)
        if verb is None or not _is_readable(line, verb, place):
            continue
        one = _read(line, table, place)
        fault = one.misread or (None if verb.is_harmless else Misread(line.text, Fault.ASTRAY))
        fault = fault or _beside(one, others, place, numbered=False)
        if fault is None:
            commands += one.commands
            others.append(one)
        elif fault.fault is not Fault.TWICE:  # said at the top and once more below does no harm
            wrong.append(fault)
    return replace(reading, commands=tuple(commands), misread=tuple(wrong))


def _read_all(lines: Sequence[Directive], table: Table, place: Place) -> list[Read]:
    found: list[Read] = []
    for line in lines:
        one = read_numbered(line, table, place) if table.numbered else _read(line, table, place)
        wrong = _beside(one, found, place, numbered=table.numbered)
        found.append(replace(one, commands=(), misread=wrong) if wrong else one)
    return found


def _read(line: Directive, table: Table, place: Place) -> Read:
    line = table.whole(line)
    verb = table.named(line.verb)
    if verb is None:
        return _unknown(line, table, place)
    misread = _misplaced(line, verb, place)
    if misread is None:
        try:
            return Read(line, (Command(verb, verb.read(line.argument, place), line=line.text),), verb=verb)
        except BadArgument as error:
            misread = Misread(line.text, error.fault, error.values, example=table.example(verb, place))
    return Read(line, misread=misread, verb=verb)


def _is_readable(line: Directive, verb: Verb, place: Place) -> bool:
    try:
        verb.read(line.argument, place)
    except BadArgument:
        return False
    return True


def _unknown(line: Directive, table: Table, place: Place) -> Read:
    works = [verb.name for verb in table.verbs if verb.works_in(place)]
    near = table.by_name.get(nearest(line.verb.rstrip(ENDINGS), works) or "")
    if near is None:
        return Read(line, misread=Misread(line.text, Fault.UNKNOWN))
    try:
        near.read(line.argument, place)
    except BadArgument:
        misread = Misread(line.text, Fault.UNKNOWN, example=table.example(near, place))
    else:
        misread = Misread(line.text, Fault.UNKNOWN, correct=f"{MARK}{near.name} {line.argument}".strip())
    return Read(line, misread=misread, verb=near)


def _misplaced(line: Directive, verb: Verb, place: Place) -> Misread | None:
    if verb.where not in (Where.ANYWHERE, place.where):
        return Misread(line.text, Fault.TICKET_ONLY if verb.where is Where.TICKET else Fault.NEW_ONLY)
    if not verb.allows(place):
        roles = ", ".join(sorted(role.value for role in verb.roles or ()))
        return Misread(line.text, Fault.ROLE, {"roles": roles}) if roles else Misread(line.text, Fault.OWNER_ONLY)
    return None


def _beside(read: Read, others: Sequence[Read], place: Place, *, numbered: bool) -> Misread | None:
    """Why the line cannot stand with those above it."""
    text = read.line.text
    for command in read.commands:
        for other in (one for line in others for one in line.commands):
            if numbered and command.argument.number == other.argument.number:
                written = next(number for number, item in place.listed.items() if item == other.argument.number)
                return Misread(text, Fault.NUMBER_TWICE, {"number": str(written)})
            if numbered:
                continue
            if command.verb is other.verb:
                if not command.verb.repeats or command.argument == other.argument:
                    return Misread(text, Fault.TWICE)
            elif command.verb.contradicts(other.verb):
                return Misread(text, Fault.CONTRARY, {"other": f"{MARK}{other.verb.name}"})
    return None


def _given(found: Sequence[Read], below: Sequence[str], place: Place) -> tuple[Given, list[Misread]]:
    """The fields below the last command, and what is wrong with them and with how they stand there."""
    takers = [one.verb for one in found if one.verb and one.verb.fields]
    if not takers:
        return Given(), []
    owner = takers[-1]
    command = f"{MARK}{owner.name}"
    given = read_fields(tuple(takewhile(bool, below)), owner.fields, place, command=command)
    following = next(filter(None, below[given.lines :]), "")
    if not given.lines:
        line = field_in(following) if below[:1] == ("",) else None
        is_apart = line is not None and line.name in by_name(owner.fields)
        return given, [Misread(following, Fault.FIELD_ALONE, {"command": command})] if is_apart else []
    wrong = list(given.misread)
    if len(takers) > 1:
        wrong = [Misread(below[0], Fault.FIELD_OF_TWO, {"command": f"{MARK}{takers[-2].name}", "other": command})]
    elif found[-1].verb is not owner:
        wrong = [Misread(below[0], Fault.FIELD_ALONE, {"command": command})]
    said = command_in(following)
    if said is not None and said[:1].isalpha():
        wrong.append(Misread(following, Fault.COMMAND_BELOW))
    return given, wrong


def _corrected(
    found: Sequence[Read], given: Given, wrong: Sequence[Misread], table: Table, place: Place
) -> tuple[str, ...]:
    misread = [*(one.misread for one in found if one.misread), *wrong]
    if any(one.correct is None and one.fault not in _DROPPED for one in misread):
        return ()
    mark = "" if table.numbered else MARK
    lines = dict.fromkeys(
        (one.misread.correct or "") if one.misread else f"{mark}{one.line.verb} {one.line.argument}".strip()
        for one in found
    )
    again = [directive(0, line.removeprefix(MARK), line) for line in lines if line]
    if any(one.misread for one in _read_all(again, table, place)):
        return ()
    return (*(line.text for line in again), *given.corrected)


def _is_plainly_words(word: str, table: Table) -> bool:
    """`!Hola!`, `!!! URGENT`, a picture in Markdown: but not what is nearly a command, nor a mark that stands alone."""
    if not word or not word[0].isalpha():
        return bool(word)
    bare = word.rstrip(ENDINGS)
    is_one_word = bare.replace("-", "").replace("_", "").isalnum() and word[len(bare) :] in ("", *".,:;")
    return not is_one_word and nearest(bare, table.by_name) is None


def _fields_alone(below: Sequence[str], table: Table) -> Misread | None:
    """What a mail that has nothing but fields, or has them above its commands, is answered with."""
    owners: list[str] = []
    for text in takewhile(bool, below):
        if command_in(text) is not None and owners:
            continue
        line = field_in(text)
        verbs = [f"{MARK}{verb.name}" for verb in table.verbs if line and line.name in by_name(verb.fields)]
        if not verbs:
            return None
        owners = owners or verbs
    return Misread(below[0], Fault.FIELD_ALONE, {"command": ", ".join(owners)}) if owners else None
