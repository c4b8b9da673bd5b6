"""The subject of an answer: one `Re:`, the subject as it was, the ticket's tag once."""

import re
from collections.abc import Callable

from mailgate.outbound.plain_text import one_line

MAX_SUBJECT = 200  # characters of the ticket's own subject; some clients show no more, and folding stays short
NO_SUBJECT = "(no subject)"

# What mail clients put before an answer, by language. Prefixes of forwards stay: they say something else.
_ANSWER_PREFIXES = (
    "re",
    "r",  # Italian
    "rif",
    "res",  # Portuguese
    "aw",  # German
    "antw",  # Dutch
    "antwort",
    "sv",  # Danish, Norwegian, Swedish
    "vs",  # Finnish
    "vá",  # Hungarian
    "odp",  # Polish, Slovene
    "ynt",  # Turkish
    "bls",  # Indonesian
    "atb",  # Welsh
    "απ",
    "σχετ",
    "ре",  # Cyrillic letters
    "отв",
    "השב",
    "رد",
    "回复",
    "回覆",
    "答复",
)
_PREFIX = re.compile(
    rf"(?:{'|'.join(_ANSWER_PREFIXES)})(?: ?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\)|\^\d{{1,3}}))? ?[::] *", re.IGNORECASE
)
_TAG = re.compile(r" ?\[#\d{1,18}\]")


def topic_of(subject: str) -> str:
    """The subject without answer prefixes: what a thread is about."""
    words = one_line(subject)
    while prefix := _PREFIX.match(words):
        words = words[prefix.end() :]
    return one_line(words, max_length=MAX_SUBJECT)


def reply_subject(
    subject: str, number: int | None, *, begins: bool = False, unnamed: Callable[[], str] = lambda: NO_SUBJECT
) -> str:
    """`Re: <subject> [#number]`, whatever answer prefixes and tags the subject had already; without number, no tag.

    `begins`: the mail answers none, so it has no `Re:`, which would look like a forged answer. `unnamed` says what
    stands for a subject without words; tickets keep NO_SUBJECT in its place.
    Every `[#digits]` gives way to the ticket's own: two tags in one subject would name two tickets in the next answer.
    """
    words = one_line(subject)
    if number is not None:
        words = _TAG.sub("", words).strip(" ")
    words = topic_of(words)
    tag = "" if number is None else f" [#{number}]"
    said = unnamed() if words in ("", NO_SUBJECT) else one_line(words, max_length=MAX_SUBJECT)
    return f"{'' if begins else 'Re: '}{said}{tag}"
