"""What the header of a mail says about its words: whether they answer a mail, or send one on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from mailgate.mail.message import Author
from mailgate.mail.words.reply_words import FORWARDS

_PREFIX = re.compile(r"\s*([^\s:：\[(]{1,6})\s?(?:\[\d+\]|\(\d+\)|\^\d+)?\s?[:：]\s*(?!\d)")
_MAX_PREFIXES = 20
_MAX_SUBJECT = 1_000  # characters
_BOTH = frozenset({"vs"})  # a forward in Norwegian and Danish, an answer in Finnish


class Answers(Enum):
    """Whether a mail answers another."""

    YES = auto()  # it names the mail that it answers, or says `Re:`, or has no subject that could tell
    OURS = auto()  # a mail of ours, whose text is known: only what is tied to that mail is history
    PERHAPS = auto()  # by a prefix that is not known
    NO = auto()
    FORWARDS = auto()  # it sends one on: what looks like history is what the sender wants read


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a mail besides its text."""

    answers: Answers = Answers.YES
    subject: str = ""  # without prefixes, casefolded; "" when there is none
    author: str = ""  # its address
    name: str = ""  # of its author, lower case
    readers: tuple[str, ...] = ()  # addresses of To and Cc


def head_of(subject: str, answered: Iterable[str], author: Author | None, readers: Iterable[Author]) -> Head:
    """The head of a mail with this subject, which names these ids as answered, from and to these people."""
    bare, prefixes = _bare(subject)
    named = any(answered)
    outermost = prefixes[0] if prefixes else ""
    if outermost in FORWARDS and not (named and outermost in _BOTH):
        answers = Answers.FORWARDS
    elif named or outermost == "re" or not (bare or prefixes):
        answers = Answers.YES
    else:
        answers = Answers.PERHAPS if prefixes else Answers.NO
    address, name = (author.address, author.name) if author else ("", "")
    return Head(answers, bare, address, name.lower(), tuple(one.address for one in readers))


def names_reader(addresses: Iterable[str], head: Head) -> bool:
    """Whether one of them is to whom this mail goes, or his neighbour; the writer has neighbours, too."""
    readers = {plain_address(one) for one in head.readers}
    hosts = {_host(one) for one in readers} - {_host(plain_address(head.author))}
    return any(plain in readers or _host(plain) in hosts for plain in map(plain_address, addresses))


def _host(address: str) -> str:
    return address.rpartition("@")[2]


def plain_address(address: str) -> str:
    """An address in lower case, without its detail (RFC 5233): ours have a token there."""
    local, at, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def bare_subject(subject: str) -> str:
    """A subject as mails of one thread have it: without prefixes, casefolded, with single blanks."""
    return _bare(subject)[0]


def _bare(subject: str) -> tuple[str, list[str]]:
    rest = subject[:_MAX_SUBJECT].casefold()
    prefixes: list[str] = []
    while len(prefixes) < _MAX_PREFIXES and (match := _PREFIX.match(rest)):
        prefixes.append(match[1])
        rest = rest[match.end() :]
    return " ".join(rest.split()), prefixes
