"""What stands below the words of a mail: a signature without its delimiter, the line of a telephone or program."""

import re
from collections.abc import Sequence

from mailgate.mail.words.lead_ins import ADDRESS
from mailgate.mail.words.reply_words import GET, PROGRAMS, SENT

_LINK = re.compile(r"[(<\[]*(?:https?://|www\.)\S+")
_PHONE = re.compile(r"(?:\d[\s/().-]{0,3}){6,}")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")

_LIST_ADDRESS = re.compile(r"[-+](?:unsubscribe|leave|signoff)\S{0,200}@", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[|•·]\s*")

_MOST_LINES = 8
_MOST_CHARACTERS = 80
_MOST_WORDS = 8
_MOST_CHARACTERS_WITH_LINK = 300
_MOST_NAMES = 5
_LIST_RULE = 20  # underscores; mailing lists write 47


def is_signature(rule: str, below: Sequence[str], author: str) -> bool:
    """Whether the paragraph `below` a rule, the last of a mail, is a signature: a name, and ways to reach who has it.

    Only `-- ` says so by itself (RFC 3676 §4.3). `author`: name and address; a name alone must be the writer's. Below a
    long rule of underscores stands what a mailing list adds.
    """
    if not below or len(below) > _MOST_LINES:
        return False
    if any(map(_LIST_ADDRESS.search, below)):  # where a mailing list takes one's leave
        return True
    if any(len(line) > _MOST_CHARACTERS and not _reaches(line) for line in below):
        return False
    if len(rule) >= _LIST_RULE:
        return any(map(_reaches, below))
    first, *others = below
    if _reaches(first):
        first, *beside = _BETWEEN.split(first)
        others += beside
    if not (_is_name(first) and all(_reaches(line) or _is_name(line) for line in others)):
        return False
    return any(map(_reaches, below)) or any(len(word) > 1 and word in author for word in _WORD.findall(first.lower()))


def may_be_sent_from(text: str) -> bool:
    """Whether this line may begin one of `is_sent_from`: quick, for most lines do not."""
    if len(text) > _MOST_CHARACTERS_WITH_LINK:
        return False
    return any(words.search(text) for words in (PROGRAMS, SENT, GET))


def is_sent_from(text: str) -> bool:
    """Whether a paragraph is the line of a telephone or program, such as `Sent from my iPhone`, with its link or not.

    The verb stands first, or last as in German and Japanese.
    """
    plain = _LINK.sub("", text).strip(" *_<>()[].\"'")
    words = plain.split()
    if not words or len(words) > _MOST_WORDS + 3 or plain.endswith(("?", ":")):
        return False
    last = len(plain) - len(words[-1])
    programs = {one[0].lower() for one in PROGRAMS.finditer(plain)}
    sent = [one for one in SENT.finditer(plain) if one.start() >= last or (not one.start() and _is_short(words))]
    if sent:
        return bool(programs) or _LINK.search(text) is not None
    if len(words) > _MOST_WORDS or "," in plain:
        return False
    if len(programs) > 1 and _LINK.search(text):  # `Outlook for Android <link>`
        return True
    return bool(programs) and any(not one.start() or one.start() >= last for one in GET.finditer(plain))


def _is_short(words: Sequence[str]) -> bool:
    """A few words, or names and models with a few words between them."""
    return len(words) <= _MOST_WORDS or sum(word[0].islower() for word in words) <= _MOST_WORDS // 2


def _reaches(line: str) -> bool:
    return any(shape.search(line) for shape in (ADDRESS, _LINK, _PHONE))


def _is_name(line: str) -> bool:
    """A few words, each with a capital but for the small ones between them; no sentence, label or number."""
    words = _WORD.findall(line)
    if not 0 < len(words) <= _MOST_NAMES or line.rstrip().endswith((".", "!", "?", ":", "。", "？")) or ":" in line:
        return False
    return all(not word[0].islower() or len(word) <= 3 for word in words) and not words[0][0].islower()
