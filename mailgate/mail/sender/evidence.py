"""Evidence: how far a message is believed to be from its author; the From rule that comes before all of it."""

import re
from dataclasses import dataclass, field
from email.utils import getaddresses
from enum import StrEnum

from mailgate.errors import BadAddress
from mailgate.mail.address import Mailbox, parse_mailbox
from mailgate.mail.bounds import MAX_HEADER_BYTES
from mailgate.mail.message import Message
from mailgate.mail.wire.defects import Defect


class Level(StrEnum):
    """Worth of the evidence, weakest first (`Evidence.at_least` compares by this order)."""

    NONE = "N"  # DMARC failed or the From rule was broken
    UNKNOWN = "0"  # no result
    SPF = "S"  # SPF-aligned only
    DKIM = "D"  # aligned DKIM
    TOKEN = "D+T"  # aligned DKIM and a valid token that was made for the author
    SUBMITTED = "A"  # authenticated submission
    CONFIRMED = "C"  # confirmed by a round trip


_ORDER = {level: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature covers: by its seals a copy is known, whatever was added to it; see `SignedMail.seals`."""

    seals: tuple[str, ...]
    recipients: tuple[str, ...]  # addresses in To and Cc


@dataclass(frozen=True, slots=True)
class Evidence:
    """A level with the reasons for it, in words that staff may read."""

    level: Level
    reasons: tuple[str, ...]
    signed: Signed | None = field(default=None, compare=False)  # where a signature proves it

    def covers(self, detail: str) -> bool:
        """The author himself wrote to an address with this detail; so it seems, where no signature proves more.

        What an envelope names besides, or a field that nobody signed, is by whoever brought the mail.
        """
        return self.signed is None or any(f"+{detail}@".lower() in one.lower() for one in self.signed.recipients)

    def at_least(self, level: Level) -> bool:
        """This evidence is worth as much as `level`, or more."""
        return _ORDER[self.level] >= _ORDER[level]


NOT_ONE = "From must name exactly one mailbox"

_BLEMISHES = {
    Defect.NUL_IN_HEADER: "the header contains NUL bytes",
    Defect.BARE_LINE_END_IN_HEADER: "the header contains stray line ends",
}

_BLOCK_END = re.compile(rb"\n\r*\n")
_OLD_BLOCK_END = re.compile(rb"\r\r")
_BEFORE_HEADER = re.compile(rb"(?:[\r\n]*+>?From [^\r\n]*+\r?\n)*+[\r\n]*+")
# Any line that some parser could take for the field: after a bare CR too, indented, with blanks or worse before the
# colon. Two readers that disagree about the author are how identities get forged (USENIX Security 2020, espoofer).
_LINE = re.compile(rb"[^\r\n]+")
_FROM_FIELD = re.compile(rb"[\x00-\x20]*+from[\x00-\x20]*+(?::|\Z)", re.IGNORECASE)
_FROM_PLAIN = re.compile(rb"from[ \t]?:", re.IGNORECASE)
_MAX_FROM = 2000  # bytes of the field's value
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")

_ATOM = r"""[^\x00-\x20()<>\[\]:;@\\,"\x7f]"""
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*+"'
_COMMENT = r"\((?:[^()\\\x00-\x1f\x7f]|\\[\x20-\x7e])*+\)"  # nested ones are legal, rare, and refused
_NAMED = re.compile(rf"[ \t]*+(?:{_ATOM}++|{_QUOTED}|{_COMMENT}|[ \t]++)*+<([^<>\s]++)>[ \t]*+(?:{_COMMENT}[ \t]*+)?\Z")
_BARE = re.compile(rf"[ \t]*+([^\s<>()\",;:]++)[ \t]*+(?:{_COMMENT}[ \t]*+)?\Z")


def from_rule(raw: bytes) -> Mailbox | str:
    """Read the author from the raw bytes, before any lenient parser has had its say; else tell why there is none.

    Exactly one From field, in it exactly one mailbox with a dot-atom local-part and an LDH domain: no group, route,
    encoded word in the address, quoted local-part, NUL, control character or stray line end. The strict grammar here
    and the standard library must read the same address.
    """
    header = _header(raw)
    if header is None:
        return "the header is too long"
    lines = _LINE.finditer(header)
    fields = [found for line in lines if (found := _FROM_FIELD.match(header, line.start(), line.end()))]
    if not fields:
        return "there is no From field"
    if len(fields) > 1:
        return f"{NOT_ONE}: there are {len(fields)} From fields"
    if not _FROM_PLAIN.fullmatch(fields[0][0]):
        return f"{NOT_ONE}: the From field is indented or misspelt"
    value = _value(header, fields[0].end())
    if len(value) > _MAX_FROM:
        return "the From field is too long"
    if _CONTROL.search(value):
        return "the From field contains a control character or a stray line end"
    return _one_mailbox(value)


def judge_unverified(author: Mailbox | str, message: Message) -> Evidence:
    """The evidence where nothing is verified (`authentication.verify = "none"`): the result of the From rule decides.

    NUL bytes and stray line ends elsewhere in the header are read differently by different programs, so nothing in
    such a header is proof.
    """
    if isinstance(author, str):
        return Evidence(Level.NONE, (author,))
    believed = 'the From address was believed, not checked (authentication.verify = "none")'
    return capped(Evidence(Level.DKIM, (believed,)), message)


def capped(evidence: Evidence, message: Message) -> Evidence:
    """At most 0 for a message whose header has NUL bytes or stray line ends."""
    blemishes = tuple(words for defect, words in _BLEMISHES.items() if defect in message.defects)
    if not blemishes or not evidence.at_least(Level.UNKNOWN):
        return evidence
    return Evidence(Level.UNKNOWN, blemishes)


def with_token(evidence: Evidence) -> Evidence:
    """Raise D to D+T, for a valid token that was made for the author; other levels gain nothing by it."""
    if evidence.level is not Level.DKIM:
        return evidence
    return Evidence(Level.TOKEN, (*evidence.reasons, "the mail answers to an address that was made for its author"))


def _header(raw: bytes) -> bytes | None:
    """The header as far as any reader may take it to go; None past the limit."""
    before = _BEFORE_HEADER.match(raw)
    start = before.end() if before else 0
    end_mark = _BLOCK_END if b"\n" in raw else _OLD_BLOCK_END  # as `parse` takes it
    end = end_mark.search(raw, start, start + MAX_HEADER_BYTES)
    if end is None and len(raw) - start > MAX_HEADER_BYTES:
        return None
    return raw[start : end.start() + 1 if end else len(raw)]


def _value(header: bytes, start: int) -> str:
    """The unfolded value of the field whose colon ends at `start`."""
    end = start
    while True:
        newline = header.find(b"\n", end)
        end = len(header) if newline < 0 else newline + 1
        if newline < 0 or header[end : end + 1] not in (b" ", b"\t"):
            break
    text = header[start:end].decode("utf-8", "replace")
    return _FOLD.sub("", text.removesuffix("\n").removesuffix("\r"))


def _one_mailbox(value: str) -> Mailbox | str:
    found = _NAMED.match(value) or _BARE.match(value)
    if not found:
        return NOT_ONE
    address = found[1]
    if "=?" in address:
        return f"{NOT_ONE}: the address is encoded"
    try:
        mailbox = parse_mailbox(address)
    except BadAddress as error:
        return f"{NOT_ONE}: {error}"
    if [other for _, other in getaddresses([value])] != [address]:
        return f"{NOT_ONE}: mail programs read it differently"
    return mailbox
