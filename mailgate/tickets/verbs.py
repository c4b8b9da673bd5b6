"""What staff may command about tickets: the first lines of a mail that start with `!`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailgate.authority import Action
from mailgate.errors import BadAddress
from mailgate.mail.address import parse_mailbox
from mailgate.mail.directives import Directive, nearest


class StaffVerb(StrEnum):
    """One value for each command."""

    NOTE = "note"
    CLOSE = "close"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is written and what it needs."""

    example: str
    meaning: str
    action: Action
    on_ticket: bool  # answers a ticket's mail; otherwise it begins a new one


STAFF_VERBS: dict[StaffVerb, Usage] = {
    StaffVerb.NOTE: Usage(
        "!note", "keep this mail as a note; the customer does not see it", Action.STAFF_COMMAND, True
    ),
    StaffVerb.CLOSE: Usage("!close", "close the ticket, after your words if there are any", Action.STAFF_COMMAND, True),
    StaffVerb.CUSTOMER: Usage(
        "!customer ann@example.org", "begin a ticket for this customer with your words", Action.STAFF_OPEN, False
    ),
}


@dataclass(frozen=True, slots=True)
class Command:
    """A directive that was understood. `argument` is checked: an address for CUSTOMER, words for NOTE, else ""."""

    verb: StaffVerb
    argument: str


@dataclass(frozen=True, slots=True)
class Misread:
    """A directive that was not: the line, why, and the command that may have been meant."""

    line: str
    reason: str
    nearest: str | None


def read_commands(
    directives: Sequence[Directive], *, on_ticket: bool
) -> tuple[tuple[Command, ...], tuple[Misread, ...]]:
    """Sort the directives of a staff mail. One that was misread means that none may be carried out."""
    commands: list[Command] = []
    misread: list[Misread] = []
    for directive in directives:
        read = _read(directive, on_ticket)
        if isinstance(read, Misread):
            misread.append(read)
        elif any(read.verb is command.verb for command in commands):
            misread.append(Misread(directive.text, "this command stands here twice", None))
        else:
            commands.append(read)
    return tuple(commands), tuple(misread)


def _read(directive: Directive, on_ticket: bool) -> Command | Misread:
    if directive.verb not in set(StaffVerb):
        closest = nearest(directive.verb, tuple(StaffVerb))
        return Misread(directive.text, "there is no such command", f"!{closest}" if closest else None)
    verb = StaffVerb(directive.verb)
    usage = STAFF_VERBS[verb]
    if usage.on_ticket and not on_ticket:
        return Misread(directive.text, "this works in an answer to a ticket's mail", None)
    if on_ticket and not usage.on_ticket:
        return Misread(directive.text, "this begins a new ticket; write a new mail to the desk's address", None)
    if verb is StaffVerb.CLOSE and directive.argument:
        return Misread(directive.text, "nothing may follow on this line; write the words below it", "!close")
    if verb is StaffVerb.CUSTOMER:
        try:
            parse_mailbox(directive.argument)
        except BadAddress:
            return Misread(directive.text, "one customer's mail address must follow", usage.example)
    return Command(verb, directive.argument)
