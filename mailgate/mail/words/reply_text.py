"""The new words of a mail: without quotations, what leads them in, the history below, and signatures. Never raises.

Every line is marked by itself first (`reply_marks`); then their sequence is judged, in one pass and linear time. What
could be either is the sender's: history left in is ugly, words lost are lost.
"""

from dataclasses import dataclass

from mailgate.mail.message import NOTHING_CUT, Cut
from mailgate.mail.words.alignment import Parent, repeated_lines
from mailgate.mail.words.head import Head
from mailgate.mail.words.html_element import INDENT
from mailgate.mail.words.html_text import LINK_MARK, with_links
from mailgate.mail.words.reading import Part, Reading

MAX_TEXT = 100_000  # characters that are looked at; what is behind them stays as it is


@dataclass(frozen=True, slots=True)
class Reply:
    """The words of a mail, and what is none of them."""

    own: str  # without any quotation; "" for a body that is all quotes and signature
    words: str  # with the quotations that own words follow: answers keep their questions; all where `own` is ""
    cut: Cut


def read_reply(text: str, head: Head, parent: str | None = None) -> Reply:
    """What the sender wrote in a mail with this text, see `html_text.marked_text`, and this header.

    Where the text of the mail that is answered is known, `parent`, what repeats it is history, marked or not, and
    words between its lines are the sender's even where his program says that all below is history. What is marked as
    a quotation and is none of its lines is no quotation, unless a line leads it in.
    """
    looked_at, tail = text[:MAX_TEXT], text[MAX_TEXT:]
    lines = looked_at.split("\n")
    known = repeated_lines(LINK_MARK.sub("", looked_at).replace(INDENT, ""), parent) if parent else frozenset[int]()
    reading = Reading(lines, known, Parent(parent) if parent else None, head)
    parts = reading.parts()
    if parent is None:
        parts = _with_pasted(lines, parts)
    if reading.ends_in_history:
        tail = ""
    own_lines = [line for line, part in zip(lines, parts, strict=True) if part in _OWN]
    own = _text(own_lines, tail)
    if not own:
        return Reply("", with_links(text).strip(), NOTHING_CUT)
    if len(own_lines) == len(lines):
        return Reply(own, own, NOTHING_CUT)
    kept = _kept(lines, parts)
    shown = [_quoted(line, part) for at, (line, part) in enumerate(zip(lines, parts, strict=True)) if kept[at]]
    words = _text(shown, tail)
    left_out = [(line, part) for at, (line, part) in enumerate(zip(lines, parts, strict=True)) if not kept[at]]
    return Reply(own, words, _cut(left_out))


_OWN = (Part.OWN, Part.EMPTY)
_QUOTED = (Part.QUOTED, Part.KNOWN)


def _text(lines: list[str], tail: str) -> str:
    return with_links("\n".join(lines) + tail).strip()


def _with_pasted(lines: list[str], parts: list[Part]) -> list[Part]:
    """The parts, where a passage with marks above all that leads history in is own if the history has none of it.

    A program that puts the answered mail below the words has not marked a prompt or a poem between them.
    """
    first = parts.index(Part.LEAD_IN) if Part.LEAD_IN in parts else 0
    quoted = Part.QUOTED
    marked = [at for at in range(first) if parts[at] is quoted]
    if not marked or Part.OWN not in parts[: marked[0]]:
        return parts
    history = Parent(LINK_MARK.sub("", "\n".join(lines[first:])))
    if any(history.has(lines[at]) for at in marked if lines[at].strip(f"> {INDENT}")):
        return parts
    return [Part.OWN if at < first and part is quoted else part for at, part in enumerate(parts)]


def _quoted(line: str, part: Part) -> str:
    return (
        f"> {line}" if part is Part.KNOWN and line.strip() and not line.lstrip(f" {INDENT}").startswith(">") else line
    )


def _kept(lines: list[str], parts: list[Part]) -> list[bool]:
    """Which lines a reader gets: own ones, and the quotations between them that own ones follow.

    A quotation at the top with all words below it is history like one at the bottom.
    """
    words = Part.OWN
    own = [at for at, part in enumerate(parts) if part is words]
    runs: list[list[int]] = []
    last = -1  # line that was quoted or own
    for at, part in enumerate(parts):
        if part in _QUOTED:
            if runs and last == runs[-1][-1]:
                runs[-1].append(at)
            else:
                runs.append([at])
        if part in _QUOTED or part is words:
            last = at
    answered = [run for run in runs if own and run[-1] < own[-1]]
    if len(answered) == 1 and answered[0][0] < own[0]:
        answered = []
    between = {at for run in answered for at in _with_words(run, lines)}
    return [part in _OWN or at in between for at, part in enumerate(parts)]


def _with_words(run: list[int], lines: list[str]) -> list[int]:
    """The run without the empty lines and rules at its ends, such as what stood above a signature."""
    said = [any(map(str.isalnum, lines[at])) for at in run]
    return run[said.index(True) : len(said) - said[::-1].index(True)] if any(said) else []


def _cut(left_out: list[tuple[str, Part]]) -> Cut:
    def lines(*parts: Part) -> tuple[str, ...]:
        return tuple(text for line, part in left_out if part in parts and (text := with_links(line).strip(" >")))

    return Cut(
        text=with_links("\n".join(line for line, _ in left_out)).strip("\n"),
        quoted=len(lines(*_QUOTED, Part.FOOTER, Part.HISTORY)),
        unmarked=lines(Part.HISTORY),
        signature=lines(Part.LOOSE),
    )
