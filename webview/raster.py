"""Pictures that a page may show: known by their first bytes, whatever their sender says, and of a size to look at.

They are neither decoded nor made anew here; that is for the browser, which shows them beside the page and runs nothing
of them. A few kilobytes may say that they are a picture of billions of dots, and no browser must be asked to draw that.
"""

import struct
from collections.abc import Callable

MAX_PICTURE_BYTES = 1_000_000
MAX_DOTS = 40_000_000
"""Width times height: what a good camera takes."""

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Never SVG: it is a document, with scripts and addresses of its own."""

_MAX_SEGMENTS = 1_000  # before the size of a JPEG
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG behind which its size stands (ITU-T T.81, table B.1)."""


def raster_type(content: bytes) -> str | None:
    """The content type of a picture that may be shown; None for whatever else these bytes are."""
    if len(content) > MAX_PICTURE_BYTES:
        return None
    for content_type, read in _READERS.items():
        try:
            size = read(content)
        except (struct.error, IndexError):  # it ends before it has said it
            return None
        if size is not None:
            return content_type if 0 < size[0] * size[1] <= MAX_DOTS else None
    return None


def _png(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _gif(content: bytes) -> tuple[int, int] | None:
    if not content.startswith((b"GIF87a", b"GIF89a")):
        return None
    width, height = struct.unpack_from("<HH", content, 6)
    return width, height


def _jpeg(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    for _ in range(_MAX_SEGMENTS):
        while content[at] == 0xFF:  # any number of them may stand before a marker
            at += 1
        marker = content[at]
        if marker in _SIZES:
            height, width = struct.unpack_from(">HH", content, at + 4)
            return width, height
        at += 1 + struct.unpack_from(">H", content, at + 1)[0]
    return 0, 0


def _webp(content: bytes) -> tuple[int, int] | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    kind = content[12:16]
    if kind == b"VP8X":  # RFC 9649 §2.7: the size less one, in three bytes each
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":  # §3.4: 14 bits each, less one
        bits = struct.unpack_from("<I", content, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":  # RFC 6386 §9.1
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


_READERS: dict[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
