"""Defect: short stable words for what was wrong with a message and was worked around."""

from enum import StrEnum


class Defect(StrEnum):
    """What was wrong; the words are part of the output of `mailgate inspect`."""

    EMPTY = "empty"
    NO_FROM = "no-from"
    SEVERAL_FROM = "several-from"
    BAD_DATE = "bad-date"
    BAD_MESSAGE_ID = "bad-message-id"
    BAD_CHARSET = "bad-charset"
    BAD_TRANSFER_ENCODING = "bad-transfer-encoding"
    BAD_HEADER_LINE = "bad-header-line"
    MBOX_FROM_LINE = "mbox-from-line"
    REPEATED_FIELD = "repeated-field"  # one that RFC 5322 §3.6 allows once
    MISSING_BOUNDARY = "missing-boundary"
    MISSING_END_BOUNDARY = "missing-end-boundary"
    MISSING_PARTS = "missing-parts"
    NUL = "nul"
    NUL_IN_HEADER = "nul-in-header"
    BARE_LINE_END = "bare-line-end"
    BARE_LINE_END_IN_HEADER = "bare-line-end-in-header"
    HEADER_TOO_LONG = "header-too-long"
    ADDRESSES_TOO_LONG = "addresses-too-long"
    TOO_MANY_FIELDS = "too-many-fields"
    TOO_MANY_PARTS = "too-many-parts"
    TOO_DEEP = "too-deep"
    HTML_TOO_LONG = "html-too-long"
    TEXT_TOO_LONG = "text-too-long"
    MESSAGE_TOO_LONG = "message-too-long"
    UNREADABLE = "unreadable"  # a mistake of ours, or a file that is not there
