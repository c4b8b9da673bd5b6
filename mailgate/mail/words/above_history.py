"""What stands above history: a mark of a mail program, the header of the answered mail, a line that leads it in."""

from dataclasses import replace

from mailgate.mail.words.alignment import Parent
from mailgate.mail.words.answered_header import header_length
from mailgate.mail.words.body import LONG, MARKS, MOST_COMPARED, OF_PARAGRAPH, Body
from mailgate.mail.words.head import Answers, Head, names_reader
from mailgate.mail.words.lead_ins import ADDRESS, begun_line, leads_in, who_and_when
from mailgate.mail.words.reply_marks import Line, Mark, title_of
from mailgate.mail.words.reply_words import ORIGINAL, PREVIOUS, THIS_LINE

_MOST_BROKEN = 3  # lines of a lead-in
_MOST_OF_MARK = 10  # words
_MANY_DASHES = 10  # on both sides together
_TITLE_WORDS = 3


class Above:
    """Asked about lines of a body, by their number."""

    def __init__(self, body: Body, parent: Parent | None, head: Head) -> None:
        self.body, self.parent, self.head = body, parent, head
        self.is_careful = head.answers in (Answers.NO, Answers.FORWARDS)  # only what is known or led in is history
        self._lead_in_at: tuple[int, int] | None = None  # the last answer of `lead_in`

    def is_mark(self, at: int) -> bool:
        """A mark of a mail program, below which all is history."""
        line = self.body.lines[at]
        if line.mark is Mark.HISTORY:
            return not self.is_careful or self.body.known_below(at) is not None
        if line.text.startswith("##-") and line.text.endswith("-##"):
            return True
        if self.is_careful:
            return False
        if line.mark is Mark.TITLE and ORIGINAL.search(line.text):
            return (
                len(list(ORIGINAL.finditer(line.text))) > 1
                or self._is_alone(line)
                or self.begins_history(self.body.next(at + 1))
            )
        if line.mark is Mark.RULE:
            following = self.body.next(at + 1)
            return following < len(self.body.lines) and PREVIOUS.match(self.body.lines[following].text) is not None
        if not self.body.may_be_above:
            return False
        text = line.text.lower()
        if not any(words in text for words in THIS_LINE):
            return False
        return not text.endswith((".", "?", "!")) and len(text.split()) <= _MOST_OF_MARK

    def _is_alone(self, title: Line) -> bool:
        """`-----Original Message-----`, and no other line like it: a heading between dashes has its like."""
        said = title_of(title.text) or ""
        is_long = len(title.text) - len(said) >= _MANY_DASHES
        return is_long and len(said.split()) <= _TITLE_WORDS and self.body.titles == 1

    def begins_history(self, at: int) -> bool:
        """Whether a quotation begins here, or what leads history in."""
        return at < len(self.body.lines) and (self.body.is_quote(at) or bool(self.header(at) or self.lead_in(at)))

    def header(self, at: int) -> int:
        """How many lines from here are the header of the mail that is answered."""
        lines = self.body.lines
        if lines[at].mark is Mark.LABEL:
            if at and lines[at - 1].mark is Mark.LABEL:
                return 0
        elif lines[at].mark is not Mark.WORDS or at + 1 == len(lines) or lines[at + 1].mark is not Mark.LABEL:
            return 0
        is_near_known = self.body.known_below(at) is not None
        if self.is_careful and not is_near_known:
            return 0
        return header_length(
            lines,
            at,
            replace(self.head, answers=Answers.YES) if is_near_known else self.head,
            has_title=self.body.title_above(at) != at,
            quote_follows=self.body.quote_follows,
        )

    def lead_in(self, at: int) -> int:
        """How many lines from here lead in what is below: a paragraph, the end of one, or a line that says it all."""
        if self._lead_in_at is None or self._lead_in_at[0] != at:  # often asked twice
            length = self._find_lead_in(at)
            self._lead_in_at = (at, length if length and self._is_tied(at, at + length) else 0)
        return self._lead_in_at[1]

    def _is_tied(self, at: int, end: int) -> bool:
        """Whether it has to do with the mail of ours that is answered, where only such history goes."""
        if self.head.answers is not Answers.OURS or self.body.quote_follows(end):
            return True
        return self.body.known_below(end) is not None or names_reader(
            ADDRESS.findall(self.body.joined(at, end)), self.head
        )

    def _find_lead_in(self, at: int) -> int:
        line, signs = self.body.lines[at], self.body.leading_in
        if line.mark not in OF_PARAGRAPH or not any(signs[at : at + _MOST_BROKEN]):
            return 0
        is_answer = not self.is_careful or self.body.known_below(at) is not None
        begun = begun_line(self.body.raw[line.first].strip()) if signs[at] else None
        if begun and is_answer and leads_in(begun, to_quotation=False):
            return 1
        end = at + 1 if line.mark is Mark.TITLE else self.body.paragraph_end(at, _MOST_BROKEN)
        if end is not None and any(signs[at:end]) and self._leads_in(at, end, is_answer=is_answer):
            return end - at
        last = min(at + _MOST_BROKEN if end is None else end - 1, len(self.body.lines))
        return next((to - at for to in range(at + 1, last + 1) if is_answer and self._says_all(at, to)), 0)

    def _says_all(self, at: int, end: int) -> bool:
        """Whether these lines of a longer paragraph lead in the rest of it."""
        if not self.body.lines[end - 1].text.endswith((":", "：")):
            return False
        if any(line.mark not in OF_PARAGRAPH for line in self.body.lines[at:end]):
            return False
        text = self.body.joined(at, end)
        return ADDRESS.search(text) is not None and self._is_apart(at, end, text, sure=False)

    def _leads_in(self, at: int, end: int, *, is_answer: bool) -> bool:
        quoted = self.body.quote_follows(end)
        initials = is_answer and self.body.initials_follow(end)
        if not (quoted or is_answer):
            return False
        sure = initials or (quoted and is_answer and self._may_be_quoted(self.body.next(end)))
        return self._is_apart(at, end, self.body.joined(at, end), sure=sure)

    def _is_apart(self, at: int, end: int, text: str, *, sure: bool) -> bool:
        """A whole lead-in; words above it are none of it, unless the line was broken there."""
        if not leads_in(text, to_quotation=sure):
            return False
        if end - at == 1 or len(self.body.lines[at].text) >= LONG:
            return True
        rest = self.body.joined(at + 1, end)
        return who_and_when(rest) != who_and_when(text) or not leads_in(rest, to_quotation=sure)

    def _may_be_quoted(self, at: int) -> bool:
        """Whether the parent has what is marked as a quotation from here, as far as the parent is known."""
        if self.parent is None or at in self.body.known:
            return True
        end = self.body.quotation_end(at)
        texts = [line.text.lstrip(MARKS) for line in self.body.lines[at:end][:MOST_COMPARED]]
        return any(map(self.parent.has, texts))
