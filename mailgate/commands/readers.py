"""What stands behind a command or in a field: checked, and turned into what it means."""

import re

from mailgate.commands.misread import BadArgument, Fault
from mailgate.commands.place import Place
from mailgate.commands.typed import as_typed, one_name, straight
from mailgate.commands.verb import NO_ARGUMENT, Argument
from mailgate.commands.wait import read_wait
from mailgate.errors import BadAddress
from mailgate.mail.address import parse_mailbox
from mailgate.people import Staff, staff_called

PRIORITIES = ("urgent", "high", "normal", "low")
MAX_TAGS = 10

_ABSENCE = re.compile(r"(?:until\s+)?(\S+)(?:\s+(\S.*))?\Z", re.IGNORECASE)
_TICKET = re.compile(r"#?([1-9]\d{0,11})\Z", re.ASCII)
_MAIL = re.compile(r"#?(\d{1,15})\Z", re.ASCII)
_TAG = re.compile(r"-?\w[\w-]{0,29}\Z")
_NAME = re.compile(r"[^\s<>()\[\]\"]+\Z")


def nothing(words: str, place: Place) -> Argument:
    """A command that says all by itself."""
    if words:
        raise BadArgument(Fault.NOTHING_BELONGS)
    return NO_ARGUMENT


def no_more(words: str, place: Place) -> Argument:
    """The same in an answer to a list, where nothing else is read."""
    if words:
        raise BadArgument(Fault.NOTHING_MORE)
    return NO_ARGUMENT


def anything(words: str, place: Place) -> Argument:
    """Words, or none: the first of what stands below."""
    return Argument(words)


def some_words(words: str, place: Place) -> Argument:
    """Words to look for."""
    if not words:
        raise BadArgument(Fault.WORDS_BELONG)
    return Argument(words)


def called(words: str, place: Place) -> Argument:
    """What somebody is called."""
    if not words:
        raise BadArgument(Fault.NAME_BELONGS)
    return Argument(words)


def text(words: str, place: Place) -> Argument:
    """Words, as they were typed."""
    return Argument(as_typed(words))


def quoted_text(words: str, place: Place) -> Argument:
    """Words in which quotation marks mean something, such as the value of a TXT record."""
    return Argument(straight(as_typed(words)))


def name(words: str, place: Place) -> Argument:
    """One name without blanks, such as that of a domain or of a plan."""
    found = one_name(words)
    if not _NAME.match(found):
        raise BadArgument(Fault.NAME_BELONGS)
    return Argument(found)


def address(words: str, place: Place) -> Argument:
    """One mail address."""
    found = one_name(words)
    try:
        parse_mailbox(found)
    except BadAddress as error:
        raise BadArgument(Fault.ADDRESS_BELONGS) from error
    return Argument(found)


def colleague(words: str, place: Place) -> Argument:
    """Somebody on the staff: by name, first name or address."""
    if not words:
        raise BadArgument(Fault.COLLEAGUE_BELONGS)
    return Argument(words, person=_somebody(words, place))


def priority(words: str, place: Place) -> Argument:
    """How pressing something is."""
    found = one_name(words).lower()
    if found not in PRIORITIES:
        raise BadArgument(Fault.PRIORITY_BELONGS)
    return Argument(found)


def tags(words: str, place: Place) -> Argument:
    """Words to sort by, in lower case with one blank between them; one that begins with `-` is to be taken away."""
    return Argument(" ".join(read_tags(words)))


def ticket(words: str, place: Place) -> Argument:
    """The number of a ticket."""
    found = _TICKET.match(words)
    if not found:
        raise BadArgument(Fault.TICKET_BELONGS)
    return Argument(number=int(found[1]))


def mail(words: str, place: Place) -> Argument:
    """The number of a mail of ours."""
    found = _MAIL.match(words)
    if not found:
        raise BadArgument(Fault.MAIL_BELONGS)
    return Argument(number=int(found[1]))


def instant(words: str, place: Place) -> Argument:
    """A span or a date in the future."""
    if not words:
        raise BadArgument(Fault.TIME_BELONGS)
    return Argument(until=read_wait(words, now=place.now, zone=place.zone))


def absence(words: str, place: Place) -> Argument:
    """`until DATE`, perhaps with the name of who takes over; or `off`."""
    if words.lower() == "off":
        return NO_ARGUMENT
    found = _ABSENCE.match(words)
    if not found or found[1].lower() == "until":
        raise BadArgument(Fault.ABSENCE_BELONGS)
    until = instant(found[1], place).until
    deputy = " ".join((found[2] or "").split())
    return Argument(deputy, until, person=_somebody(deputy, place) if deputy else None)


def read_tags(words: str) -> tuple[str, ...]:
    """These words one by one, in lower case. Raises BadArgument."""
    found = [one_name(word).lower() for word in words.replace(",", " ").replace("#", " ").split()]
    if not found or len(found) > MAX_TAGS or not all(_TAG.match(word) for word in found):
        raise BadArgument(Fault.TAGS_BELONG)
    return tuple(dict.fromkeys(found))


def _somebody(words: str, place: Place) -> Staff:
    found = staff_called(one_name(words), place.staff) or staff_called(words, place.staff)
    if not found:
        raise BadArgument(Fault.NO_COLLEAGUE, words=words)
    if len(found) > 1:
        people = ", ".join(f"{one.name} <{one.address}>" for one in found)
        raise BadArgument(Fault.SEVERAL_COLLEAGUES, words=words, people=people)
    return found[0]
