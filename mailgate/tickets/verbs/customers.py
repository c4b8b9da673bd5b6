"""What a customer's contact may command by mail: the first lines that start with `!`, and harmless ones anywhere."""

from collections.abc import Mapping
from types import MappingProxyType

from mailgate.authority import Action
from mailgate.commands import readers
from mailgate.commands.place import Place, Where
from mailgate.commands.verb import Table, Verb
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs import money

_TICKET = Where.TICKET

CLOSE = Verb(
    "close",
    "!close",
    Action.CLOSE_OR_REOPEN,
    readers.nothing,
    where=_TICKET,
    contraries=frozenset({"reopen"}),
    is_harmless=True,
)
REOPEN = Verb("reopen", "!reopen", Action.CLOSE_OR_REOPEN, readers.nothing, where=_TICKET, is_harmless=True)
STATUS = Verb("status", "!status", Action.SEE_OWN, readers.nothing, where=_TICKET, is_harmless=True)
STOP = Verb("stop", "!stop", Action.LEAVE, readers.nothing, where=_TICKET)
# What a person needs who is no contact yet is more: `flows.client.carry_out` asks for that.
ADD = Verb(
    "add",
    "!add bob@example.org",
    Action.SHARE,
    readers.address,
    where=_TICKET,
    roles=frozenset(),  # for the owner alone
    repeats=True,
)
TICKETS = Verb("tickets", "!tickets", Action.SEE_OWN, readers.nothing, is_harmless=True)
RESEND = Verb("resend", "!resend 17", Action.SEE_OWN, readers.mail, repeats=True, is_harmless=True)
SEARCH = Verb("search", "!search invoice march", Action.SEE_OWN, readers.some_words, repeats=True, is_harmless=True)
HELP = Verb("help", "!help", Action.ACKNOWLEDGE, readers.nothing, is_harmless=True)

CUSTOMERS = Table((CLOSE, REOPEN, STATUS, STOP, ADD, TICKETS, RESEND, SEARCH, *money.MONEY, HELP))

CHANGES: Mapping[Verb, frozenset[State]] = MappingProxyType(
    {CLOSE: frozenset(State) - {State.CLOSED}, REOPEN: frozenset({State.CLOSED})}
)
"""In which states these change something; elsewhere they do no harm."""


def valid_now(place: Place, state: State | None, means: money.Means) -> list[Mapping[str, str]]:
    """The commands that would do something there, as templates name them; `state` is the ticket's, if there is one."""
    idle = money.idle(means)
    return [
        CUSTOMERS.used(verb, place)
        for verb in CUSTOMERS.verbs
        if verb.works_in(place) and (state is None or state in CHANGES.get(verb, State)) and verb not in idle
    ]
