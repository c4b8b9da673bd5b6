"""What each line of a body is by itself: the marks whose sequence `reply_text` judges."""

import re
from enum import Enum, auto
from typing import NamedTuple

from mailgate.mail.words.html_element import INDENT
from mailgate.mail.words.html_text import HISTORY, LINK_MARK, has_marks
from mailgate.mail.words.reply_words import FORWARDED

MAX_LINE = 500  # characters of a line that are looked at
_MAX_WITH_MARKS = 5_000
_MAX_JOINED = 4  # lines over which a bracket may stay open

_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # around Hebrew and Arabic names
_DIRECTION = re.compile(f"[{_DIRECTIONS}]")
_DASHES = "-_=\u2010\u2011\u2012\u2013\u2014\u2015"
_QUOTED = re.compile(r" {0,3}>(?!.*<<\s*$)")  # `>>> see here <<<` is an ornament
_OPEN = re.compile(r"<[^\s<>]*\s*$|\(\s*$")
_LABEL = re.compile(r"[\s*_|]*(?P<name>[^\W\d_][^:：<>@\d]{0,30}?)[\s*_]*[:：](?!//)\s*(?P<value>.*)$")
_CELLS = re.compile(r"\|\s*(?P<name>[^\W\d_][^|<>@\d]{0,30})\|\s*(?P<value>[^|]*)\|?$")  # `| From | Ann |`
_LABEL_WORDS = 3
_MOST_OF_TITLE = 10  # words


class Mark(Enum):
    """What a line is."""

    EMPTY = auto()
    WORDS = auto()
    QUOTED = auto()  # `> text`
    INDENTED = auto()  # the same, made of HTML that need not be a quotation
    RULE = auto()  # dashes alone
    TITLE = auto()  # words between dashes
    LABEL = auto()  # `label: value`
    SIGN_OFF = auto()  # `-- `, RFC 3676 §4.3
    HISTORY = auto()  # of `html_text`: below is history


class Line(NamedTuple):
    """One line, or several that a program broke inside the brackets of an address."""

    first: int  # number of the first of them
    end: int  # and of the line behind them
    text: str  # without blanks around it
    mark: Mark


def marked_lines(lines: list[str]) -> list[Line]:
    """Each line with its mark."""
    found: list[Line] = []
    words = Mark.WORDS  # looked up once: to ask an enumeration takes longer than all the rest
    whole = "\n".join(lines)
    is_plain = whole.isascii() or not (has_marks(whole) or any(mark in whole for mark in _DIRECTIONS))
    at = 0
    while at < len(lines):
        raw = lines[at][:MAX_LINE]
        if not is_plain:
            raw = _DIRECTION.sub("", LINK_MARK.sub("", lines[at][:_MAX_WITH_MARKS]))[:MAX_LINE]
        text = raw.strip()
        if text[:1].isalnum() and text[-1] != "(" and ":" not in text and "<" not in text and "：" not in text:
            found.append(Line(at, at + 1, text, words))
            at += 1
            continue
        end = at + 1
        if text[-1:] in "<(" or "<" in text:
            end, text = _joined(lines, at, text)
        if end > at + 1:
            if text.startswith("<") and len(found) > 1 and found[-1].mark is Mark.EMPTY:
                found, at, text = found[:-2], found[-2].first, f"{found[-2].text} {text}"
            raw = text
        found.append(Line(at, end, text[:MAX_LINE], _mark(raw, text)))
        at = end
    return found


def label_of(text: str) -> tuple[str, str] | None:
    """`label: value` apart; None where the line is none: a label has a few words and no digit."""
    match = _CELLS.match(text) or _LABEL.match(text)
    if match is None or len(match["name"].split()) > _LABEL_WORDS:
        return None
    return match["name"].strip(" *_").casefold(), match["value"].strip(" *_")


def title_of(text: str) -> str | None:
    """The words between two or more dashes on either side, or `>>>` as GroupWise has them; None without."""
    plain = text.strip(" *")
    for dashes, least in ((_DASHES, 2), (">", 3)):
        inner = plain.strip(dashes)
        before = len(plain) - len(plain.lstrip(dashes))
        if inner and inner != plain and before >= least and len(plain) - before - len(inner) >= least:
            return inner.strip(" *")
    return None


def begins_forward(line: str) -> bool:
    """Whether a mail that is sent on stands below: `-- Forwarded message --`, `Begin forwarded message:`."""
    text = line.strip(f" >*{INDENT}")
    said = title_of(text) or (text if text.endswith((":", "：")) else "")
    return bool(said) and len(said.split()) <= _MOST_OF_TITLE and FORWARDED.search(said) is not None


def _joined(lines: list[str], at: int, text: str) -> tuple[int, str]:
    """Where an address in brackets ends that was begun in this line, and the lines up to there as one."""
    opening, closing = ("(", ")") if text.endswith("(") else ("<", ">")
    if text.count(opening) <= text.count(closing) or not _OPEN.search(text):
        return at + 1, text
    joined = text
    for end in range(at + 1, min(at + 1 + _MAX_JOINED, len(lines))):
        joined = f"{joined} {lines[end][:MAX_LINE].strip()}"
        if joined.count(opening) <= joined.count(closing):
            return end + 1, joined
    return at + 1, text


def _mark(raw: str, text: str) -> Mark:
    if not text:
        return Mark.EMPTY
    if text[0] == ">" and _QUOTED.match(raw):
        return Mark.TITLE if title_of(text) else Mark.QUOTED
    if text[0] == INDENT:
        return Mark.INDENTED
    if text == HISTORY:
        return Mark.HISTORY
    if raw == "-- ":
        return Mark.SIGN_OFF
    if (plain := text.strip(" *"))[:1] in _DASHES and plain:
        if not plain.strip(_DASHES):
            return Mark.RULE
        if title_of(text):
            return Mark.TITLE
    may_be_label = ":" in text[:40] or "：" in text[:40] or text[0] == "|"
    return Mark.LABEL if may_be_label and label_of(text) else Mark.WORDS
