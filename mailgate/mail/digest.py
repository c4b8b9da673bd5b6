"""The digest by which copies of one message are recognised, whatever way each of them came."""

import hashlib
import re

# What its author's side writes: a closed list, where that of relays, filters and delivery agents is open to all.
_AUTHORS = re.compile(
    rb"(?:from|sender|reply-to|to|cc|bcc|subject|comments|keywords|date|message-id|in-reply-to|references|resent-[a-z-]+"
    rb"|mime-version|content-[a-z-]+|dkim-signature|auto-submitted)[ \t]*:",
    re.IGNORECASE,
)
_NAMED = re.compile(rb"message-id[ \t]*:\s*<[^<>\s]+>", re.IGNORECASE)
_ANY = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:")
# A line of blanks is no continuation: some take it for the end of the header, and what follows is then no field.
_FIELD = re.compile(rb"[^\n]*\n(?:[ \t]+[^\s][^\n]*\n)*")


def content_digest(raw: bytes) -> str:
    """SHA-256 (hex) of the body and of what the author's side wrote into the header, however it is folded and ordered.

    Line ends are unified, blank lines at both ends left out. The Message-ID alone would not do: its sender chooses it,
    so that a forged copy could displace a true mail. DKIM-Signature counts for the same reason. Of a message without a
    Message-ID every field counts: a script that says the same each day means it anew.
    """
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip(b"\n") + b"\n"
    head, gap, body = text.partition(b"\n\n")
    digest = hashlib.sha256()
    fields = _FIELD.findall(head if head.endswith(b"\n") else head + b"\n")
    is_named = any(map(_NAMED.match, fields))
    # What can be no field stands for itself: some readers take it for the body.
    counting = [one for one in fields if not is_named or _AUTHORS.match(one) or not _ANY.match(one)]
    for field in sorted(map(_plain, counting)):
        digest.update(field)
    digest.update(gap)
    digest.update(body)
    return digest.hexdigest()


def _plain(field: bytes) -> bytes:
    name, colon, value = field.partition(b":")
    return name.strip().lower() + colon + b" ".join(value.split()) + b"\n"
