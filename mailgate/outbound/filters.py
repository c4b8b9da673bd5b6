"""What a mail template may call: `{{ size | file_size }}`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from mailgate.language.filters import LANGUAGE_FILTERS
from mailgate.outbound import plain_text, subject


def reply_subject(words: object, number: object = None) -> str:
    """`Re: <subject> [#number]`; no tag when the number is not known."""
    digits = str(number)
    return subject.reply_subject(str(words), int(digits) if digits.isdecimal() else None)


def one_line(words: object) -> str:
    """Somebody's words where a line break would let them write further lines of ours."""
    return plain_text.one_line(str(words))


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"reply_subject": reply_subject, "one_line": one_line, **LANGUAGE_FILTERS}
)
