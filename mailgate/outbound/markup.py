"""Markdown: data escaped so that it shows literally, and a template's text rendered to HTML."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from mailgate.outbound.direction import RTL, isolated_html
from mailgate.outbound.plain_text import readable

# A backslash makes any ASCII punctuation literal (CommonMark §2.4). Left alone is what has no meaning anywhere, which
# halves the work for ordinary words; a dot has one behind the digits of a list.
_MARKUP = re.compile(r"[!#&()*+:<=>\[\\\]^_`{|}~-]|(?<=[0-9])\.")
_BLANKS = re.compile(r" {2,}")
_TAB = 8

# No raw HTML and nothing remote. Without indented code and underlined headings a template may be indented with its
# `{% if %}`, and the `-- ` above the context block stays text.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "lheading"])


def _isolated(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return isolated_html(tokens[place].content)


def _link_from_left(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    tokens[place].attrSet("dir", "ltr")
    return renderer.renderToken(tokens, place, options, env)


_FROM_RIGHT = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "lheading"])
_FROM_RIGHT.add_render_rule("text", _isolated)
_FROM_RIGHT.add_render_rule("link_open", _link_from_left)


class Written(str):
    """Markdown that we have written ourselves, data in it escaped already."""

    __slots__ = ()


def escape_markdown(text: str) -> str:
    """Markdown that shows this text as it is: line breaks, indents and columns kept, a blank line is a paragraph."""
    written: list[str] = []
    for line in readable(text).expandtabs(_TAB).strip("\n").split("\n"):
        if not line.strip():
            written.append("\n\n")
            continue
        if written and written[-1] != "\n\n":
            written.append("\\\n")
        written.append(_escape_line(line.rstrip()))
    return re.sub(r"\n{3,}", "\n\n", "".join(written)).strip("\n")


def to_html(markdown: str, direction: str = "ltr") -> str:
    """The HTML of one Markdown text, whose words run in this direction."""
    return str((_FROM_RIGHT if direction == RTL else _MARKDOWN).render(markdown))


def _escape_line(line: str) -> str:
    words = line.lstrip()
    # As character references: Markdown trims blanks at the edges of a paragraph, U+00A0 too, but not these.
    indent = "".join("&nbsp;" if ch == " " else f"&#{ord(ch)};" for ch in line[: len(line) - len(words)])
    literal = _MARKUP.sub(r"\\\g<0>", words)
    return indent + _BLANKS.sub(lambda run: "&nbsp;" * (len(run[0]) - 1) + " ", literal)
