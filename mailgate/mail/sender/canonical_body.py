"""The body of a mail as DKIM hashes it, made ready so that dkimpy has little left to do."""

import re

_LONG_BLANKS = re.compile(rb"[\t ]{2,}|\t")


class CanonicalBody:
    """One body, and what stands for it with dkimpy; each form is worked out once, however many signatures there are.

    dkimpy by itself takes the square of the longest run of blanks, counts trailing lines one by one, and does it all
    anew for each signature: minutes for a large mail that somebody made for it.
    """

    def __init__(self, original: bytes) -> None:
        self.original = original
        self._ready: dict[bytes, tuple[bytes, bytes]] = {}

    def ready(self, canonicalization: bytes) -> tuple[bytes, bytes]:
        """A body, and a value for `c=`, that give the same hash as the original body with this value."""
        if canonicalization not in self._ready:
            self._ready[canonicalization] = self._make_ready(canonicalization)
        return self._ready[canonicalization]

    def _make_ready(self, canonicalization: bytes) -> tuple[bytes, bytes]:
        header, _, body = canonicalization.partition(b"/")
        if body != b"relaxed":
            return _without_trailing_lines(self.original), canonicalization
        text = _without_trailing_lines(_LONG_BLANKS.sub(b" ", self.original).replace(b" \r\n", b"\r\n"))
        if text in (b"", b"\r\n"):  # the one case in which the two kinds differ: RFC 6376 §3.4.3 and §3.4.4
            return text, canonicalization
        return text, header + b"/simple"


def _without_trailing_lines(body: bytes) -> bytes:
    text = body.rstrip(b"\r\n")
    if body[len(text) :].replace(b"\r\n", b""):  # a bare CR at the end: it belongs to the text
        return body
    return text + b"\r\n" if text else b""
