"""What staff may command about tickets: the first lines of a mail that start with `!`."""

from collections.abc import Mapping
from types import MappingProxyType

from mailgate.authority import Action
from mailgate.commands import readers
from mailgate.commands.place import Where
from mailgate.commands.verb import Table, Verb

_COMMAND, _TICKET = Action.STAFF_COMMAND, Where.TICKET

NOTE = Verb(
    "note",
    "!note",
    "keep this mail as a note; the customer does not see it",
    _COMMAND,
    readers.anything,
    where=_TICKET,
)
CLOSE = Verb(
    "close",
    "!close",
    "close the ticket, after your words if there are any",
    _COMMAND,
    readers.nothing,
    where=_TICKET,
    contraries=frozenset({"wait", "merge"}),
)
WAIT = Verb(
    "wait",
    "!wait 3d",
    "let it rest for 3 days, 12h, or until a date",
    _COMMAND,
    readers.instant,
    where=_TICKET,
    contraries=frozenset({"merge"}),
)
ASSIGN = Verb("assign", "!assign {colleague}", "give it to a colleague", _COMMAND, readers.colleague, where=_TICKET)
TAKE = Verb(
    "take",
    "!take",
    "give it to yourself",
    _COMMAND,
    readers.nothing,
    where=_TICKET,
    contraries=frozenset({"assign"}),
)
MERGE = Verb("merge", "!merge 812", "make it part of another ticket", _COMMAND, readers.ticket, where=_TICKET)
SPAM = Verb(
    "spam",
    "!spam",
    "hold its mails as spam, teach the filter, close it; the customer hears nothing",
    _COMMAND,
    readers.nothing,
    where=_TICKET,
    alone=True,
)
UNDO = Verb(
    "undo",
    "!undo",
    "take back your last answer before it leaves",
    _COMMAND,
    readers.nothing,
    where=_TICKET,
    alone=True,
)
SEND = Verb(
    "send",
    "!send",
    "send your answer that is held because a colleague was quicker",
    _COMMAND,
    readers.nothing,
    where=_TICKET,
    alone=True,
)
CUSTOMER = Verb(
    "customer",
    "!customer ann@example.org",
    "begin a ticket for this customer with your words",
    Action.STAFF_OPEN,
    readers.address,
    where=Where.NEW,
)
AWAY = Verb(
    "away",
    "!away until {day}",
    "hand your tickets over until then, to whom you name behind the date or to all; !away off: you are back",
    Action.STAFF_ABSENCE,
    readers.absence,
    alone=True,
)
QUEUE = Verb(
    "queue",
    "!queue",
    "send me the open tickets, to be worked by an answer",
    Action.STAFF_LOOK,
    readers.nothing,
    alone=True,
)
HELP = Verb("help", "!help", "send me what works here and now", Action.ACKNOWLEDGE, readers.nothing, alone=True)

STAFF = Table((NOTE, CLOSE, WAIT, ASSIGN, TAKE, MERGE, SPAM, UNDO, SEND, CUSTOMER, AWAY, QUEUE, HELP))

SHOWN = (NOTE, CLOSE, WAIT, ASSIGN, TAKE, SPAM, UNDO)
"""What each notification names; the rest is in the answer to `!help`."""

PREFILLED: Mapping[Verb, str] = MappingProxyType({ASSIGN: "!assign "})
"""What a prepared mail begins with, where the example names somebody."""
