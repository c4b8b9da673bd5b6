"""How much text goes on one page: what is long is cut, what is much continues on the next page."""

import zlib
from collections.abc import Sequence

PAGE_BYTES = 8_500
"""Of compressed text. A page is to arrive in the first TCP window, 14 kB; the rest of it is markup, twice over."""

TEXT_CHARACTERS = 6_000
"""Of one message; the whole of it stands at an address of its own."""

CUT_CHARACTERS = 1_500
"""Of the quotes and signature below a message, which most readers leave folded; the mail has the rest."""

LINE_CHARACTERS = 160
"""Of a subject, a name or a reason in a list: anybody may write one of a hundred thousand."""

_ALWAYS_FITS = 8_000


def line(text: str | None) -> str:
    """One line of a text, cut when it is longer."""
    short = " ".join((text or "")[: LINE_CHARACTERS * 4].split())
    return short if len(short) <= LINE_CHARACTERS else f"{short[: LINE_CHARACTERS - 1]}…"


def cut(text: str) -> tuple[str, bool]:
    """The beginning of a text that is too long, at the end of a line if there is one near; was it whole?"""
    if len(text) <= TEXT_CHARACTERS and len(text.encode("utf-8", "replace")) <= _ALWAYS_FITS:
        return text, True
    short = text[:TEXT_CHARACTERS]
    while len(short.encode("utf-8", "replace")) > _ALWAYS_FITS:
        short = short[: len(short) * 3 // 4]
    line, end, _ = short.rpartition("\n")
    return (line if end and len(line) > len(short) // 2 else short), False


def fitting(texts: Sequence[str]) -> int:
    """How many of these texts, from the first, go on one page; at least one."""
    encoded = [text.encode("utf-8", "replace") for text in texts]
    if sum(map(len, encoded)) <= _ALWAYS_FITS:
        return len(encoded)
    squeeze = zlib.compressobj(1)
    weight = 0
    for count, text in enumerate(encoded):
        weight += len(squeeze.compress(text)) + len(squeeze.flush(zlib.Z_SYNC_FLUSH))
        if weight > PAGE_BYTES:
            return max(count, 1)
    return len(encoded)


def fitting_lines(rows: Sequence[tuple[str | None, ...]]) -> int:
    """How many rows of a list go on one page, by what stands in their cells."""
    return fitting(["".join(cell or "" for cell in row) for row in rows])
