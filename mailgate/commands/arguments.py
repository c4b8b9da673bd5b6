"""What stands behind a command on its line: checked, and turned into what it means."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailgate.commands.wait import BadWait, read_wait
from mailgate.errors import BadAddress, Permanent
from mailgate.mail.address import parse_mailbox

_AWAY = re.compile(r"(?:until\s+)?(\S+)(?:\s+(\S.*))?\Z", re.IGNORECASE)
_NUMBER = re.compile(r"#?([1-9]\d{0,11})\Z")


class BadArgument(Permanent):
    """The words behind a command are not what it takes; says what would be."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant at which a mail is read, and the zone in which its dates are meant."""

    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Argument:
    """What a command was given; the rest keeps its default."""

    words: str = ""  # a note, an address, or somebody's name
    until: datetime | None = None
    number: int | None = None  # of a ticket


NO_ARGUMENT = Argument()

Reader = Callable[[str, Clock], Argument]
"""Makes the rest of a line an Argument. Raises BadArgument."""


def nothing(words: str, clock: Clock) -> Argument:
    """A command that says all by itself."""
    if words:
        raise BadArgument("nothing may follow on this line; write the words below it")
    return NO_ARGUMENT


def anything(words: str, clock: Clock) -> Argument:
    """The first words of what stands below."""
    return Argument(words)


def address(words: str, clock: Clock) -> Argument:
    """One mail address."""
    try:
        parse_mailbox(words)
    except BadAddress as error:
        raise BadArgument("one customer's mail address must follow") from error
    return Argument(words)


def somebody(words: str, clock: Clock) -> Argument:
    """The name, first name or address of somebody on the staff."""
    if not words:
        raise BadArgument("the name or the address of a colleague must follow")
    return Argument(words)


def ticket(words: str, clock: Clock) -> Argument:
    """The number of a ticket."""
    found = _NUMBER.match(words)
    if not found:
        raise BadArgument("the number of one ticket must follow")
    return Argument(number=int(found[1]))


def instant(words: str, clock: Clock) -> Argument:
    """A span or a date in the future."""
    try:
        return Argument(until=read_wait(words, now=clock.now, zone=clock.zone))
    except BadWait as error:
        raise BadArgument(str(error)) from error


def absence(words: str, clock: Clock) -> Argument:
    """`until DATE`, perhaps with the name of who takes over; or `off`."""
    if words.lower() == "off":
        return NO_ARGUMENT
    found = _AWAY.match(words)
    if not found:
        raise BadArgument("write until and a date, or off")
    until = instant(found[1], clock).until
    return Argument(" ".join((found[2] or "").split()), until)
