"""The fields of a delivery report (RFC 3464): in a part of their own, or in the text where a gateway flattened them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from mailgate.mail.bounces.finding import BounceAction, Finding, addresses_in
from mailgate.mail.wire.charset import Guesses
from mailgate.mail.wire.headers import Block, split_block, unfold

MAX_RECIPIENTS = 1000
_MAX_REPORT = 1_000_000  # bytes
_BLANK_LINES = re.compile(rb"(?<!\r)\r*+\n(?:[ \t]*+\r*+\n)+")  # from the first CR of a run alone: it may be long
_NEXT_RECIPIENT = re.compile(rb"(?im)^(?=final-recipient[ \t]*:)")
_FLAT = re.compile(r"(?im)^(?:final|original)-recipient[ \t]{0,9}:")
_FLAT_FIELD = re.compile(
    r"(?i)(?:final-recipient|original-recipient|x-actual-recipient|action|status|diagnostic-code|remote-mta"
    r"|last-attempt-date|will-retry-until|final-log-id)[ \t]{0,9}:"
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
# Nobody outside could have written to such an address: it names a host or a store on the inside, or a way there.
_INSIDE = re.compile(
    r"[%!].*@|@(?:[^.]*|.*\.(?:local|localdomain|localhost|internal|intern|lan|corp|private))$", re.IGNORECASE
)
_ROUTE = re.compile(r"^(?:@[\w.-]{1,255},?){1,9}:")
_TYPE = re.compile(r"^\s*[A-Za-z][\w.-]{0,60}\s*;")  # of a diagnostic: `smtp;`, `X-Postfix;`
_RECIPIENT_FIELDS = ("final-recipient", "original-recipient", "x-actual-recipient")
_ACTIONS = {
    "fail": BounceAction.FAILED,
    "expire": BounceAction.FAILED,
    "delay": BounceAction.DELAYED,
    "defer": BounceAction.DELAYED,
    "temporar": BounceAction.DELAYED,
}


def groups_in_part(content: bytes) -> list[Block]:
    """The per-recipient groups of fields (RFC 3464 §2.3) of a delivery-status part."""
    return [group for group in _groups(content[:_MAX_REPORT]) if _names_recipient(group)][:MAX_RECIPIENTS]


def has_fields(text: str) -> bool:
    """The fields of a recipient stand at the beginnings of lines in a text."""
    return _FLAT.search(text) is not None and any(bounced(group) is not None for group in groups_in_text(text))


def groups_in_text(text: str) -> list[Block]:
    """The same, where they stand at the beginnings of lines in a text."""
    if _FLAT.search(text) is None:
        return []
    kept: list[str] = []
    inside = False
    for line in text[:_MAX_REPORT].split("\n"):
        if _FLAT_FIELD.match(line):
            inside = True
        elif not (inside and line[:1] in (" ", "\t") and line.strip()):
            inside = False
        kept.append(line if inside else "")
    return groups_in_part("\n".join(kept).encode("utf-8", "replace"))


def bounced(group: Block, guesses: Guesses | None = None) -> Finding | None:
    """What a group says; None when it tells of no failure and no delay. The address is "" when none is named."""
    word = _text(group, "action", guesses).lower().strip("\"'( ")
    code = _STATUS.search(_text(group, "status", guesses))
    action = next((action for start, action in _ACTIONS.items() if word.startswith(start)), None)
    if action is None and (word or code is None or code[1].startswith("2")):
        return None
    named = [found[0] for field in _RECIPIENT_FIELDS if (found := addresses_in(_named(_text(group, field, guesses))))]
    address = next((one for one in named if not _INSIDE.search(one)), named[0] if named else "")
    diagnostic = _TYPE.sub("", _text(group, "diagnostic-code", guesses))
    return Finding(address, action, code[1] if code else None, diagnostic)


def merged(findings: list[Finding]) -> list[Finding]:
    """Each address once; what a later group adds to an empty diagnostic is kept."""
    found: dict[str, Finding] = {}
    for one in findings:
        known = found.setdefault(one.address.lower(), one)
        if not known.diagnostic and one.diagnostic:
            found[one.address.lower()] = replace(known, diagnostic=one.diagnostic)
    return list(found.values())


def _groups(content: bytes) -> Iterator[Block]:
    for paragraph in _BLANK_LINES.split(content.strip()):
        # Some systems forget the blank line between two recipients; others put Action first, so that the fields
        # before the first Final-Recipient are its own.
        pieces = _NEXT_RECIPIENT.split(paragraph)
        if len(pieces) > 1 and not _NEXT_RECIPIENT.match(pieces[0]):
            pieces[0:2] = [pieces[0] + pieces[1]]
        for piece in pieces:
            yield split_block(piece)


def _named(value: str) -> str:
    """The address of a recipient field, without its type and a source route (RFC 5321 §C)."""
    return _ROUTE.sub("", value.rpartition(";")[2].strip(" <>"))


def _names_recipient(group: Block) -> bool:
    return any(group.first(name) is not None for name in (*_RECIPIENT_FIELDS, "action"))


def _text(group: Block, name: str, guesses: Guesses | None) -> str:
    # As it stands: an encoded word in a recipient's address is a part of the address.
    value = group.first(name)
    return "" if value is None else unfold(value, guesses=guesses)
