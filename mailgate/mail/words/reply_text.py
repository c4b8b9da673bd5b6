"""The new words of a reply: without quotes, attribution lines, the history below, and signatures. Never raises.

One pass over the lines, in linear time. `mailparser_reply` is asked only about lines that may be an attribution: it
knows how a dozen languages write them, but takes a second for 8 kB on one line and a millisecond for any small mail,
and what it takes for signatures (a line `- like this`, "Thanks, …" and all that follows) are often the very words.
"""

import re
from functools import lru_cache

import mailparser_reply

from mailgate.mail.words import reply_marks as marks
from mailgate.mail.words.alignment import repeated_lines
from mailgate.mail.words.html_text import HISTORY, LINK_MARK, with_links

MAX_TEXT = 100_000  # characters that are looked at; what is behind them stays as it is
_MAX_LINE = 500  # characters of a line that are looked at
_MAX_QUESTIONS = 50  # lines that the library is asked about, in one mail
_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "da", "sv", "pl", "cs", "ja", "ko", "zh"]

_SHORT_ATTRIBUTION = 3  # lines; a longer one must name an address
_MAX_ATTRIBUTION = 6
_WRAPPED = 60  # characters of a quoted line that may have been wrapped
_MAX_HEADER = 15  # lines of a header block above a quotation, its rules and blank lines included
_SIGNATURE_LINES = 12  # below a `--` that lacks its blank; more is text below a rule


def own_text(text: str, parent: str | None = None) -> str:
    """What the sender wrote in this message; "" for a body that is all quotes and signature.

    Where the text of the mail that is answered is known, `parent`, what repeats it is history, marked or not, and
    words between its lines are the sender's even where his program says that all below is history.
    """
    head, tail = text[:MAX_TEXT], text[MAX_TEXT:]
    lines = head.split("\n")
    plain = head if head.isascii() else marks.DIRECTION.sub("", LINK_MARK.sub("", head))
    known = repeated_lines(plain, parent) if parent else frozenset()
    reading = _Reading([line[:_MAX_LINE] for line in plain.split("\n")], known)
    kept = [lines[at] for at in reading.kept()]
    return with_links("\n".join(kept) + ("" if reading.cut else tail)).strip()


def cut_text(text: str, kept: str) -> str:
    """The lines of `text` that are missing in `kept`, which was made by leaving lines out of it."""
    left = kept.split("\n")
    at = 0
    cut: list[str] = []
    for line in text.split("\n"):
        if at < len(left) and line.strip() == left[at].strip():
            at += 1
        else:
            cut.append(line)
    return "\n".join(cut).strip("\n")


class _Reading:
    """One pass over the lines of a body."""

    __slots__ = ("colons", "cut", "has_mark", "known", "lines", "may_be_sent_from", "questions")

    def __init__(self, lines: list[str], known: frozenset[int]) -> None:
        self.lines = lines
        self.known = known  # lines that repeat what is answered: quoted, with a mark or without
        self.cut = False  # a line was found below which all is history
        self.questions = 0
        # Most mails have none of these; the patterns for them cost more than all the rest of the reading.
        lowered = "\n".join(lines).lower()
        self.has_mark = any(words in lowered for words in marks.REPLY_ABOVE_WORDS)
        self.may_be_sent_from = any(words in lowered for words in marks.SENT_FROM_WORDS)
        self.colons = {at for at, line in enumerate(lines) if line.rstrip(" *\t").endswith((":", "："))}

    def kept(self) -> list[int]:
        """The indexes of the lines that are the sender's own."""
        kept: list[int] = []
        at = 0
        in_signature = False
        while at < len(self.lines):
            line = self.lines[at]
            if (not line or line.isspace()) and at not in self.known:
                kept.append(at)
                at += 1
            elif self._is_quote(at):
                in_signature = False
                at += 1 + self._wrapped(at)
            elif marks.FORWARD.match(line):  # what is forwarded is what the sender wants read
                return [*kept, *range(at, len(self.lines))]
            elif self._ends_at(at):
                if below := self._known_below(at):
                    at = below  # a header above lines that we know, between which there may be answers
                    continue
                self.cut = True
                while kept and (not self.lines[kept[-1]].strip() or marks.RULE.match(self.lines[kept[-1]])):
                    kept.pop()  # the rule above a header block
                return kept
            elif length := self._attribution(at):
                if not self._quote_follows(at + length):
                    self.cut = True  # the history below carries no marks
                    return kept
                in_signature = False
                at += length
            else:
                in_signature = in_signature or self._is_signature(at)
                if not in_signature and not (self.may_be_sent_from and marks.SENT_FROM.match(line)):
                    kept.append(at)
                at += 1
        return kept

    def _is_quote(self, at: int) -> bool:
        return at in self.known or marks.QUOTE.match(self.lines[at]) is not None

    def _known_below(self, at: int) -> int | None:
        return next((line for line in range(at + 1, at + 1 + _MAX_HEADER) if line in self.known), None)

    def _ends_at(self, at: int) -> bool:
        line = self.lines[at]
        if line == HISTORY or marks.ORIGINAL.match(line) or (self.has_mark and marks.REPLY_ABOVE.search(line)):
            return True
        if line.lstrip(" *")[:3] in ("---", "___", "==="):
            below = [text for text in self.lines[at + 1 : at + 6] if text.strip()]
            if below and marks.PREVIOUS.match(below[0]):
                return True
            if marks.RULE.match(line) and len(line.strip()) >= 20 and below:
                if marks.LIST_FOOTER.search(below[0]):
                    return True
                if "@" in below[0] and len(below) > 2 and all(marks.ANY_LABEL.match(text) for text in below[:3]):
                    return True  # a header block in any language
        start = line[:40]
        return (":" in start or "：" in start) and marks.LABEL.match(line) is not None and self._is_header_block(at)

    def _is_header_block(self, at: int) -> bool:
        """Three labelled lines close together, one of them the author's: `From: … Sent: … Subject: …`.

        Or two that stand alone, with an address and an instant: `From: bart@example.org`, `Date: 3 Feb 2025 10:00`.
        """
        seen: dict[str, str] = {}
        for line in self.lines[at : at + 8]:
            found = marks.LABEL.match(line)
            if found and found.lastgroup:
                seen.setdefault(found.lastgroup, line)
        if "from" in seen and len(seen) >= 3:
            return True
        below = [*self.lines[at + 1 : at + 3], "", ""]
        sent, who = seen.get("sent", ""), seen.get("from") or seen.get("to") or ""
        return (
            (at == 0 or not self.lines[at - 1].strip())
            and not below[1].strip()
            and {self.lines[at], below[0]} == {sent, who}
            and "@" in who
            and re.search(r"\b\d{1,2}:\d\d\b", sent.partition(":")[2]) is not None
        )

    def _wrapped(self, at: int) -> int:
        """1 when the next line is the end of this quoted one, broken off by a program that wraps what is wrapped."""
        around = self.lines[at : at + 3]
        if self.known or len(around) < 3 or marks.QUOTE.match(around[1]) or not marks.QUOTE.match(around[2]):
            return 0
        broken = around[1][:1].islower() and len(around[0]) >= _WRAPPED and around[0].rstrip()[-1:] not in ".?!:"
        return int(broken or marks.LINK.match(around[1].strip().strip("()>").strip()) is not None)

    def _attribution(self, at: int) -> int:
        """How many lines from here are `On …, X wrote:`; 0 when they are none."""
        line = self.lines[at].strip()
        if at in self.colons and marks.QUOTING.match(line):
            return 1
        if line.endswith("-") and marks.DASHED_WROTE.match(line):
            return 1
        if line[0].isdigit() and marks.WHEN_AND_WHO.match(line) and self._quote_follows(at + 1):
            return 1
        for length in range(1, _MAX_ATTRIBUTION + 1):
            if at + length - 1 not in self.colons:
                continue
            if length > 1 and not marks.LEAD_IN.match(line):
                return 0
            window = self.lines[at : at + length]
            joined = " ".join(part.strip() for part in window).rstrip(" *")
            is_tight = length <= _SHORT_ATTRIBUTION and all(part.strip() for part in window)
            if not is_tight and not (marks.WROTE.match(joined) and "@" in joined and "<" in joined):
                return 0
            dated = any(ch.isdigit() or ch == "@" for ch in joined)
            if (
                (
                    marks.WROTE.match(joined)
                    and (dated or marks.LEAD_IN.match(joined) or self._quote_follows(at + length))
                )
                or (dated and self._quote_follows(at + length))
                or marks.WHO_AND_WHEN.match(joined)
                or (dated and self._library_knows(joined))
            ):
                return length
            return 0
        return 0

    def _library_knows(self, line: str) -> bool:
        self.questions += 1
        return self.questions <= _MAX_QUESTIONS and _library_attributions().match(line[:_MAX_LINE]) is not None

    def _quote_follows(self, at: int) -> bool:
        following = next((at for at in range(at, min(at + 3, len(self.lines))) if self.lines[at].strip()), None)
        return following is not None and self._is_quote(following)

    def _is_signature(self, at: int) -> bool:
        line = self.lines[at]
        if line == "-- ":  # RFC 3676 §4.3
            return True
        stripped = line.strip()
        if stripped[:1] not in "-—_":
            return False
        underlined = len(stripped) > 2 and not stripped.strip("_") and "".join(self.lines[at + 1 : at + 2]).strip()
        if stripped not in ("--", "—") and not underlined:
            return False
        below = 0
        for number in range(at + 1, min(at + 100, len(self.lines))):
            if self._is_quote(number) or below > _SIGNATURE_LINES:
                break
            below += bool(self.lines[number].strip())
        return below <= _SIGNATURE_LINES


@lru_cache(maxsize=1)
def _library_attributions() -> re.Pattern[str]:
    pattern: re.Pattern[str] = mailparser_reply.EmailMessage("", languages=list(_LANGUAGES)).HEADER_REGEX
    return pattern
