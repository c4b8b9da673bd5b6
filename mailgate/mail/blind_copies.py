"""A mail without its Bcc fields: who else got it in secret is nobody's to know but the sender's."""

import re

_HEADER_END = re.compile(rb"(\r?\n)\r?\n")
_BCC = re.compile(rb"^(?:resent-)?bcc[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)", re.IGNORECASE | re.MULTILINE)


def without_bcc(raw: bytes) -> bytes:
    """The same bytes, less the Bcc and Resent-Bcc fields of its header."""
    end = _HEADER_END.search(raw)
    split = end.end(1) if end else len(raw)
    return _BCC.sub(b"", raw[:split]) + raw[split:]
