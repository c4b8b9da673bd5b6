"""The header of the answered mail above it, `From: … Sent: … To: … Subject: …`, in any language.

Labels in a row, an address, a date with a time; and something that ties them to a mail: words that are known, a rule
or title above, the subject of this mail, the address that it goes to. An order form has labels and an address, too.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from mailgate.mail.words.head import Answers, Head, bare_subject, names_reader, plain_address
from mailgate.mail.words.lead_ins import ADDRESS
from mailgate.mail.words.moment import is_by_program, moment_in
from mailgate.mail.words.reply_marks import Line, Mark, label_of
from mailgate.mail.words.reply_words import LABELS

_MOST_LINES = 15
_LONG = 60  # characters of a line that a program may have broken
_ENOUGH = 5
_ALL_KINDS = len(LABELS)

_NAME_BESIDE = re.compile(r"[^\s<\[(]\s*+[<\[(]\s*+(?:mailto:)?+[^\s<>@]++@[^\s<>@]+[>\])]")
_INSIDE = re.compile(r"(?:^|\s)[^\W\d_]{1,14}\s?[:：]\s")  # a label on a line that has several


@dataclass(frozen=True, slots=True)
class _Said:
    """What one line says, whatever block it is in."""

    is_label: bool
    kinds: frozenset[str]  # of its label
    moment: int
    value: str  # behind the label, or all of it
    addresses: tuple[str, ...]
    has_name_beside: bool
    is_by_program: bool
    subject: str  # that it would be


@lru_cache(maxsize=64)  # a line is asked about for each line above it from which a block may begin
def _said(text: str) -> _Said:
    label = label_of(text)
    name, value = label or ("", text)
    return _Said(
        is_label=label is not None,
        kinds=frozenset(kind for kind, names in LABELS.items() if name in names),
        moment=moment_in(text),
        value=value,
        addresses=tuple(plain_address(one) for one in ADDRESS.findall(value)),
        has_name_beside=_NAME_BESIDE.search(value) is not None,
        is_by_program=is_by_program(value),
        subject=bare_subject(value),
    )


@dataclass(slots=True)
class _Found:
    """What the lines of a block say."""

    labels: int = 0
    said: list[_Said] = field(default_factory=list)

    def add(self, text: str) -> None:
        said = _said(text)
        self.labels += said.is_label
        self.said.append(said)


def header_length(
    lines: Sequence[Line], at: int, head: Head, *, has_title: bool, quote_follows: Callable[[int], bool]
) -> int:
    """How many lines from here are the header of the mail that this one answers; 0 when they are none.

    `has_title`: a rule, or words between dashes, stand above; `quote_follows`: whether lines from there are marked.
    """
    if _is_words_above(lines, at):
        return 0
    found = _Found()
    end, last = at, min(len(lines), at + _MOST_LINES)
    label, empty = Mark.LABEL, Mark.EMPTY
    if lines[at].mark is not label:  # `Message of 4 June 2025, 9:41`, above the labels
        if not (_is_label(lines, at + 1) and _said(lines[at].text).moment):
            return 0
        found.add(lines[at].text)
        end += 1
    elif not _said(lines[at].text).value:  # `I got this:` above a header
        return 0
    while end < last:
        line = lines[end]
        if line.mark is label or _goes_on(lines, end, found):
            found.add(line.text)
            end += 1
        elif line.mark is empty and found.labels * 2 == end - at + 1 and _is_label(lines, end + 1):
            end += 1
        else:
            break
    if found.labels == 1:
        found.labels = len(_INSIDE.findall(f" {lines[at].text}"))
    if found.labels < 2:
        return 0
    has_rule_below = end < len(lines) and lines[end].mark is Mark.RULE  # a form between two rules
    ties = _Ties(found, head, has_title=has_title, above_quotation=quote_follows(end))
    return end - at if not has_rule_below and ties.hold() else 0


def is_of_mail(text: str) -> bool:
    """Whether this line has a label that mail programs put above the mail that is answered, such as `Sent:`."""
    return bool(_said(text).kinds)


class _Ties:
    """The evidence of a block, added up."""

    def __init__(self, found: _Found, head: Head, *, has_title: bool, above_quotation: bool) -> None:
        self.found, self.head = found, head
        self.has_title, self.above_quotation = has_title, above_quotation

    @cached_property
    def moment(self) -> int:
        return max(said.moment for said in self.found.said)

    @cached_property
    def addresses(self) -> list[str]:
        return [one for said in self.found.said for one in said.addresses]

    @cached_property
    def subject(self) -> bool:
        return bool(self.head.subject) and any(said.subject == self.head.subject for said in self.found.said)

    @cached_property
    def to_reader(self) -> bool:
        return names_reader(self.addresses, self.head)

    def hold(self) -> bool:
        said = self.found.said
        if self.found.labels < 3 and not (any(one.is_by_program for one in said) and self.addresses):
            return False
        named = frozenset[str]().union(*(one.kinds for one in said))
        # Forms that people fill in have a subject and a date, too.
        kinds = len(named) if named & {"from", "to"} else 0
        if not (self.addresses or self.subject or "subject" in named):
            return False
        if not (self.moment or "sent" in named or self.subject or self.has_title or self.above_quotation):
            return False  # a mail has a date; a rule for mails has none
        if self._is_own_mail() or (self.head.answers is Answers.PERHAPS and not self.to_reader):
            return False
        if self.head.answers is Answers.OURS and not (self.subject or self.to_reader):
            return False
        tied = kinds > 1 or self.has_title or self.above_quotation or self.subject or self.to_reader
        several = sum("@" in one.value for one in said) > 1
        return bool(tied or several) and self._sum(kinds) >= _ENOUGH

    def _is_own_mail(self) -> bool:
        """The header of a mail of the writer's own, to somebody else and about something else: he asks about it."""
        is_other = not (self.subject or self.to_reader or self.has_title)
        return plain_address(self.head.author) in self.addresses[:1] and is_other

    def _sum(self, kinds: int) -> int:
        who = 3 if any(one.has_name_beside for one in self.found.said) else 2 * bool(self.addresses)
        known = _ENOUGH if kinds == _ALL_KINDS else kinds
        return (
            who
            + self.moment
            + known
            + self.has_title
            + 3 * self.subject
            + 2 * self.to_reader
            + 2 * self.above_quotation
        )


def _is_label(lines: Sequence[Line], at: int) -> bool:
    return at < len(lines) and lines[at].mark is Mark.LABEL


def _is_words_above(lines: Sequence[Line], at: int) -> bool:
    """Whether this label belongs to the words above a header: `It is: 5`, apart from labels that stand in a row.

    Where a program puts empty lines between the lines of a header, it does so between all of them.
    """
    end = at
    while end < len(lines) and end < at + _MOST_LINES and lines[end].mark is Mark.LABEL:
        end += 1
    apart = end
    while apart < len(lines) and lines[apart].mark is Mark.EMPTY:
        apart += 1
    if end - at not in (1, 2) or apart == end or not _is_label(lines, apart):
        return False
    if not _is_label(lines, apart + 1):
        return is_of_mail(lines[apart].text) and not any(is_of_mail(line.text) for line in lines[at:end])
    if not is_of_mail(lines[at].text):
        return True
    text = "\n".join(line.text for line in lines[at:end])
    return not (ADDRESS.search(text) or moment_in(text))


def _goes_on(lines: Sequence[Line], at: int, found: _Found) -> bool:
    """A value that was broken over lines, such as many readers."""
    if lines[at].mark is not Mark.WORDS or not found.labels:
        return False
    above = lines[at - 1].text
    return above.endswith((",", ";")) or len(above) >= _LONG or _is_label(lines, at + 1)
