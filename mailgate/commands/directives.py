"""The syntax of commands at the top of a mail: lines such as `!close`; what the verbs mean is not known here."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from mailgate.mail.message import Message

MARK = "!"
MAX_DIRECTIVES = 20
_MAX_ARGUMENT = 1000  # characters
_MAX_VERB = 40
_MAX_TEXT = 100_000  # characters from the top


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


def read_directives(message: Message, *, marked: bool = True) -> Directives:
    """Read the lines at the very top of the body that start with `!`, until the first other line.

    Blank lines before and between are passed over; a body that begins with a quotation has no commands. Where the body
    is empty but for quotes and signature, a subject that starts with `!` is one command.

    In an answer to a digest, queue or confirmation mail (its token says so) `marked` is False: then the lines up to
    the first blank one are commands, with or without the mark. Automatic mail has no commands: the caller asks first.
    """
    found = list(_top_lines(message.text[:_MAX_TEXT].split("\n"), marked=marked))
    if not found and message.subject.startswith(MARK) and not message.own_text:
        return Directives((_directive(0, message.subject),), "")
    if not found:
        return Directives((), message.reply_text)
    directives = tuple(_directive(line_no, text) for line_no, text in found[:MAX_DIRECTIVES])
    words = _without(message.reply_text, [text for _, text in found])
    return Directives(directives, words, max(0, len(found) - MAX_DIRECTIVES))


def nearest(verb: str, known: Iterable[str]) -> str | None:
    """The known verb that was most likely meant; None when none is near."""
    return next(iter(difflib.get_close_matches(verb.lower()[:_MAX_VERB], list(known), n=1, cutoff=0.65)), None)


def _top_lines(lines: list[str], *, marked: bool) -> Iterable[tuple[int, str]]:
    begun = False
    for line_no, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            if begun and not marked:
                return
            continue
        if text.startswith((">", "--")) or (marked and not text.startswith(MARK)):
            return
        begun = True
        yield line_no, text


def _directive(line_no: int, text: str) -> Directive:
    verb, _, argument = text.removeprefix(MARK).strip().partition(" ")
    return Directive(line_no, verb.lower(), " ".join(argument.split())[:_MAX_ARGUMENT], text)


def _without(reply_text: str, commands: list[str]) -> str:
    """The reply less the commands at its top: they are for the gate, not for the reader."""
    lines = reply_text.split("\n")
    at = 0
    for command in commands:
        while at < len(lines) and not lines[at].strip():
            at += 1
        if at >= len(lines) or lines[at].strip() != command:  # cut away already, as part of a quote
            continue
        at += 1
    return "\n".join(lines[at:]).strip()
