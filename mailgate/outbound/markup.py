"""Markdown: a template's text rendered to HTML, with data that no parser of Markdown ever sees.

Marks stand for the data while its template is read, so what is read is much the same each time, and is kept: reading
it takes longer than all else that is done to word a mail.
"""

import re
import secrets
from collections.abc import Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from mailgate.outbound.direction import RTL, isolated_html
from mailgate.outbound.plain_text import readable

_BLANKS = re.compile(r" {2,}")
_TAB = 8

# A word to Markdown, wherever it stands, and one that nobody can write who does not know this process.
_WORD = f"z{secrets.token_hex(8)}z"
_MARK = re.compile(f"{_WORD}([0-9]+)z")

# What leads to a mail or a page, and is written as browsers write it.
_LINK = re.compile(r"(?:mailto:|https?://)[!#-;=?-Z_a-z~]*")

_FROM_LEFT = ' dir="ltr"'

MAX_KEPT_CHARACTERS = 2_500
"""Of one text that was read; what is longer has many paragraphs of data in it, and comes but once."""


class Markdown(str):
    """Markdown that we have written ourselves, with marks in the place of data."""

    __slots__ = ()


class Data:
    """The data of one mail: text that is shown as it is, whatever it looks like."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def mark(self, text: str) -> str:
        """Markdown that shows this text as it is: line breaks, indents and columns kept, a blank line is a paragraph.

        A text that has marks in it, for a template put it together, keeps what they stand for.
        """
        paragraphs: list[list[str]] = [[]]
        for line in readable(text).expandtabs(_TAB).split("\n"):
            if line.strip():
                paragraphs[-1].append(_in_columns(line.rstrip()))
            elif paragraphs[-1]:
                paragraphs.append([])
        return "\n\n".join(self.mark_piece(self.fill("\n".join(lines))) for lines in paragraphs if lines)

    def mark_piece(self, piece: str) -> str:
        """A mark that stands for this, as it is: a paragraph, or where a link leads."""
        self._pieces.append(piece)
        return f"{_WORD}{len(self._pieces) - 1}z"

    def fill(self, marked: str) -> str:
        """The text with the data in the place of its marks."""
        return _MARK.sub(lambda mark: self._pieces[int(mark[1])], marked) if _WORD in marked else marked


worded: ContextVar[Data] = ContextVar("worded")
"""The data of the mail that is worded just now."""


def to_html(markdown: str, data: Data, direction: str = "ltr") -> str:
    """The HTML of one Markdown text, whose words run in this direction, and the data in it."""
    tokens = _kept(markdown) if len(markdown) <= MAX_KEPT_CHARACTERS else _MARKDOWN.parse(markdown)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"data": data, "is_from_right": direction == RTL}))


@lru_cache(maxsize=128)
def _kept(markdown: str) -> Sequence[Token]:
    """Read once; whoever shows them changes none of them."""
    return _MARKDOWN.parse(markdown)


def _in_columns(line: str) -> str:
    """With blanks that do not break, where HTML would make one of several or none at all."""
    words = line.lstrip()
    indent = "".join("\u00a0" if ch == " " else ch for ch in line[: len(line) - len(words)])
    return indent + _BLANKS.sub(lambda run: "\u00a0" * (len(run[0]) - 1) + " ", words)


def _words(_: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    lines = env["data"].fill(tokens[place].content).split("\n")
    return "<br />\n".join(map(isolated_html if env["is_from_right"] else escapeHtml, lines))


def _code(_: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return f"<code>{escapeHtml(env['data'].fill(tokens[place].content))}</code>"


def _lines_of_code(_: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return f"<pre>{_code(_, tokens, place, options, env)}</pre>\n"


def _link(_: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """Where it leads is looked at again: what data says may be no link that we would have anybody follow."""
    href = env["data"].fill(str(tokens[place].attrs["href"]))
    if not _LINK.fullmatch(href):
        href = _MARKDOWN.normalizeLink(href)
        href = href if _MARKDOWN.validateLink(href) else ""
    return f'<a href="{escapeHtml(href)}"{_FROM_LEFT if env["is_from_right"] else ""}>'


def _reader() -> MarkdownIt:
    # No raw HTML and nothing remote. Without indented code and underlined headings a template may be indented with its
    # `{% if %}`, and the `-- ` above the context block stays text.
    markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "lheading"])
    rules = {"text": _words, "code_inline": _code, "fence": _lines_of_code, "link_open": _link}
    for name, rule in rules.items():
        markdown.add_render_rule(name, rule)
    return markdown


_MARKDOWN = _reader()
