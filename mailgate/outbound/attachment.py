"""Names and types of files sent along: as given where that is harmless."""

import re
import unicodedata

from mailgate.outbound.plain_text import one_line

MAX_FILENAME = 100  # characters
UNNAMED = "attachment"
ANY_BYTES = ("application", "octet-stream")

_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)  # on Windows no file can be named so
_TYPE = re.compile(r"([a-z0-9][a-z0-9!#$&^_.+-]{0,63})/([a-z0-9][a-z0-9!#$&^_.+-]{0,63})\Z")  # RFC 6838 §4.2


def safe_filename(filename: str) -> str:
    """The base name on one line, without invisible characters and outer dots; never empty, at most 100 characters."""
    # Invisible ones go first: behind them the dot of `\u200b.htaccess` would pass as an inner one.
    visible = "".join(ch for ch in filename if unicodedata.category(ch) != "Cf")
    base_name = one_line(re.split(r"[/\\]", visible)[-1]).replace('"', "'").strip(". ")
    stem, dot, extension = base_name.rpartition(".")
    if len(base_name) > MAX_FILENAME and dot and len(extension) <= 10:
        base_name = stem[: MAX_FILENAME - len(extension) - 1] + dot + extension
    safe = base_name[:MAX_FILENAME] or UNNAMED
    return f"_{safe}" if _DEVICE.match(safe) else safe


def safe_content_type(content_type: str) -> tuple[str, str]:
    """Type and subtype to send a file as; application/octet-stream for what is malformed or has parts of its own.

    multipart would be taken apart as part of our mail. A message/rfc822 part may not be encoded (RFC 2046 §5.2.1), so
    its bytes could break the lines of ours; as octets it arrives whole, and its file name says what it is.
    """
    match = _TYPE.match(content_type.strip().lower())
    if match is None or match[1] in ("multipart", "message"):
        return ANY_BYTES
    return match[1], match[2]
