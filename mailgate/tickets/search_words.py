"""Words as the search compares them, and the piece of a text that shows where they were found."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

MAX_CHARACTERS = 100_000
"""Of one text: what stands behind them in a mail is a log file. PostgreSQL takes 1 MiB of lexemes in all."""

MAX_WORD = 64
"""Of a word; longer ones are keys and encoded data, which nobody types, cut so that their beginning is found."""

SNIPPET_CHARACTERS = 160

_WORD = re.compile(r"[^\W_]+")
# Written without blanks between words: each character is a word, and several in a row are searched as a phrase.
_ALONE = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; `found`: it is what was searched for."""

    text: str
    found: bool


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without accents, case and punctuation: both databases then agree on what a word is."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS])
        text = _ALONE.sub(r" \1 ", "".join(ch for ch in parts if not unicodedata.combining(ch)))
    return tuple(word[:MAX_WORD] for word in _WORD.findall(text[:MAX_CHARACTERS].casefold()))


def snippet(text: str, wanted: Collection[str]) -> tuple[Piece, ...]:
    """A line of the text around the first word that begins like one of `wanted`; its beginning when there is none."""
    line = " ".join(text[:MAX_CHARACTERS].split())
    found = [place for place in _WORD.finditer(line) if _is_wanted(place[0], wanted)]
    begin = _window(line, found[0].start()) if found else 0
    end = min(len(line), begin + SNIPPET_CHARACTERS)
    pieces: list[Piece] = [Piece("…", False)] if begin else []
    at = begin
    for place in found:
        if place.end() > end:
            break
        pieces += [Piece(line[at : place.start()], False), Piece(place[0], True)]
        at = place.end()
    pieces.append(Piece(line[at:end] + ("…" if end < len(line) else ""), False))
    return tuple(piece for piece in pieces if piece.text)


def _is_wanted(word: str, wanted: Collection[str]) -> bool:
    return any(part.startswith(tuple(wanted)) for part in words_of(word)) if wanted else False


def _window(line: str, first: int) -> int:
    """Where the snippet begins: at a word, a third of it before what was found."""
    begin = max(0, first - SNIPPET_CHARACTERS // 3)
    blank = line.find(" ", begin, first) if begin else -1
    return blank + 1 if blank >= 0 else begin


def joined(words: Sequence[str]) -> str:
    """Words as a column keeps them, a blank at both ends: `" ann"` is found where a word begins so."""
    return f" {' '.join(words)} "
