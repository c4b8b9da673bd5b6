"""A pseudo-locale, made of the English templates: each letter of theirs has a mark, no value has one.

What stands in a mail without marks, and is no value, is a sentence that no translator ever gets to see.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment

from mailgate.outbound.templates import built_in_directory

PSEUDO = "qps-ploc"  # the tag that is in use for pseudo-locales
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MARKED = "áƀćďéƒǵĥíĵķĺḿńóṕɋŕśťúṽŵẋýźÁƁĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼŴẊÝŹ"
_TO_MARKED = str.maketrans(_LETTERS, _MARKED)

# What is the same in every language: commands, operators, what a program is called, the gaps for values.
_FIXED = re.compile(r"(![a-z]+|\bhas:file\b|\bmailgate [a-z]+ [a-z]+|\{[a-z_]*\})")
# Told by Babel, which knows no pseudo-locale: instants, dates, spans, sizes.
_TOLD = re.compile(
    r"\b[A-Z][a-z]{2} \d+ [A-Z][a-z]{2}, \d\d:\d\d\b|\b\d+ [A-Z][a-z]{2,} \d{4}\b"
    r"|\b[\d.,]+ (?:bytes|kB|MB|days?|hours?|minutes?)\b|\bRe: "
)
_COMMANDS = re.compile(r"![a-z]+|\bhas:file\b|\bmailgate [a-z]+ [a-z]+\b")
_LEXER = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).lexer


def marked(words: str) -> str:
    """The words with a mark on each letter."""
    parts = _FIXED.split(words)
    return "".join(part if place % 2 else part.translate(_TO_MARKED) for place, part in enumerate(parts))


def pseudo(source: str) -> str:
    """A template in which all that is literal is marked: its text, and those strings in expressions that are shown."""
    header, end, body = source.partition("Subject:") if source.startswith("Subject:") else ("", "", source)
    return f"{header}{end}{_marked_tokens(body)}"


def write_pseudo(directory: Path) -> Path:
    """All templates of mails, in the pseudo-locale, where an operator's own would stand."""
    english = built_in_directory() / "mail" / "en"
    for path in english.glob("**/*.md"):
        target = directory / "mail" / PSEUDO / path.relative_to(english)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(pseudo(path.read_text("utf-8")), "utf-8")
    return directory


def unmarked(text: str, known: Iterable[str]) -> list[str]:
    """The words of a text that have no mark and are not among what is known."""
    text = " ".join(text.split())
    for one in sorted({" ".join(one.split()) for one in known} - {""}, key=len, reverse=True):
        text = text.replace(one, " ")
    return re.findall(r"[A-Za-z]{2,}", _COMMANDS.sub(" ", _TOLD.sub(" ", text)))


def _marked_tokens(source: str) -> str:
    tokens = [(kind, text) for _, kind, text in _LEXER.tokeniter(source, None)]
    return "".join(
        marked(text) if kind == "data" or (kind == "string" and _is_shown(tokens, place)) else text
        for place, (kind, text) in enumerate(tokens)
    )


def _is_shown(tokens: list[tuple[str, str]], place: int) -> bool:
    """The value of a row in a table, a form of a plural, what stands in for nothing, what replaces a word."""
    before = next(text for kind, text in reversed(tokens[:place]) if kind != "whitespace")
    after = next(text for kind, text in tokens[place + 1 :] if kind != "whitespace")
    return before in (":", "=", "or", ",") and after != ":"
