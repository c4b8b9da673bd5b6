"""Text from anywhere made fit to show: readable characters only, and one line where a line is meant."""

import re

# C0 and C1 controls but tab and line feed, DEL, and lone surrogates, which no charset can carry.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n|[\r\u2028\u2029]")

# Bidirectional controls turn the rest of a line around: `inv\u202efdp.exe` is read as a PDF file.
_NOT_ON_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def readable(text: str) -> str:
    """The text with `\\n` as its only line end; a character that can be neither shown nor sent becomes U+FFFD."""
    return _UNREADABLE.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def one_line(text: str, *, max_length: int | None = None) -> str:
    """The text as one line: a run of line breaks and control characters becomes one space.

    What is longer than `max_length` characters ends in an ellipsis.
    """
    line = _NOT_ON_ONE_LINE.sub(" ", text).strip(" ")
    if max_length is not None and len(line) > max_length:
        return line[: max_length - 1].rstrip(" ") + "…"
    return line
