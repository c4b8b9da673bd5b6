"""What a customer's contact may command by mail: the first lines that start with `!`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailgate.authority import Action
from mailgate.commands.directives import Directive, nearest
from mailgate.errors import BadAddress
from mailgate.mail.address import parse_mailbox
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs import Misread


class CustomerVerb(StrEnum):
    """One value for each command."""

    CLOSE = "close"
    REOPEN = "reopen"
    STATUS = "status"
    STOP = "stop"
    ADD = "add"
    TICKETS = "tickets"
    RESEND = "resend"
    SEARCH = "search"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class CustomerUsage:
    """How a command is written and what it needs."""

    example: str
    meaning: str
    action: Action
    on_ticket: bool = True  # it answers a ticket's mail; the others work in any mail to a desk
    for_owner: bool = False
    needs_argument: bool = False
    while_in: frozenset[State] = frozenset(State)  # where it would change something; elsewhere it does no harm


CUSTOMER_VERBS: dict[CustomerVerb, CustomerUsage] = {
    CustomerVerb.CLOSE: CustomerUsage(
        "!close", "close the ticket", Action.CLOSE_OR_REOPEN, while_in=frozenset(State) - {State.CLOSED}
    ),
    CustomerVerb.REOPEN: CustomerUsage(
        "!reopen", "open the ticket again", Action.CLOSE_OR_REOPEN, while_in=frozenset({State.CLOSED})
    ),
    CustomerVerb.STATUS: CustomerUsage("!status", "see where the ticket stands", Action.SEE_OWN),
    CustomerVerb.STOP: CustomerUsage("!stop", "get no more mails of this ticket", Action.LEAVE),
    # What a person needs who is no contact yet is more: `flows.customer_command` asks for that.
    CustomerVerb.ADD: CustomerUsage(
        "!add bob@example.org",
        "have this person get the ticket's mails, too",
        Action.SHARE,
        for_owner=True,
        needs_argument=True,
    ),
    CustomerVerb.TICKETS: CustomerUsage("!tickets", "see your tickets", Action.SEE_OWN, on_ticket=False),
    CustomerVerb.RESEND: CustomerUsage(
        "!resend 17",
        "get a copy of a mail that we sent you; its number stands on your pages",
        Action.SEE_OWN,
        on_ticket=False,
        needs_argument=True,
    ),
    CustomerVerb.SEARCH: CustomerUsage(
        "!search invoice march",
        "find your tickets and mails, and our help articles, by their words",
        Action.SEE_OWN,
        on_ticket=False,
        needs_argument=True,
    ),
    CustomerVerb.HELP: CustomerUsage("!help", "see what you can command", Action.ACKNOWLEDGE, on_ticket=False),
}

_CONTRARY = frozenset({CustomerVerb.CLOSE, CustomerVerb.REOPEN})

MAX_NUMBER_DIGITS = 15


@dataclass(frozen=True, slots=True)
class CustomerCommand:
    """A directive that was understood. `argument` is checked: an address for ADD, a number for RESEND, words
    for SEARCH, else "".
    """

    verb: CustomerVerb
    argument: str
    line: str  # as it was written


def read_customer_commands(
    directives: Sequence[Directive], *, on_ticket: bool, is_owner: bool
) -> tuple[tuple[CustomerCommand, ...], tuple[Misread, ...]]:
    """Sort the directives of a customer's mail. One that was misread means that none may be carried out."""
    commands: list[CustomerCommand] = []
    misread: list[Misread] = []
    for directive in directives:
        read = _read(directive, on_ticket=on_ticket, is_owner=is_owner)
        if isinstance(read, Misread):
            misread.append(read)
        elif any((read.verb, read.argument) == (command.verb, command.argument) for command in commands):
            misread.append(Misread(directive.text, "this command stands here twice", None))
        elif {read.verb, *(command.verb for command in commands)} >= _CONTRARY:
            misread.append(Misread(directive.text, "it contradicts another command of the same mail", None))
        else:
            commands.append(read)
    return tuple(commands), tuple(misread)


def valid_now(state: State | None, *, is_owner: bool) -> tuple[CustomerUsage, ...]:
    """The commands that would do something: `state` is the ticket's, None where there is no ticket."""
    return tuple(
        usage
        for usage in CUSTOMER_VERBS.values()
        if (not usage.for_owner or is_owner) and (not usage.on_ticket if state is None else state in usage.while_in)
    )


def _read(directive: Directive, *, on_ticket: bool, is_owner: bool) -> CustomerCommand | Misread:
    if directive.verb not in set(CustomerVerb):
        closest = nearest(directive.verb, tuple(CustomerVerb))
        return Misread(directive.text, "there is no such command", f"!{closest}" if closest else None)
    verb = CustomerVerb(directive.verb)
    usage = CUSTOMER_VERBS[verb]
    if usage.on_ticket and not on_ticket:
        return Misread(directive.text, "this works in an answer to a mail of your ticket", None)
    if usage.for_owner and not is_owner:
        return Misread(directive.text, "only the owner of your account can do this", None)
    if directive.argument and not usage.needs_argument:
        return Misread(directive.text, "nothing may follow on this line; write the words below it", usage.example)
    if verb is CustomerVerb.RESEND and not _is_number(directive.argument):
        return Misread(directive.text, "the number of one mail must follow", usage.example)
    if verb is CustomerVerb.SEARCH and not directive.argument:
        return Misread(directive.text, "the words to look for must follow", usage.example)
    if verb is CustomerVerb.ADD:
        try:
            parse_mailbox(directive.argument)
        except BadAddress:
            return Misread(directive.text, "one mail address must follow", usage.example)
    return CustomerCommand(verb, directive.argument, directive.text)


def _is_number(argument: str) -> bool:
    return argument.isascii() and argument.isdigit() and len(argument) <= MAX_NUMBER_DIGITS
