"""The sequence of a mail's lines: which of them are the sender's own, and what the others are."""

from enum import Enum, auto

from mailgate.mail.words.above_history import Above
from mailgate.mail.words.alignment import Parent
from mailgate.mail.words.body import LONG, MARKS, MOST_ABOVE_KNOWN, MOST_COMPARED, QUOTES, Body
from mailgate.mail.words.head import Answers, Head
from mailgate.mail.words.reply_marks import Line, Mark, begins_forward
from mailgate.mail.words.tails import is_sent_from, is_signature, may_be_sent_from

_MOST_BROKEN = 3  # lines of a lead-in
_MOST_BETWEEN = 3  # lines of a footer without a word
_SIGNS = ("--", "—", "–")


class Part(Enum):
    """What a line is of the whole mail."""

    EMPTY = auto()
    OWN = auto()
    QUOTED = auto()  # marked so
    KNOWN = auto()  # a line of the parent, without a mark
    FOOTER = auto()  # a line of the parent's signature: nobody quotes it to answer it
    LEAD_IN = auto()  # what stands above a quotation, or a mark of a mail program
    SIGNATURE = auto()  # below `-- `, and the lines of telephones
    LOOSE = auto()  # a signature whose delimiter lacks its blank
    HISTORY = auto()  # below a mark that says so, without marks of its own


class Reading:
    """One pass over the lines of a mail."""

    def __init__(self, raw: list[str], known: frozenset[int], parent: Parent | None, head: Head) -> None:
        self.body, self.parent, self.head = Body(raw, known), parent, head
        self.ends_in_history = False
        self.above = Above(self.body, parent, head)
        self._at = 0  # the line that is judged
        self._led = False  # some quotation has been led in
        self._in_signature = False
        self._parts: list[Part] = []  # of the lines above it

    def parts(self) -> list[Part]:
        """What each raw line is."""
        if self.head.answers is Answers.FORWARDS and not self.body.known:
            self._take_own(len(self.body.lines))
        plain, own = () if self.body.known else self.body.plain, Part.OWN
        while self._at < len(self.body.lines):
            if plain and plain[self._at] and not (self._in_signature or self.body.initials):
                self._parts.append(own)  # most lines of most mails
                self._at += 1
            else:
                self._step()
        return [
            part for line, part in zip(self.body.lines, self._parts, strict=True) for _ in range(line.first, line.end)
        ]

    def _step(self) -> None:
        at, line = self._at, self.body.lines[self._at]
        if at in self.body.known:
            self._take(1, self._of_parent(line, Part.KNOWN))
        elif line.mark is Mark.EMPTY:
            self._parts.append(Part.EMPTY)
            self._at += 1
        elif self.body.is_quote(at):
            self._quotation()
        elif self.body.leading_in[at] and begins_forward(line.text):
            self._take_own(len(self.body.lines))
        elif self.above.is_mark(at):
            self._history(1)
        elif length := self.above.header(at) or self.above.lead_in(at):
            self._history(length)
        elif line.mark is Mark.SIGN_OFF:
            self._take(1, Part.SIGNATURE)
            self._in_signature = True
        elif length := self._loose_signature(at):
            self._take(length, Part.LOOSE)
        elif self._in_signature or self._is_sent_from(at):
            self._parts.append(Part.SIGNATURE)
            self._at += 1
        else:
            self._take(1, Part.OWN)

    def _take(self, length: int, part: Part) -> None:
        self._parts += [part] * length
        self._at += length
        self._in_signature = False

    def _take_own(self, end: int) -> None:
        self._parts += [
            Part.EMPTY if line.mark is Mark.EMPTY else Part.OWN for line in self.body.lines[len(self._parts) : end]
        ]
        self._at = end

    def _of_parent(self, line: Line, part: Part) -> Part:
        """That part, or the footer: below its first line there is nothing else, however it was wrapped."""
        if self.parent is None:
            return part
        is_below = self.parent.is_below(line.text)
        was_below = Part.FOOTER in self._parts[-_MOST_BETWEEN:] and not self.parent.is_above(line.text)
        return Part.FOOTER if is_below or was_below else part

    # What stands where

    def _ends_words(self, at: int) -> bool:
        """Whether behind here nothing comes but history, or nothing at all."""
        at = self.body.next(at)
        if at == len(self.body.lines) or self.body.lines[at].mark is Mark.SIGN_OFF:
            return True
        if self.above.begins_history(at) or self.above.is_mark(at):
            return True
        is_rule = self.body.lines[at].mark is Mark.RULE
        return is_rule and self.above.begins_history(self.body.next(at + 1))

    def _may_end_words(self, at: int) -> bool:
        """The same, quick: False where it cannot be."""
        at = self.body.next(at)
        is_words = at < len(self.body.lines) and self.body.lines[at].mark is Mark.WORDS
        return not is_words or self._is_marked(at) or self.body.may_be_above

    def _is_marked(self, at: int) -> bool:
        return self.body.is_quote(at) or any(self.body.leading_in[at : at + _MOST_BROKEN])

    def _is_below_lead_in(self) -> bool:
        above = next((part for part in reversed(self._parts) if part is not Part.EMPTY), None)
        return above is Part.LEAD_IN

    # Quotations

    def _quotation(self) -> None:
        end = self.body.quotation_end(self._at)
        texts = [line.text.lstrip(MARKS) for line in self.body.lines[self._at : end] if line.mark is not Mark.EMPTY]
        if not self._is_below_lead_in() and any(map(begins_forward, texts[:2])):
            self._take_own(len(self.body.lines))
            return
        part = Part.QUOTED if self._is_quotation(end, texts) else Part.OWN
        for line in self.body.lines[self._at : end]:
            if line.mark is Mark.EMPTY and len(self._parts) not in self.body.known:
                self._parts.append(Part.EMPTY)
            else:
                self._parts.append(self._of_parent(line, part) if part is Part.QUOTED else part)
        self._at = end
        self._in_signature = False

    def _is_quotation(self, end: int, texts: list[str]) -> bool:
        """Whether the lines from here, marked as a quotation, are one, and not a prompt or an indented list."""
        if self._is_below_lead_in() or not any(texts):
            self._led = self._led or any(texts)
            return True
        if self.head.answers not in (Answers.YES, Answers.OURS):
            return self._led or self.body.is_all_quoted
        if self.body.lines[self._at].mark is Mark.INDENTED:
            return Part.OWN in self._parts and self.body.next(end) == len(self.body.lines)
        if self.parent is None:
            return True
        return 2 * sum(map(self.parent.has, texts[:MOST_COMPARED])) >= len(texts[:MOST_COMPARED])

    # What stands above them

    def _history(self, length: int) -> None:
        """What leads history in, from here: it goes, with what is below it unless that is marked or known."""
        end = self._at + length
        if (above := self.body.title_above(self._at)) != self._at:
            self._parts[above:] = [Part.LEAD_IN] * (self._at - above)
        self.body.find_initials(end)
        if self.body.quote_follows(end):
            self._take(length, Part.LEAD_IN)
            return
        if (known := self.body.known_below(end)) is not None:  # there may be answers between its lines
            self._take(known - self._at, Part.LEAD_IN)
            return
        self._take(length, Part.LEAD_IN)
        for line in self.body.lines[end:]:
            self._parts.append(Part.QUOTED if line.mark in QUOTES else Part.HISTORY)
        self._at = len(self.body.lines)
        self.ends_in_history = True

    # What stands below own words

    def _loose_signature(self, at: int) -> int:
        text = self.body.lines[at].text
        if self.body.lines[at].mark is not Mark.RULE or not (text in _SIGNS or (len(text) > 2 and not text.strip("_"))):
            return 0
        if text[0] == "_" and at and self.body.lines[at - 1].mark is not Mark.EMPTY:  # a heading
            return 0
        end = self.body.paragraph_end(at + 1, MOST_ABOVE_KNOWN)
        if end is None or not is_signature(
            text, [line.text for line in self.body.lines[at + 1 : end]], f"{self.head.name} {self.head.author}"
        ):
            return 0
        return end - at if self._ends_words(end) else 0

    def _is_sent_from(self, at: int) -> bool:
        if at and self._parts[at - 1] is Part.OWN and not self._ends_sentence(at - 1):
            return False
        end = self.body.paragraph_end(at, 2)
        if end is None or end == at or not self._may_end_words(end) or not may_be_sent_from(self.body.lines[at].text):
            return False
        return is_sent_from(self.body.with_links(at, end)) and self._ends_words(end)

    def _ends_sentence(self, at: int) -> bool:
        """Whether the next line begins another one: below a full stop, or a capital below a line that is not full."""
        text, below = self.body.lines[at].text, self.body.lines[at + 1].text.lstrip("*_([")
        return text[-1:] in ".!?,)" or (len(text) < LONG and below[:1].isupper())
