"""The commands: how each is written, what it means, where it works and what it takes. A command is a line here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from mailgate.authority import Action
from mailgate.commands import arguments
from mailgate.commands.arguments import Reader


class StaffVerb(StrEnum):
    """One value for each command."""

    NOTE = "note"
    CLOSE = "close"
    WAIT = "wait"
    ASSIGN = "assign"
    TAKE = "take"
    MERGE = "merge"
    SPAM = "spam"
    UNDO = "undo"
    SEND = "send"
    CUSTOMER = "customer"
    AWAY = "away"
    QUEUE = "queue"
    HELP = "help"


class Place(StrEnum):
    """Where a command works."""

    TICKET = "in an answer to a ticket's mail"
    NEW = "in a new mail to a desk"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is written and what it needs."""

    example: str
    meaning: str
    action: Action
    place: Place
    reader: Reader = arguments.nothing


_COMMAND, _TICKET = Action.STAFF_COMMAND, Place.TICKET

STAFF_VERBS: Mapping[StaffVerb, Usage] = MappingProxyType(
    {
        StaffVerb.NOTE: Usage(
            "!note", "keep this mail as a note; the customer does not see it", _COMMAND, _TICKET, arguments.anything
        ),
        StaffVerb.CLOSE: Usage("!close", "close the ticket, after your words if there are any", _COMMAND, _TICKET),
        StaffVerb.WAIT: Usage(
            "!wait 3d", "let it rest for 3 days, 12h, or until a date", _COMMAND, _TICKET, arguments.instant
        ),
        StaffVerb.ASSIGN: Usage("!assign anna", "give it to a colleague", _COMMAND, _TICKET, arguments.somebody),
        StaffVerb.TAKE: Usage("!take", "give it to yourself", _COMMAND, _TICKET),
        StaffVerb.MERGE: Usage("!merge 812", "make it part of another ticket", _COMMAND, _TICKET, arguments.ticket),
        StaffVerb.SPAM: Usage(
            "!spam", "hold its mails as spam, teach the filter, close it; the customer hears nothing", _COMMAND, _TICKET
        ),
        StaffVerb.UNDO: Usage("!undo", "take back your last answer before it leaves", _COMMAND, _TICKET),
        StaffVerb.SEND: Usage(
            "!send", "send your answer that is held because a colleague was quicker", _COMMAND, _TICKET
        ),
        StaffVerb.CUSTOMER: Usage(
            "!customer ann@example.org",
            "begin a ticket for this customer with your words",
            Action.STAFF_OPEN,
            Place.NEW,
            arguments.address,
        ),
        StaffVerb.AWAY: Usage(
            "!away until 2026-12-24",
            "hand your tickets over until then, to whom you name behind the date or to all; !away off: you are back",
            Action.STAFF_ABSENCE,
            Place.ANYWHERE,
            arguments.absence,
        ),
        StaffVerb.QUEUE: Usage(
            "!queue", "send me the open tickets, to be worked by an answer", Action.STAFF_LOOK, Place.ANYWHERE
        ),
        StaffVerb.HELP: Usage("!help", "send me what works here and now", Action.ACKNOWLEDGE, Place.ANYWHERE),
    }
)

ALONE = frozenset({StaffVerb.SPAM, StaffVerb.UNDO, StaffVerb.SEND, StaffVerb.AWAY, StaffVerb.QUEUE, StaffVerb.HELP})
"""Commands beside which no other can stand."""

SHOWN = (
    StaffVerb.NOTE,
    StaffVerb.CLOSE,
    StaffVerb.WAIT,
    StaffVerb.ASSIGN,
    StaffVerb.TAKE,
    StaffVerb.SPAM,
    StaffVerb.UNDO,
)
"""What each notification names; the rest is in the answer to `!help`."""

PREFILLED = {StaffVerb.ASSIGN: "!assign "}
"""What a prepared mail begins with, where the example would name somebody."""

CONTRADICTIONS = frozenset(
    frozenset(pair)
    for pair in (
        (StaffVerb.CLOSE, StaffVerb.WAIT),
        (StaffVerb.CLOSE, StaffVerb.MERGE),
        (StaffVerb.WAIT, StaffVerb.MERGE),
        (StaffVerb.TAKE, StaffVerb.ASSIGN),
    )
)
"""Commands that cannot both be meant."""


def contradict(one: StaffVerb, other: StaffVerb) -> bool:
    """The two cannot stand in the same mail."""
    return bool(ALONE & {one, other}) or frozenset((one, other)) in CONTRADICTIONS


def usable(*, on_ticket: bool) -> tuple[Usage, ...]:
    """The commands that work in an answer to a ticket's mail, or else in a new mail."""
    here = Place.TICKET if on_ticket else Place.NEW
    return tuple(usage for usage in STAFF_VERBS.values() if usage.place in (here, Place.ANYWHERE))
