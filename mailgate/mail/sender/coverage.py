"""What a DKIM signature must cover so that it speaks for the whole mail, and not for a part that somebody added to."""

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

Fields = Sequence[tuple[bytes, bytes]]  # names and values as they stand in the mail


class Coverage(StrEnum):
    """How much of the header a signature has to cover."""

    COMMON = "common"
    """From, Subject and Date always; of the other fields each instance, if the signature names the field at all.

    That much do the large providers sign. What they leave out either means nothing here (Reply-To, Cc) or is vouched
    for by the signed body (Content-Type).
    """

    STRICT = "strict"
    """Every instance of every field that says who, to whom, when and how it is to be read."""


_ALWAYS = (b"from", b"subject", b"date")
_MORE = (b"to", b"cc", b"reply-to", b"message-id", b"mime-version", b"content-type")

_BOUNDARY = re.compile(rb';\s*boundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_FIRST_LINE = re.compile(rb"\s*([^\r\n]*)")


def uncovered(fields: Fields, signed: Sequence[bytes], body: bytes, coverage: Coverage) -> str | None:
    """Why a signature over the fields `signed` (lower case, as often as `h=` names them) does not cover the mail."""
    present = Counter(name.lower() for name, _ in fields)
    named = Counter(signed)
    for name in (*_ALWAYS, *_MORE):
        strict = name in _ALWAYS or coverage is Coverage.STRICT
        if present[name] > named[name] and (strict or named[name]):
            return f"leaves out {_shown(name)}"
    if present[b"content-type"] > named[b"content-type"] and not _body_vouches(fields, body):
        return f"leaves out {_shown(b'content-type')}"
    return None


def _body_vouches(fields: Fields, body: bytes) -> bool:
    """The body can be read in no other way than its unsigned Content-Type says: plain, or in parts that span it all.

    Another boundary would take something else for the text, and text/html would hide what is written.
    """
    values = [value for name, value in fields if name.lower() == b"content-type"]
    if len(values) != 1:
        return False
    kind = values[0].strip().lower()
    if re.match(rb"text/plain\s*(?:;|\Z)", kind):
        return True
    boundaries = _BOUNDARY.findall(values[0])
    if not kind.startswith(b"multipart/") or len(boundaries) != 1:
        return False
    mark = b"--" + (boundaries[0][0] or boundaries[0][1])
    first = _FIRST_LINE.match(body)
    return first is not None and first[1].rstrip() == mark and body[-1000:].rstrip().endswith(mark + b"--")


def _shown(name: bytes) -> str:
    return "-".join(word.capitalize() for word in name.decode("ascii").split("-"))
