"""The lines of a body, and what stands where: paragraphs, quotations, rules above a line."""

import re
from functools import cached_property

from mailgate.mail.words.html_element import INDENT
from mailgate.mail.words.html_text import with_links
from mailgate.mail.words.reply_marks import Mark, marked_lines
from mailgate.mail.words.reply_words import THIS_LINE

OF_PARAGRAPH = (Mark.WORDS, Mark.LABEL, Mark.TITLE)
QUOTES = (Mark.QUOTED, Mark.INDENTED)
LONG = 60
"""Characters of a line that a program may have broken."""

_LEADING_ENDS = frozenset(":：*")

MARKS = f"> {INDENT}"  # of quotations, at the beginning of a line
MOST_COMPARED = 50
"""Lines of a quotation that are compared with the parent."""

MOST_ABOVE_KNOWN = 15
"""Lines between a mark of history and the first line that the parent has, too."""

_INITIALS = re.compile(r"\s?([^\W\d_]{1,4})>+(?=\s|$)")  # `AB> text`, as The Bat! quotes
_LINK = re.compile(r"[(<\[]?https?://\S+\s*>?$")


class Body:
    """The lines of a body with their marks; `known` are those that repeat the mail that is answered."""

    def __init__(self, raw: list[str], known: frozenset[int]) -> None:
        self.raw = raw
        self.lines = marked_lines(raw)
        self.known = frozenset(at for at, line in enumerate(self.lines) if line.first in known) if known else known
        self.initials = ""  # of who is quoted with them

    @cached_property
    def leading_in(self) -> list[bool]:
        """Which lines may lead something in, by a sign that every such line has: quick, for most have none."""
        title = Mark.TITLE
        return [line.text[-1:] in _LEADING_ENDS or "@" in line.text or line.mark is title for line in self.lines]

    @cached_property
    def plain(self) -> list[bool]:
        """Which lines are words in the midst of a paragraph, of which nothing could be anything else."""
        mark = Mark.WORDS
        words = [line.mark is mark and not sign for line, sign in zip(self.lines, self.leading_in, strict=True)]
        words += [False, False]
        return [here and below and further for here, below, further in zip(words, words[1:], words[2:], strict=False)]

    @cached_property
    def may_be_above(self) -> bool:
        """Whether some line may ask for answers above it."""
        text = "\n".join(line.text for line in self.lines if line.mark in OF_PARAGRAPH).lower()
        return any(words in text for words in THIS_LINE)

    @cached_property
    def titles(self) -> int:
        """How many lines have words between dashes."""
        return sum(line.mark is Mark.TITLE for line in self.lines)

    @cached_property
    def is_all_quoted(self) -> bool:
        """There is no line that is not marked as a quotation."""
        return all(line.mark in QUOTES or line.mark is Mark.EMPTY for line in self.lines)

    def next(self, at: int) -> int:
        """The first line from here that is not empty."""
        while at < len(self.lines) and self.lines[at].mark is Mark.EMPTY:
            at += 1
        return at

    def paragraph_end(self, at: int, most: int) -> int | None:
        """Behind the last line of the paragraph from here; None where it has more lines than that."""
        for end in range(at, at + most + 1):
            if end == len(self.lines) or self.lines[end].mark not in OF_PARAGRAPH or self.is_quote(end):
                return end
        return None

    def is_quote(self, at: int) -> bool:
        """Whether this line is marked as one of a quotation, or known from the mail that is answered."""
        line = self.lines[at]
        if line.mark in QUOTES or at in self.known:
            return True
        return bool(self.initials) and _initials_of(line.text) == self.initials

    def quote_follows(self, at: int) -> bool:
        """Whether a quotation stands here, or a few empty lines below."""
        following = self.next(at)
        return following < len(self.lines) and following - at <= 2 and self.is_quote(following)

    def title_above(self, at: int) -> int:
        """The rule or title above this line; the line itself where there is none."""
        above = at - 1
        while above >= 0 and self.lines[above].mark is Mark.EMPTY:
            above -= 1
        return above if above >= 0 and self.lines[above].mark in (Mark.RULE, Mark.TITLE, Mark.HISTORY) else at

    def quotation_end(self, at: int) -> int:
        """Behind the last line of the quotation that begins here; a known line without a mark ends it."""
        while at < len(self.lines):
            following = self.next(at)
            if following < len(self.lines) and following not in self.known and self.is_quote(following):
                at = following + 1
            elif self._is_broken_end(at):
                at += 1
            else:
                break
        return at

    def _is_broken_end(self, at: int) -> bool:
        """The end of a quoted line, broken off by a program that wraps what is wrapped."""
        if self.known or at + 1 >= len(self.lines) or self.lines[at].mark is Mark.EMPTY or not self.is_quote(at + 1):
            return False
        above, text = self.lines[at - 1].text, self.lines[at].text
        broken = text[:1].islower() and len(above) >= LONG and above[-1:] not in ".?!:"
        return broken or _LINK.match(text.strip("()>")) is not None

    def known_below(self, at: int) -> int | None:
        """The next known line, where it stands near."""
        end = min(at + MOST_ABOVE_KNOWN, len(self.lines))
        return next((one for one in range(at, end) if one in self.known), None) if self.known else None

    def find_initials(self, at: int) -> None:
        """Take the initials with which the quotation below is marked, from now on, if it is."""
        following = self.next(at)
        if following < len(self.lines) and (initials := _initials_of(self.lines[following].text)):
            self.initials = initials

    def initials_follow(self, at: int) -> bool:
        """Whether the next line is marked with initials."""
        following = self.next(at)
        return following < len(self.lines) and bool(_initials_of(self.lines[following].text))

    def joined(self, at: int, end: int) -> str:
        """These lines as one."""
        return " ".join(line.text for line in self.lines[at:end])

    def with_links(self, at: int, end: int) -> str:
        """The same, with where their links lead."""
        return " ".join(with_links(self.raw[line.first].strip()) for line in self.lines[at:end])


def _initials_of(text: str) -> str:
    match = _INITIALS.match(text)
    return match[1] if match else ""
