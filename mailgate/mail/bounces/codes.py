"""Enhanced status codes (RFC 3463): found in a text, and what each is worth by itself."""

import re
from enum import Enum

MAX_DIAGNOSTIC = 4000  # characters

_ENHANCED = r"[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)"
_AFTER_REPLY = re.compile(rf"(?<![\d.])[45]\d\d[- ]{{1,3}}#?({_ENHANCED})")
_TAKEN = re.compile(r"(?<![\d.])2\d\d[- ]{1,3}#?2\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")
_CODE = re.compile(rf"(?<![\d.\w/-])({_ENHANCED.replace('[245]', '[45]')})")
# A reply code (RFC 5321 §4.2) stands where a line or a phrase begins; a mere number from 400 to 599 does not count.
_REPLY = re.compile(
    r"(?:^[ \t]{0,40}|[:：;#<>(\[\"',]\s{0,3}|\b(?:said|error|code|was|returned|with|response)\b[:\s]{0,3}"
    r"|-> |\.\s{1,2})"
    r"([45]\d\d)"
    r"(?=[\s,;:)\]\-#]|$)",
    re.IGNORECASE | re.MULTILINE,
)


class Prior(Enum):
    """What a code says of the address by itself."""

    DEAD = "dead"
    ALIVE = "alive"
    SENDER = "sender"  # it is about who wrote, whatever the words
    WEAK = "weak"  # given for anything


_PRIORS = {
    "5.1.1": Prior.DEAD,
    "5.1.2": Prior.DEAD,
    "5.1.3": Prior.DEAD,
    "5.1.6": Prior.DEAD,
    "5.1.10": Prior.DEAD,  # RFC 7505
    "5.3.2": Prior.DEAD,  # the system takes no mail
    "5.4.4": Prior.DEAD,
    "5.1.7": Prior.SENDER,
    "5.1.8": Prior.SENDER,
    "5.2.2": Prior.ALIVE,
    "5.2.3": Prior.ALIVE,
    "5.3.4": Prior.ALIVE,
}


def prior(code: str | None) -> Prior:
    """The table; 5.7.x is policy (RFC 3463 §3.8)."""
    if code is not None and code.startswith("5.7."):
        return Prior.ALIVE
    return _PRIORS.get(code or "", Prior.WEAK)


def codes_in(text: str) -> list[str]:
    """All enhanced codes of failures in a diagnostic: a gateway quotes the one that it got behind its own."""
    return [found[1] for found in _CODE.finditer(text[:MAX_DIAGNOSTIC])]


def has_answer(text: str) -> bool:
    """A reply code and an enhanced one, side by side: so a server answers, and nobody else writes."""
    return _AFTER_REPLY.search(text[:MAX_DIAGNOSTIC]) is not None


def is_taken(text: str) -> bool:
    """The answer of a server that took the mail, and nothing else."""
    return _TAKEN.search(text[:MAX_DIAGNOSTIC]) is not None and status_in(text) is None


def status_in(text: str) -> str | None:
    """The enhanced code in a diagnostic; without one, the class that its reply code tells (`550` → `5.0.0`)."""
    text = text[:MAX_DIAGNOSTIC]
    found = _AFTER_REPLY.search(text) or _CODE.search(text)
    if found:
        return found[1]
    reply = _REPLY.search(text)
    return f"{reply[1][0]}.0.0" if reply else None
