"""The syntax of commands at the top of a mail: lines such as `!close`; what the verbs mean is not known here."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile

from mailgate.commands.typed import UNSEEN, seen
from mailgate.mail.message import Message

MARK = "!"
MAX_DIRECTIVES = 20
_MAX_ARGUMENT = 1000  # characters
_MAX_VERB = 40
_MAX_TEXT = 100_000  # characters from the top
_MAX_BELOW = 60  # lines below the commands that may be fields

_HISTORY = (">", "--")  # a quote, a signature, a rule above what is older
# A dash alone makes an item of a list, two of them a signature.
_BULLET = re.compile(r"[•●◦▪‣·]\s*|(?:[*+–—]|-(?!-))\s+")
_EMPHASIS = re.compile(r"([*_`~]{1,3})(?=\S)")
_MARKED = re.compile(
    r"(?:\d{1,2}[.)]\s+)?"  # an item of a numbered list
    rf"(?P<opened>[*_`~]{{0,6}})[\s{re.escape(UNSEEN)}]*\\?"  # Markdown's escape
    r"[!！﹗︕]"
)
_BEGINS_EMPHASIS = re.compile(r"[*_`~]+")
_ENDS_WORD = re.compile(r"(?P<word>[^\s*_`~]+)[*_`~]+(?=[\s.,:;!]|\Z)")


@dataclass(frozen=True, slots=True)
class Directive:
    """One line that asks for something to be done."""

    line_no: int  # from 1; 0 is the subject
    verb: str  # lower case, without the mark; "" when nothing stands behind it
    argument: str  # the rest of the line, "" when there is none
    text: str  # the line as it was written, to be shown to its writer


@dataclass(frozen=True, slots=True)
class Directives:
    """The commands of a mail, and the words that are left for a reader."""

    directives: tuple[Directive, ...]
    words: str
    excess: int = 0  # lines past the 20th: there is something wrong with the mail, and nothing should be done
    first_excess: str = ""  # the 21st of them
    below: tuple[str, ...] = field(default=(), compare=False)  # what stands below them, to the end of its first block
    whole: str = field(default="", compare=False)  # the words with the commands, for a mail that has none after all
    has_own: bool = field(default=False, compare=False)  # some of the words are the writer's, not all of them quoted
    subject: str = field(default="", compare=False)  # "" where it is a command, and read
    body: str = field(default="", compare=False)  # all of it, with what is cut away as quoted

    def words_below(self, lines: int) -> str:
        """The words less the first lines of what stands below the commands: those that were fields."""
        return _without(self.words, [line for line in self.below if line][:lines])


def read_directives(message: Message, *, marked: bool = True) -> Directives:
    """Read the lines at the very top of the body that start with `!`, until the first other line.

    Blank lines before and between are passed over; a body that begins with a quotation has no commands. Where the body
    is empty but for quotes and signature, a subject that starts with `!` is one command. A mark that missed narrowly is
    one: full-width, in bold, as code, as an item of a list, behind what cannot be seen.

    In an answer to a digest, queue or confirmation mail (its token says so) `marked` is False: then the lines up to
    the first blank one are commands, with or without the mark. Automatic mail has no commands: the caller asks first.
    """
    lines = message.text[:_MAX_TEXT].split("\n")
    found, end = _top_lines(lines, marked=marked)
    if not found and not message.own_text and (said := command_in(message.subject)) is not None:
        return Directives((directive(0, said, message.subject),), "", whole=message.reply_text)
    words = _without(message.reply_text, [text for _, _, text in found])
    return Directives(
        tuple(directive(line_no, said, text) for line_no, said, text in found[:MAX_DIRECTIVES]),
        words,
        max(0, len(found) - MAX_DIRECTIVES),
        found[MAX_DIRECTIVES][2] if len(found) > MAX_DIRECTIVES else "",
        tuple(_block(lines[end:] if found else list(dropwhile(lambda line: not seen(line), lines[:_MAX_BELOW])))),
        whole=message.reply_text,
        has_own=bool(message.own_text),
        subject=message.subject,
        body=message.text,
    )


def nearest(verb: str, known: Iterable[str]) -> str | None:
    """The known verb that was most likely meant; None when none is near."""
    return next(iter(difflib.get_close_matches(verb.lower()[:_MAX_VERB], list(known), n=1, cutoff=0.65)), None)


def command_in(line: str, *, marked: bool = True) -> str | None:
    """What the line says behind its mark, None without one; where lines need not be `marked` each says something."""
    said = unlisted(line)
    mark = _MARKED.match(said)
    if mark:
        return _without_emphasis(seen(said[mark.end() :]), mark["opened"])
    if marked:
        return None
    emphasis = _EMPHASIS.match(said)
    return _without_emphasis(said[emphasis.end() :], emphasis[1]) if emphasis else said


def unlisted(line: str) -> str:
    """The line without what cannot be seen around it, and without the mark of a list before it."""
    text = seen(line)
    mark = _BULLET.match(text)
    return seen(text[mark.end() :]) if mark else text


def _top_lines(lines: list[str], *, marked: bool) -> tuple[list[tuple[int, str, str]], int]:
    """Number, words and text of each line that is a command, and how many lines are passed then."""
    found: list[tuple[int, str, str]] = []
    end = 0
    for line_no, line in enumerate(lines, 1):
        text = line.strip()
        if not seen(text):
            if found and not marked:
                break
            continue
        said = None if seen(text).startswith(_HISTORY) else command_in(text, marked=marked)
        if said is None:
            break
        found.append((line_no, said, text))
        end = line_no
    return found, end


def _block(lines: list[str]) -> Iterable[str]:
    """The lines up to a quote or the first blank one; behind that one the next that is not blank."""
    own = takewhile(lambda line: not line.lstrip().startswith(_HISTORY), lines[:_MAX_BELOW])
    texts = [line.strip() for line in own]
    blank = next((at for at, text in enumerate(texts) if not seen(text)), len(texts))
    yield from texts[:blank]
    after = next((text for text in texts[blank:] if seen(text)), None)
    if after is not None:
        yield ""
        yield after


def directive(line_no: int, said: str, text: str) -> Directive:
    """A line, by what it says behind its mark."""
    verb, argument = (*said.split(maxsplit=1), "", "")[:2]
    return Directive(line_no, verb.lower(), " ".join(argument.split())[:_MAX_ARGUMENT], text)


def _without_emphasis(said: str, opened: str) -> str:
    """Without the emphasis that was begun before it, or begins here: behind the first word or at the end."""
    begins = _BEGINS_EMPHASIS.match(said)
    if begins:
        said = seen(said[begins.end() :])
    if not (opened or begins):
        return said
    ends = _ENDS_WORD.match(said)
    if ends:
        return seen(ends["word"] + said[ends.end() :])
    at_end = said.rstrip("*_`~")
    return seen(at_end if at_end != said else _BEGINS_EMPHASIS.sub("", said, count=1))


def _without(reply_text: str, commands: list[str]) -> str:
    """The reply less the commands at its top: they are for the gate, not for the reader."""
    lines = reply_text.split("\n")
    at = 0
    for command in commands:
        while at < len(lines) and not seen(lines[at]):
            at += 1
        if at >= len(lines) or lines[at].strip() != command:  # cut away already, as part of a quote
            continue
        at += 1
    return "\n".join(lines[at:]).strip()
