"""Dates and times in a line, by their shape, in any language and calendar."""

import re
import unicodedata

_NOT_IN_NUMBER = r"(?<![\d.:])"
_TIME = re.compile(rf"{_NOT_IN_NUMBER}\d{{1,2}}(?:[:.h]|h |[時时点] ?|시 ?)\d{{2}}(?!\d|\.\d)")
_YEAR = r"(?:1[34]|19|20|25)\d\d"  # the Persian, the Islamic, ours, the Thai
_DAY = r"\d{1,2}(?!\d|[:.h]\d)"
_DATE = re.compile(
    rf"{_NOT_IN_NUMBER}\d{{1,4}}(\s?[-/.]\s?)\d{{1,2}}\.?\1\d{{1,4}}(?!\d|\.\d)"
    rf"|{_NOT_IN_NUMBER}{_DAY}\D{{1,20}}{_YEAR}(?!\d)|{_NOT_IN_NUMBER}{_YEAR}(?!\d)\D{{1,20}}{_DAY}"
)
_BY_PROGRAM = re.compile(r"\d\d:\d\d:\d\d [+-]\d{4}\b")


def moment_in(text: str) -> int:
    """2 for a date with a time, 1 for one of them, 0 for neither."""
    plain = digits_in_ascii(text)
    return int(_TIME.search(plain) is not None) + int(_DATE.search(plain) is not None)


def is_by_program(text: str) -> bool:
    """A time with seconds and zone, RFC 5322 §3.3: nobody writes it by hand."""
    return _BY_PROGRAM.search(text) is not None


def digits_in_ascii(text: str) -> str:
    """The text with `٤` and `۴` as 4."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
