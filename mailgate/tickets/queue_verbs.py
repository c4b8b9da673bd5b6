"""What staff may say of the open tickets, in an answer to the mail that lists them: a place in it, then a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailgate.commands.arguments import BadArgument, Clock, instant
from mailgate.commands.directives import Directive, nearest
from mailgate.people import Staff, staff_called
from mailgate.tickets.verbs import Misread


class QueueVerb(StrEnum):
    """One value for each thing that can be done."""

    MINE = "mine"
    CLOSE = "close"
    WAIT = "wait"
    GIVE = "give"  # written as the name alone


@dataclass(frozen=True, slots=True)
class QueueUsage:
    """How a line is written, and what it does."""

    example: str
    meaning: str


QUEUE_VERBS: dict[QueueVerb, QueueUsage] = {
    QueueVerb.MINE: QueueUsage("1 mine", "take the first of the list"),
    QueueVerb.CLOSE: QueueUsage("2 close", "close the second, and tell its customer"),
    QueueVerb.WAIT: QueueUsage("3 wait 3d", "let it rest for 3 days, 12h, or until a date"),
    QueueVerb.GIVE: QueueUsage("4 anna", "give it to a colleague"),
}


@dataclass(frozen=True, slots=True)
class QueueCommand:
    """A line that was understood, about one ticket."""

    verb: QueueVerb
    ticket_id: int
    until: datetime | None = None  # of WAIT
    to: Staff | None = None  # of GIVE


def read_queue_commands(
    directives: Sequence[Directive], listed: Sequence[int], *, staff: Sequence[Staff], clock: Clock
) -> tuple[tuple[QueueCommand, ...], tuple[Misread, ...]]:
    """Sort the lines of an answer. One that was misread means that none may be carried out.

    `listed` are the numbers of the tickets in the order of the list: the first line of it is 1.
    """
    commands: list[QueueCommand] = []
    misread: list[Misread] = []
    for directive in directives:
        read = _read(directive, listed, staff, clock)
        if isinstance(read, Misread):
            misread.append(read)
        elif read.ticket_id in {command.ticket_id for command in commands}:
            misread.append(Misread(directive.text, f"number {directive.verb} stands here twice", None))
        else:
            commands.append(read)
    return tuple(commands), tuple(misread)


def _read(directive: Directive, listed: Sequence[int], staff: Sequence[Staff], clock: Clock) -> QueueCommand | Misread:
    place = directive.verb.removeprefix("#").rstrip(".:)")
    if not (place.isascii() and place.isdigit() and len(place) < 5):
        return Misread(directive.text, "a number of the list must stand first", QUEUE_VERBS[QueueVerb.MINE].example)
    if not 1 <= int(place) <= len(listed):
        return Misread(directive.text, f"the list that you answer has no number {int(place)}", None)
    number = listed[int(place) - 1]
    word, _, rest = directive.argument.partition(" ")
    match word.lower():
        case QueueVerb.MINE | QueueVerb.CLOSE as verb if not rest:
            return QueueCommand(QueueVerb(verb), number)
        case QueueVerb.WAIT:
            try:
                return QueueCommand(QueueVerb.WAIT, number, until=instant(rest, clock).until)
            except BadArgument as error:
                return Misread(directive.text, str(error), QUEUE_VERBS[QueueVerb.WAIT].example)
    called = staff_called(directive.argument, staff)
    if len(called) == 1:
        return QueueCommand(QueueVerb.GIVE, number, to=called[0])
    if called:
        names = ", ".join(f"{one.name} <{one.address}>" for one in called)
        return Misread(directive.text, f"several are called so: {names}; write the address", None)
    closest = nearest(word, [QueueVerb.MINE, QueueVerb.CLOSE, QueueVerb.WAIT])
    example = QUEUE_VERBS[QueueVerb(closest)].example if closest else None
    return Misread(directive.text, "this is neither a word that is known here nor the name of a colleague", example)
