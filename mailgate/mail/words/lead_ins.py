"""The line that leads a quotation in, `On Monday at 9:00 Bart <bart@example.org> wrote:`, by its shape.

It says who and when, and little else. Words of any language add to that and decide nothing where an address is given.
"""

import re

from mailgate.mail.words.moment import is_by_program, moment_in
from mailgate.mail.words.reply_marks import title_of
from mailgate.mail.words.reply_words import WROTE

_NOT_IN_ADDRESS = r"\s<>()\[\]@,;:\"'|*"
ADDRESS = re.compile(rf"(?<![^{_NOT_IN_ADDRESS}])[^{_NOT_IN_ADDRESS}]++@[^{_NOT_IN_ADDRESS}]+\.\w+")

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_MOST_WORDS = 8  # that are no names; the Dutch and Turkish lines have most
_MOST_WITHOUT_ADDRESS = 5
_AT_END = 20  # characters within which the verb stands, where no colon does
_MOST_CHARACTERS = 250
_DAY = re.compile(r"(?<![\d.:])\d{1,2}\.?\s[^\W\d]{3,}|[^\W\d]{3,}\.?\s\d{1,2}(?![\d.:]|\s?[ap]m)", re.IGNORECASE)
_BEGUN = re.compile(r"(.{1,250}@.{1,100}[:：])\s{2,}\S")


def leads_in(text: str, *, to_quotation: bool) -> bool:
    """Whether this paragraph, joined to one line, leads in what stands below it.

    `to_quotation`: that is marked line by line. Where it is not, more is asked: all that is below would be history.
    """
    title = title_of(text)
    said = title or text.strip(" *")
    bare = ADDRESS.sub("@", said)
    if len(bare) > _MOST_CHARACTERS:
        return False
    who, when = bare != said, moment_in(bare)
    ends = title is not None or said.endswith((":", "："))
    verb = WROTE.search(bare)
    others = _words_but_names(bare)
    if others > _MOST_WORDS or not (who or verb or when):
        return False
    if to_quotation:
        named = who or (when and (verb or _has_name(bare))) or (verb and others <= 1 and _has_name(bare, first=True))
        return bool(named) and 2 * who + when + ends + bool(verb) + (not when and not who) >= 3
    if who and verb and ends and when and _DAY.search(bare) and others <= _MOST_WITHOUT_ADDRESS:
        return True  # some write the day without its year
    if when < 2:
        return False
    if who:
        return ends or is_by_program(said) or any(len(bare) - one.end() < _AT_END for one in WROTE.finditer(bare))
    return ends and verb is not None and others <= _MOST_WITHOUT_ADDRESS and _has_name(bare, first=True)


def who_and_when(text: str) -> int:
    """How much of that a line says: an address, a date, a time."""
    return (ADDRESS.search(text) is not None) + moment_in(text)


def begun_line(line: str) -> str | None:
    """A lead-in behind which the quotation begins on the same line, as Yahoo has it on telephones; None without."""
    match = _BEGUN.match(line) if "  " in line else None
    return match[1] if match else None


def _words_but_names(text: str) -> int:
    """Words of two or more letters that begin with a small one; in scripts without any, no name is told from a word."""
    return sum(len(word) > 1 and word[0].islower() for word in _WORD.findall(text))


def _has_name(text: str, *, first: bool = False) -> bool:
    """A word that may be a name: not beside a number, as months and weekdays are, and not the `first` of the line."""
    for part_no, part in enumerate(text.split(",")):
        words = _WORD.findall(part)
        for at, word in enumerate(words):
            beside = words[max(at - 1, 0) : at + 2]
            is_first = not (part_no or at or first)
            if not is_first and len(word) > 1 and not word[0].islower() and not any(one[0].isdigit() for one in beside):
                return True
    return False
