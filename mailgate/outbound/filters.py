"""What a mail template may call: `{{ size | file_size }}`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from mailgate.outbound import plain_text, subject


def reply_subject(words: object, number: object = None) -> str:
    """`Re: <subject> [#number]`; no tag when the number is not known."""
    digits = str(number)
    return subject.reply_subject(str(words), int(digits) if digits.isdecimal() else None)


def one_line(words: object) -> str:
    """Somebody's words where a line break would let them write further lines of ours."""
    return plain_text.one_line(str(words))


def file_size(size: object) -> str:
    """A number of bytes in words: 640 bytes, 88 kB, 1.4 MB."""
    if not isinstance(size, int | float):
        return str(size)
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"reply_subject": reply_subject, "one_line": one_line, "file_size": file_size}
)
