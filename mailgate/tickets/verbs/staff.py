"""What staff may command about tickets: the first lines of a mail that start with `!`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailgate.authority import Action
from mailgate.commands import about_money, readers
from mailgate.commands.place import Where
from mailgate.commands.verb import Table, Verb
from mailgate.tickets import account_edit
from mailgate.tickets.ticket import State, Ticket

_COMMAND, _TICKET = Action.STAFF_COMMAND, Where.TICKET

NOTE = Verb("note", "!note", _COMMAND, readers.anything, where=_TICKET, is_private=True)
REPLY = Verb(
    "reply", "!reply ssl-renewal", _COMMAND, readers.name, where=_TICKET, contraries=frozenset({"note", "merge"})
)
CLOSE = Verb("close", "!close", _COMMAND, readers.nothing, where=_TICKET, contraries=frozenset({"wait", "merge"}))
WAIT = Verb("wait", "!wait 3d", _COMMAND, readers.instant, where=_TICKET, contraries=frozenset({"merge"}))
ASSIGN = Verb("assign", "!assign {colleague}", _COMMAND, readers.colleague, where=_TICKET)
TAKE = Verb("take", "!take", _COMMAND, readers.nothing, where=_TICKET, contraries=frozenset({"assign"}))
MERGE = Verb("merge", "!merge 812", _COMMAND, readers.ticket, where=_TICKET)
ADD = Verb("add", "!add carl@example.org", _COMMAND, readers.address, repeats=True, aliases=("cc",))
REMOVE = Verb("remove", "!remove carl@example.org", _COMMAND, readers.address, where=_TICKET, repeats=True)
REOPEN = Verb("reopen", "!reopen", _COMMAND, readers.nothing, where=_TICKET, contraries=frozenset({"close", "merge"}))
SPLIT = Verb("split", "!split Second question", _COMMAND, readers.anything, where=_TICKET, alone=True)
PRIORITY = Verb("priority", "!priority urgent", _COMMAND, readers.priority, where=_TICKET)
TAG = Verb("tag", "!tag server7 -dns", _COMMAND, readers.tags, where=_TICKET)
CREDIT = Verb(
    "credit", "!credit 10.00 server was down", Action.STAFF_MONEY, readers.anything, where=_TICKET, alone=True
)
REFUND = Verb("refund", "!refund 2027-0031 10.00", Action.STAFF_MONEY, readers.some_words, alone=True)
CHARGE = Verb("charge", "!charge 2027-0031", Action.STAFF_MONEY, about_money.invoice, alone=True)
WAIVE = Verb("waive", "!waive 2027-0031", Action.STAFF_MONEY, about_money.invoice, alone=True)
EXTEND = Verb("extend", "!extend 7d", _COMMAND, about_money.invoice_and_time)
FOLLOW = Verb("follow", "!follow", _COMMAND, readers.nothing, where=_TICKET, alone=True)
MUTE = Verb("mute", "!mute", _COMMAND, readers.nothing, where=_TICKET, alone=True)
SPAM = Verb("spam", "!spam", _COMMAND, readers.nothing, where=_TICKET, alone=True)
UNDO = Verb("undo", "!undo", _COMMAND, readers.nothing, where=_TICKET, alone=True)
SEND = Verb("send", "!send", _COMMAND, readers.nothing, where=_TICKET, alone=True)
CUSTOMER = Verb("customer", "!customer ann@example.org", Action.STAFF_OPEN, readers.address, where=Where.NEW)
CUSTOMER_EDIT = Verb(
    "customer edit",
    "!customer edit ann@example.org",
    Action.STAFF_PEOPLE,
    readers.anything,
    alone=True,
    fields=account_edit.FIELDS,
)
CUSTOMER_NOTE = Verb(
    "customer note", "!customer note ann@example.org", _COMMAND, readers.anything, alone=True, is_private=True
)
ANNOUNCE = Verb("announce", "!announce everybody", Action.STAFF_OPEN, readers.name, where=Where.NEW, alone=True)
AWAY = Verb("away", "!away until {day}", Action.STAFF_ABSENCE, readers.absence, alone=True)
QUEUE = Verb("queue", "!queue", Action.STAFF_LOOK, readers.nothing, alone=True)
HELP = Verb("help", "!help", Action.ACKNOWLEDGE, readers.nothing, alone=True)

STAFF = Table(
    (
        NOTE,
        REPLY,
        CLOSE,
        WAIT,
        ASSIGN,
        TAKE,
        ADD,
        REMOVE,
        REOPEN,
        MERGE,
        SPLIT,
        PRIORITY,
        TAG,
        EXTEND,
        CREDIT,
        REFUND,
        CHARGE,
        WAIVE,
        FOLLOW,
        MUTE,
        SPAM,
        UNDO,
        SEND,
        CUSTOMER,
        CUSTOMER_EDIT,
        CUSTOMER_NOTE,
        ANNOUNCE,
        AWAY,
        QUEUE,
        HELP,
    ),
    guards=True,
)

SHOWN = (NOTE, CLOSE, WAIT, ASSIGN, TAKE, SPAM, UNDO)
"""What each notification names; the rest is in the answer to `!help`."""

PREFILLED: Mapping[Verb, str] = MappingProxyType({ASSIGN: "!assign ", ADD: "!add ", TAG: "!tag ", MERGE: "!merge "})
"""What a prepared mail begins with, where the example names what only its writer knows."""

CHANGES: Mapping[Verb, frozenset[State]] = MappingProxyType(
    {CLOSE: frozenset(State) - {State.CLOSED}, REOPEN: frozenset(State) - {State.OPEN}}
)
"""In which states these change something; elsewhere they do no harm."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a ticket stands, and how one of the staff stands to it."""

    state: State
    is_theirs: bool = False  # it was given to them
    follows: bool = False
    mutes: bool = False


def standing_of(ticket: Ticket, staff_id: int) -> Standing:
    """That of this staff member."""
    return Standing(
        ticket.state, ticket.assignee_id == staff_id, staff_id in ticket.followers, staff_id in ticket.muted_by
    )


def idle(standing: Standing) -> frozenset[Verb]:
    """The commands that would change nothing."""
    nothing = {
        TAKE: standing.is_theirs,
        FOLLOW: standing.follows,
        MUTE: standing.is_theirs or standing.mutes,
        **{verb: standing.state not in states for verb, states in CHANGES.items()},
    }
    return frozenset(verb for verb, is_idle in nothing.items() if is_idle)
