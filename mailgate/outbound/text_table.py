"""Tables in the text part of a mail: what a template writes as a table of Markdown, in columns that line up.

In the source of a template a line that begins with `|` is a row. Its bars become a sign that no data can have, so what
looks like a row in somebody's words stays as it is; once the values are in their places the rows are laid out.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from jinja2 import Environment
from jinja2.ext import Extension

WIDTH = 72  # columns of a line
_GAP = "  "
_LEAST_WORDS = 20  # columns that the first cell of a row must have left to stand beside the others

_BAR = "\x01"  # `readable` leaves none of it in data, and it is no blank, which Jinja strips before its blocks
_EXPRESSION = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})")
_ROW_OF_SOURCE = re.compile(r"(?m)^[ \t]*\|.*$")
_ROW = re.compile(rf"{_BAR}([^\n]*(?:\n(?!{_BAR})[^\n]*)*?){_BAR}[ \t]*(?:\n|\Z)")
_BLANKS = re.compile(r"[ \t\n]+")  # a blank that does not break stays one: between an amount and its currency
_RULE = re.compile(r":?-+:?\Z")


class TextTables(Extension):
    """Marks the rows of tables in a template's source, line by line, so that the lines of errors stay true."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with other bars."""
        return _ROW_OF_SOURCE.sub(lambda row: _marked(row[0].strip()), source)


def laid_out(text: str) -> str:
    """The text with its rows in columns: the last ones as wide as they are, the first one wrapped beside them."""
    if _BAR not in text:
        return text
    written: list[str] = []
    rows: list[list[str]] = []
    at = 0
    while at < len(text):
        row = _ROW.match(text, at)
        if row:
            rows.append([_BLANKS.sub(" ", cell).strip(" ") for cell in row[1].split(_BAR)])
            at = row.end()
            continue
        if rows:
            written.extend(_columns(rows))
            rows = []
        end = text.find("\n", at) + 1 or len(text)
        written.append(text[at:end].replace(_BAR, "|"))
        at = end
    written.extend(_columns(rows))
    return "".join(written)


def _marked(row: str) -> str:
    return "".join(part if _EXPRESSION.match(part) else part.replace("|", _BAR) for part in _EXPRESSION.split(row))


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    rule = next((row for row in rows if all(map(_RULE.match, row))), ())
    told = [row for row in rows if row is not rule]
    if not told:
        return
    count = max(map(len, told))
    filled = [[*row, *[""] * (count - len(row))] for row in told]
    is_right = [at < len(rule) and rule[at].endswith(":") for at in range(count)]
    widths = [max(_width(row[at]) for row in filled) for at in range(count)]
    beside = sum(widths[1:]) + len(_GAP) * (count - 1)
    first = min(widths[0], WIDTH - beside)
    if first < min(widths[0], _LEAST_WORDS):
        for row in filled:
            yield "\n".join(_wrapped(", ".join(filter(None, row)), WIDTH)) + "\n"
        return
    for row in filled:
        *above, last = _wrapped(row[0], first)
        cells = [_padded(last, first, is_right[0])]
        cells += [_padded(cell, widths[at], is_right[at]) for at, cell in enumerate(row[1:], start=1)]
        # The others stand beside the last line of the first, so that it reads as HTML does.
        yield "\n".join((*above, _GAP.join(cells).rstrip(" "))) + "\n"


def _wrapped(words: str, width: int) -> list[str]:
    """Lines of at most this width; those behind the first are set in, and no word is cut."""
    lines, line = list[str](), ""
    for word in words.split(" "):
        longer = f"{line} {word}" if line.strip() else f"{line}{word}"
        if line.strip() and _width(longer) > width:
            lines.append(line)
            longer = f"  {word}"
        line = longer
    return [*lines, line]


def _padded(words: str, width: int, is_right: bool) -> str:
    blanks = " " * (width - _width(words))
    return f"{blanks}{words}" if is_right else f"{words}{blanks}"


def _width(words: str) -> int:
    """Columns that it takes: two for what East Asian fonts draw wide, none for marks on other letters."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words
    )


def with_tables(environment: Environment) -> Environment:
    """An environment whose templates have them."""
    environment.add_extension(TextTables)
    return environment
