"""The message that a report gives back: where it begins in the text, its Message-ID, and to whom it went."""

import re
from dataclasses import dataclass
from itertools import takewhile

from mailgate.mail.message import Message
from mailgate.mail.message_id import read_id
from mailgate.mail.wire.address_list import read_addresses
from mailgate.mail.wire.headers import Block, decode_value, split_block, unfold

RETURNED_TYPES = frozenset(
    f"{of}/{kind}"
    for of in ("message", "text")
    for kind in ("rfc822", "rfc822-header", "rfc822-headers", "global", "global-headers")
)
_MAX_LINES = 5000  # of a report's text that are looked at
_MAX_LINE = 300

# A line that says "the original message follows" has the noun and the shape of a heading; sentences about a delivery
# have the same nouns ("the original message could not be delivered to:").
_NOUN = re.compile(
    r"(?i)(?:original|returned|unsent|undelivered|undeliverable|bounced|rejected|failed|offending) "
    r"(?:e-?mail |mail )?(?:message|mail|e-?mail|headers?|text|content)"
    r"|\bcopy of (?:the|your|this|my|a) |headers? (?:of|from|and|follow)|(?:message|mail|text|contents?) follows?\b"
    r"|\bmessage (?:headers?|header section|contents?|body|text)\b|(?:top|first) \d+ lines"
    r"|(?:ursprüngliche|original)\s?nachricht|message (?:d.origine|original)|mensaje original|messaggio originale"
    r"|исходно\w+ (?:сообщени|письм)|原(?:始)?(?:邮件|郵件)|元のメール|オリジナル"
)
_SHAPE = re.compile(
    r"(?i)^[\s>]*[-=_*#+|]{2,}|[-=_*#+|]{2,}\s*$|follow(?:s|ing)?\b.{0,20}$|\bbelow\b|(?:is|are) a copy"
)
_RULE = re.compile(r"^[\s>]*[-=_*#+|]{2,}|[-=_*#+|]{2,}\s*$")
_SENTENCE = re.compile(
    r"(?i)deliver|recipient|address|reach|received at|recieved at|was sent|not\b|error|your own|please"
)
_FIELD = re.compile(
    r"[\s>]{0,12}((?:received|return-path|message-id|from|to|cc|date|subject|mime-version|reply-to|sender|user-agent"
    r"|references|in-reply-to|content-[a-z-]{1,30}|x-[a-z0-9-]{1,40}|list-[a-z]{1,20}|dkim-signature"
    r"|domainkey-signature|arc-[a-z-]{1,40}|errors-to|precedence|organization|importance))[ \t]?:(?!//)",
    re.IGNORECASE,
)
_TELLING = frozenset({"received", "return-path", "message-id"})
"""Of an indented header: a notice lists From, To and Subject itself."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The returned message as far as it came back."""

    message_id: str | None
    recipients: tuple[str, ...]  # of its To and Cc
    authors: tuple[str, ...]  # who sent it: ourselves


_NOTHING = Returned(None, (), ())


def split_report(text: str) -> tuple[str, str]:
    """The words of the mail system, and the returned message below them ("" when there is none)."""
    lines = text.split("\n", _MAX_LINES)
    for at, line in enumerate(lines[:_MAX_LINES]):
        begins = _header_begins(lines, at) or (_heading(line) and (_RULE.search(line) or _field_follows(lines, at)))
        if begins and (at > 0 or not _FIELD.match(line)):
            end = _end_of_summary(lines, at)
            return "\n".join((*lines[:at], *lines[end:])), "\n".join(lines[at:end])
    return text, ""


def returned(message: Message, below: str) -> Returned:
    """Read the header of the returned message: of a part of its own, else of the text below the report."""
    for part in message.attachments:
        if part.content_type in RETURNED_TYPES and (back := _read(split_block(part.content))) != _NOTHING:
            return back
    lines = below.split("\n", _MAX_LINES)
    at = next((at for at in range(len(lines)) if _FIELD.match(lines[at][:_MAX_LINE])), None)
    if at is None:
        return _NOTHING
    # Quoted or indented as a whole, with stray words in between.
    kept = [line.removeprefix(">") for line in lines[at : at + 200]]
    indent = len(kept[0]) - len(kept[0].lstrip())
    dedented = [line[indent:] if line[:indent].isspace() else line for line in kept]
    header = [line for line in takewhile(str.strip, dedented) if line[:1] in (" ", "\t") or ":" in line[:60]]
    return _read(split_block("\n".join(header).encode("utf-8", "replace")))


def _field_follows(lines: list[str], at: int) -> bool:
    below = [line for line in lines[at + 1 : at + 9] if line.strip()][:3]
    return any(_FIELD.match(line[:_MAX_LINE]) for line in below)


def _end_of_summary(lines: list[str], at: int) -> int:
    """Where a header that is indented ends, when words of the mail system go on less indented below it."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    end = next((place for place in range(at, min(at + 60, len(lines))) if not lines[place].strip()), len(lines))
    below = next((line for line in lines[end : end + 10] if line.strip()), "")
    goes_on = indent > 0 and below and len(below) - len(below.lstrip()) < indent
    return end if goes_on and not _FIELD.match(below) else len(lines)


def _heading(line: str) -> bool:
    if not 5 < len(line) <= _MAX_LINE or _NOUN.search(line) is None:
        return False
    return _SHAPE.search(line) is not None and _SENTENCE.search(line) is None


def _header_begins(lines: list[str], at: int) -> bool:
    """Three known fields in a row, with one among them that only a whole header has."""
    if not _FIELD.match(lines[at][:_MAX_LINE]):
        return False
    names: set[str] = set()
    for line in lines[at : at + 40]:
        found = _FIELD.match(line[:_MAX_LINE])
        if found:
            names.add(found[1].lower())
        elif line[:1] not in (" ", "\t", ">") or not line.strip():
            break
    telling = _TELLING if lines[at][:2].isspace() else {*_TELLING, "from"}
    return len(names) >= 3 and not names.isdisjoint(telling)


def _read(block: Block) -> Returned:
    value = block.first("message-id")
    return Returned(
        read_id(decode_value(value)) if value is not None else None,
        _addresses(block, "to", "cc"),
        _addresses(block, "from", "sender", "return-path", "reply-to"),
    )


def _addresses(block: Block, *names: str) -> tuple[str, ...]:
    texts = (unfold(value) for name in names for value in block.every(name)[:5])
    return tuple(dict.fromkeys(one.address.lower() for text in texts for one in read_addresses(text[:8192])))
