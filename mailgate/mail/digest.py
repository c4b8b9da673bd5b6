"""The digest by which copies of one message are recognised, whatever way each of them came."""

import hashlib
import re

# What relays and delivery agents add on the way. DKIM-Signature stays: it is the author's side that writes it.
_TRACE = re.compile(
    rb"(?:received|received-spf|return-path|delivered-to|envelope-to|x-original-to|authentication-results|"
    rb"arc-[a-z-]+|x-spam-[a-z0-9-]+|x-virus-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)
# A line of blanks is no continuation: some take it for the end of the header, and what follows is then no trace field.
_FIELD = re.compile(rb"[^\n]*\n(?:[ \t]+[^\s][^\n]*\n)*")


def content_digest(raw: bytes) -> str:
    """SHA-256 (hex) of the message without its trace fields, line ends unified, blank lines at both ends left out.

    The Message-ID alone would not do: its sender chooses it, so that a forged copy could displace a true mail.
    """
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip(b"\n") + b"\n"
    head, gap, body = text.partition(b"\n\n")
    digest = hashlib.sha256()
    for field in _FIELD.findall(head if head.endswith(b"\n") else head + b"\n"):
        if not _TRACE.match(field):
            digest.update(field)
    digest.update(gap)
    digest.update(body)
    return digest.hexdigest()
