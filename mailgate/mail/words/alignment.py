"""Which lines of an answer are lines of the mail that it answers: history that no mark tells from new words.

Both are read as words in a row, so that wrapping, quote marks and Markdown make no difference; what both have in the
same order, many words at a time, was not written anew. Linear time, and never raises.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_TEXT = 100_000  # characters of either text that are looked at

_SEED = 4  # words in a row that begin a passage
_ENOUGH = 10  # words of passages in the parent's order: fewer stand in anybody's own words, too
_PLACES = 4  # where a seed is looked for, when the parent repeats itself
_BESIDE = 3  # words of a line beside which a rewritten link may stand

_PIECE = re.compile(r"[^\s<>()\[\]{}\"'|*_#`]+")
# Chinese, Japanese and Thai are written without blanks, and wrapped anywhere. Signs are words where they stand alone,
# such as `?` or a smiley, but for the marks of quotes, lists and rules.
_WORD = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+"
    r"|(?<!\S)[^\w\s<>()\[\]{}\"'|*#`=~•·–—.…,:;-]+(?!\S)"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """The words of one line, with the place of the first among those of all lines."""

    start: int
    words: tuple[str, ...]
    has_link: bool  # that is not in the parent

    @property
    def is_blank(self) -> bool:
        return not self.words and not self.has_link


@dataclass(frozen=True, slots=True)
class _Passage:
    """`length` words that stand from `start` in the answer, and from `at` in the parent."""

    start: int
    at: int
    length: int


class Parent:
    """The text of the mail that is answered, to be asked about single lines."""

    __slots__ = ("_above", "_below")

    def __init__(self, text: str) -> None:
        words, footer_at, _ = _parent(text)
        self._above = f" {' '.join(words[:footer_at])} "
        self._below = f" {' '.join(words[footer_at:])} "

    def has(self, line: str) -> bool:
        """Whether the words of this line stand there in a row; True for a line without any."""
        phrase = _phrase(line)
        return phrase in self._above or phrase in self._below

    def is_above(self, line: str) -> bool:
        """Whether they stand above its signature, and there is one at least."""
        phrase = _phrase(line)
        return not phrase.isspace() and phrase in self._above

    def is_below(self, line: str) -> bool:
        """Whether they stand in its signature alone, and are more than one."""
        phrase = _phrase(line)
        return phrase.count(" ") > 2 and phrase in self._below and phrase not in self._above


def _phrase(line: str) -> str:
    plain, _ = _split(line.casefold())
    return f" {' '.join(_WORD.findall(plain))} ".replace("  ", " ")


def repeated_lines(text: str, parent: str) -> frozenset[int]:
    """The lines of `text`, counted from 0, that repeat `parent`, the text of the mail that it answers.

    None where less than half of the parent is repeated: that may be another mail with the same phrases, and new words
    between its lines need not be answers.
    """
    theirs, footer_at, links = _parent(parent)
    lines = _lines(text, links)
    ours = [word for line in lines for word in line.words]
    passages = _in_order(_passages(ours, theirs), at_least=min(_ENOUGH, len(theirs)))
    if not passages or _words_in(passages) * 2 < len(theirs):
        return frozenset()
    known = _known(lines, passages, theirs)  # line → its place in the parent
    below = [number for number, at in known.items() if at >= footer_at]
    # Nobody answers inside a signature: what stands between two of its lines is a line of it that a program changed.
    repeated = {*known, *(range(below[0], below[-1]) if below else ())}
    return frozenset(repeated | _blanks_within(lines, repeated))


def _parent(text: str) -> tuple[list[str], int, frozenset[str]]:
    """The words of the parent, the place of the first in its signature, and its links."""
    words: list[str] = []
    links: set[str] = set()
    footer_at: int | None = None
    for line in text[:MAX_TEXT].casefold().split("\n"):
        if line == "-- ":  # RFC 3676 §4.3
            footer_at = len(words)
        plain, found = _split(line)
        words += _WORD.findall(plain)
        links.update(found)
    return words, len(words) if footer_at is None else footer_at, frozenset(links)


def _lines(text: str, links: frozenset[str]) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for line in text[:MAX_TEXT].casefold().split("\n"):
        plain, found = _split(line)
        words = tuple(_WORD.findall(plain))
        lines.append(_Line(start, words, not links.issuperset(found)))
        start += len(words)
    return lines


def _split(line: str) -> tuple[str, list[str]]:
    """A line without its links and addresses, and these: programs write them twice, or rewrite them."""
    if "@" not in line and "://" not in line:
        return line, []
    plain: list[str] = []
    links: list[str] = []
    for piece in _PIECE.findall(line):
        if "@" in piece or "://" in piece:
            links.append(piece.removeprefix("mailto:").strip(".,;:!?/"))
        else:
            plain.append(piece)
    return " ".join(plain), links


def _passages(ours: Sequence[str], theirs: Sequence[str]) -> list[_Passage]:
    """Every passage that both have, from the top of the answer, each as long as it can be."""
    seeds: dict[tuple[str, ...], list[int]] = {}
    for at, seed in enumerate(zip(*(theirs[by:] for by in range(_SEED)), strict=False)):
        places = seeds.setdefault(seed, [])
        if len(places) < _PLACES:
            places.append(at)
    found: list[_Passage] = []
    start = 0
    while start + _SEED <= len(ours):
        places = seeds.get(tuple(ours[start : start + _SEED]), [])
        ahead = found[-1].at + found[-1].length if found else 0
        best = max(
            (_Passage(start, at, _common(ours, start, theirs, at)) for at in places),
            key=lambda passage: (passage.length, passage.at >= ahead, -passage.at),
            default=None,
        )
        if best is None:
            start += 1
        else:
            found.append(best)
            start += best.length
    return found


def _common(ours: Sequence[str], start: int, theirs: Sequence[str], at: int) -> int:
    length = 0
    most = min(len(ours) - start, len(theirs) - at)
    while length < most and ours[start + length] == theirs[at + length]:
        length += 1
    return length


def _in_order(passages: Sequence[_Passage], *, at_least: int) -> list[_Passage]:
    """Rows of passages that follow each other as in the parent, where they come to so many words together.

    What a longer row has already is no history but its words said once more.
    """
    rows: list[list[_Passage]] = []
    for passage in passages:
        if rows and passage.at >= rows[-1][-1].at + rows[-1][-1].length:
            rows[-1].append(passage)
        else:
            rows.append([passage])
    had = bytearray(max((passage.at + passage.length for passage in passages), default=0))  # places in the parent
    kept: list[_Passage] = []
    for row in sorted(rows, key=_words_in, reverse=True):
        if _words_in(row) < at_least:
            break
        if not all(had[passage.at] for passage in row):
            kept += row
        for passage in row:
            had[passage.at : passage.at + passage.length] = b"\1" * passage.length
    return sorted(kept, key=lambda passage: passage.start)


def _words_in(row: Sequence[_Passage]) -> int:
    return sum(passage.length for passage in row)


def _known(lines: Sequence[_Line], passages: Sequence[_Passage], theirs: Sequence[str]) -> dict[int, int]:
    """The lines of which every word is in a passage, and short ones that fill the gap between two passages."""
    place: list[int | None] = [None] * (lines[-1].start + len(lines[-1].words))  # of each word, in the parent
    for one in passages:
        place[one.start : one.start + one.length] = range(one.at, one.at + one.length)
    known: dict[int, int] = {}
    ahead: int | None = None  # where the parent goes on, behind the last line that is known
    for number, line in enumerate(lines):
        places = place[line.start : line.start + len(line.words)]
        at = next((one for one in places if one is not None), None)
        if not places or (line.has_link and len(places) < _BESIDE):
            continue
        if at is not None and None not in places:
            known[number] = at
        elif ahead is not None and at is None and tuple(theirs[ahead : ahead + len(places)]) == line.words:
            known[number] = ahead
        else:
            continue
        ahead = known[number] + len(places)
    return known


def _blanks_within(lines: Sequence[_Line], known: set[int]) -> set[int]:
    """Lines without a word between two lines that are known."""
    within: set[int] = set()
    blanks: list[int] | None = None  # since the last known line; None behind any other
    for number, line in enumerate(lines):
        if number in known:
            within.update(blanks or ())
            blanks = []
        elif not line.is_blank:
            blanks = None
        elif blanks is not None:
            blanks.append(number)
    return within
