"""What an opaque S/MIME signature encloses (RFC 8551 §3.5.2: `signed-data`): the MIME entity that was signed.

Nothing is verified and nothing believed: the words were unreadable without it, and are worth what a stranger's are.
A walk over the few BER elements on the way to the content (RFC 5652 §5); never raises.
"""

from collections.abc import Iterator
from dataclasses import dataclass

TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
MAX_PIECES = 100_000  # of a content in pieces
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OCTETS, _OCTETS_IN_PIECES, _OID, _EXPLICIT = 0x30, 0x04, 0x24, 0x06, 0xA0


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int  # of its content
    end: int
    after: int  # where the next one begins


def signed_entity(data: bytes) -> bytes | None:
    """The enclosed entity; None where there is none: it is encrypted, detached, or no S/MIME."""
    view = memoryview(data)
    try:
        outer = _first(view, 0, len(view), _SEQUENCE)
        kind = _first(view, outer.start, outer.end, _OID)
        if bytes(view[kind.start : kind.end]) != _SIGNED_DATA:
            return None
        explicit = _first(view, kind.after, outer.end, _EXPLICIT)
        signed = _first(view, explicit.start, explicit.end, _SEQUENCE)
        enclosed = _first(view, signed.start, signed.end, _SEQUENCE)  # behind the version and the digest algorithms
        content = _first(view, enclosed.start, enclosed.end, _EXPLICIT)
        octets = _element(view, content.start, content.end)
    except (IndexError, ValueError):
        return None
    if octets.tag == _OCTETS:
        return bytes(view[octets.start : octets.end])
    if octets.tag != _OCTETS_IN_PIECES:
        return None
    return b"".join(_pieces(view, octets.start, octets.end))


def _pieces(view: memoryview, at: int, end: int) -> Iterator[memoryview]:
    for _ in range(MAX_PIECES):
        try:
            piece = _element(view, at, end)
        except (IndexError, ValueError):
            return
        if piece.tag != _OCTETS:
            return
        yield view[piece.start : piece.end]
        at = piece.after


def _first(view: memoryview, at: int, end: int, tag: int) -> _Element:
    """The first element of this tag at one level. Raises ValueError when there is none."""
    for _ in range(10):
        element = _element(view, at, end)
        if element.tag == tag:
            return element
        at = element.after
    raise ValueError(tag)


def _element(view: memoryview, at: int, end: int) -> _Element:
    """The element that begins here; one without a length (X.690 §8.1.3.6) reaches as far as what is around it."""
    tag, length = view[at], view[at + 1]
    start = at + 2
    if length == 0x80:
        return _Element(tag, start, end, end)
    if length > 0x80:
        octets = length & 0x7F
        length = int.from_bytes(view[start : start + octets], "big")
        start += octets
    if start > end:
        raise ValueError(at)
    return _Element(tag, start, min(start + length, end), min(start + length, end))
