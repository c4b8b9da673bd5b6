"""From directives to commands: which lines are understood, and why the others are not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailgate.commands.arguments import NO_ARGUMENT, Argument, BadArgument, Clock
from mailgate.commands.directives import Directive, nearest
from mailgate.tickets.verbs.table import STAFF_VERBS, Place, StaffVerb, contradict


@dataclass(frozen=True, slots=True)
class Command:
    """A directive that was understood."""

    verb: StaffVerb
    argument: Argument = NO_ARGUMENT
    line: str = field(default="", compare=False)  # as it was written


@dataclass(frozen=True, slots=True)
class Misread:
    """A directive that was not: the line, why, and the command that may have been meant."""

    line: str
    reason: str
    nearest: str | None


def misread(command: Command, reason: str) -> Misread:
    """A line that is well written and cannot be carried out all the same."""
    return Misread(command.line, reason, None)


def read_commands(
    directives: Sequence[Directive], *, on_ticket: bool, clock: Clock
) -> tuple[tuple[Command, ...], tuple[Misread, ...]]:
    """Sort the directives of a staff mail. One that was misread means that none may be carried out."""
    commands: list[Command] = []
    misreads: list[Misread] = []
    for directive in directives:
        read = _read(directive, on_ticket, clock)
        if isinstance(read, Command):
            read = _beside(read, commands)
        if isinstance(read, Misread):
            misreads.append(read)
        else:
            commands.append(read)
    return tuple(commands), tuple(misreads)


def _beside(read: Command, others: Sequence[Command]) -> Command | Misread:
    """The command, unless it cannot stand beside those above it."""
    for other in others:
        if other.verb is read.verb:
            return misread(read, "this command stands here twice")
        if contradict(other.verb, read.verb):
            return misread(read, f"this cannot stand beside !{other.verb.value}")
    return read


def _read(directive: Directive, on_ticket: bool, clock: Clock) -> Command | Misread:
    if directive.verb not in set(StaffVerb):
        closest = nearest(directive.verb, tuple(StaffVerb))
        return Misread(directive.text, "there is no such command", f"!{closest}" if closest else None)
    verb = StaffVerb(directive.verb)
    usage = STAFF_VERBS[verb]
    if usage.place is Place.TICKET and not on_ticket:
        return Misread(directive.text, f"this works {Place.TICKET.value}", None)
    if usage.place is Place.NEW and on_ticket:
        return Misread(directive.text, "this begins a new ticket; write a new mail to the desk's address", None)
    try:
        argument = usage.reader(directive.argument, clock)
    except BadArgument as error:
        return Misread(directive.text, str(error), usage.example)
    return Command(verb, argument, directive.text)
