"""The logo of a letterhead: a small picture that each mail brings along."""

import struct
from dataclasses import dataclass

from mailgate.errors import Permanent

MAX_LOGO_BYTES = 20_000
"""Every mail has it once more, a third longer in base64."""

MAX_LOGO_HEIGHT = 64  # pixels that are shown; a picture of twice the size is sharp on a phone
MAX_LOGO_WIDTH = 240

_PNG = b"\x89PNG\r\n\x1a\n"


class BadLogo(Permanent):
    """Not a picture that can stand in a mail."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A PNG, and the size in which it is shown, in pixels."""

    content: bytes
    width: int
    height: int


def read_logo(content: bytes) -> Logo:
    """The logo in a file. PNG alone: every mail client shows it, and it can be transparent. Raises BadLogo."""
    if len(content) > MAX_LOGO_BYTES:
        raise BadLogo(f"has {len(content)} bytes, and may have {MAX_LOGO_BYTES}: every mail brings it along")
    if not content.startswith(_PNG) or content[12:16] != b"IHDR" or len(content) < 24:
        raise BadLogo("is not a PNG picture")
    width, height = struct.unpack(">II", content[16:24])  # PNG, third edition, §11.2.1
    if not width or not height:
        raise BadLogo("is a picture without a size")
    shrink = max(1.0, width / MAX_LOGO_WIDTH, height / MAX_LOGO_HEIGHT)
    return Logo(content, max(1, round(width / shrink)), max(1, round(height / shrink)))
