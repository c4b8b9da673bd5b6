"""Markdown: a template's text rendered to HTML, with data that no parser of Markdown ever sees.

Marks stand for the data while its template is read, so what is read is much the same each time, and is kept: reading
it takes longer than all else that is done to word a mail.
"""

import re
import secrets
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from mailgate.letters.colour import USUAL
from mailgate.outbound.direction import RTL, isolated_html
from mailgate.outbound.plain_text import readable

_BLANKS = re.compile(r" {2,}")
_TAB = 8

# A word to Markdown, wherever it stands, and one that nobody can write who does not know this process.
_WORD = f"z{secrets.token_hex(8)}z"
_MARK = re.compile(f"{_WORD}([0-9]+)z")

# What leads to a mail or a page, and is written as browsers write it.
_LINK = re.compile(r"(?:mailto:|https?://)[!#-;=?-Z_a-z~]*")

# A page that somebody names in his words, without what ends the sentence behind it.
_PAGE = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]}]")

_FROM_LEFT = ' dir="ltr"'

# Titles of links, which nobody else can write: what a link is shown as.
BUTTON = f"{_WORD}button"
COMMAND = f"{_WORD}command"

_BREAK = f"{_WORD}break"
_SMALL_PRINT = f"{_WORD}small"

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

    def mark(self, text: str, *, linked: bool = False) -> str:
        """Markdown that shows this text as it is: line breaks, indents and columns kept, a blank line is a paragraph.

        `linked`: pages that it names are links, which show where they lead. A text that has marks in it, for a
        template put it together, keeps what they stand for.
        """
        paragraphs: list[list[str]] = [[]]
        for line in readable(text).expandtabs(_TAB).split("\n"):
            if line.strip():
                paragraphs[-1].append(_in_columns(line.rstrip()))
            elif paragraphs[-1]:
                paragraphs.append([])
        whole = (self.fill("\n".join(lines)) for lines in paragraphs if lines)
        return "\n\n".join(self._mark_paragraph(words, linked=linked) for words in whole)

    def _mark_paragraph(self, words: str, *, linked: bool) -> str:
        if not linked:
            return self.mark_piece(words)
        written, end = [], 0
        for page in _PAGE.finditer(words):
            before, shown, leads_to = map(self.mark_piece, (words[end : page.start()], page[0], page[0]))
            written.append(f"{before}[{shown}]({leads_to})")
            end = page.end()
        return "".join((*written, self.mark_piece(words[end:])))

    def mark_piece(self, piece: str) -> str:
        """A mark that stands for this, as it is: a paragraph, or where a link leads."""
        self._pieces.append(piece)
        return f"{_WORD}{len(self._pieces) - 1}z"

    def fill(self, marked: str) -> str:
        """The text with the data in the place of its marks."""
        return _MARK.sub(lambda mark: self._pieces[int(mark[1])], marked) if _WORD in marked else marked


worded: ContextVar[Data] = ContextVar("worded")
"""The data of the mail that is worded just now."""


BREAK = Markdown(_BREAK)
"""The end of a line, where the text part ends one: in a table, too."""

SMALL_PRINT = Markdown(f"{_SMALL_PRINT}\n")
"""Alone in its paragraph: a rule, and all that is below it is small and grey."""


def to_html(markdown: str, data: Data, direction: str = "ltr", colour: str = USUAL) -> str:
    """The HTML of one Markdown text, whose words run in this direction, and the data in it.

    `colour`, `#rrggbb`, is that of buttons.
    """
    tokens = _kept(markdown) if len(markdown) <= MAX_KEPT_CHARACTERS else _MARKDOWN.parse(markdown)
    known = {"data": data, "is_from_right": direction == RTL, "colour": colour}
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, known))


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
    lines = env["data"].fill(tokens[place].content.replace(_BREAK, "\n")).split("\n")
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
    link = f'<a href="{escapeHtml(href)}"{_FROM_LEFT if env["is_from_right"] else ""}'
    match tokens[place].attrs.get("title"):
        case title if title == BUTTON:
            colour = env["colour"]
            # Filters read styles alone: white on what they take for white looks hidden to them.
            style = f"background-color: {colour}; border: 1px solid {colour}; border-radius: 6px;"
            return f'<td class="button" bgcolor="{colour}" style="{style}">{link} style="{_BUTTON_STYLE}">'
        case title if title == COMMAND:
            return f'{link} class="command">'
    return f"{link}>"


# A cell has a padding in every client, and a link its own colour: Word, which Outlook shows mail with, pads no link.
_BUTTON_STYLE = "display: inline-block; padding: 10px 20px; color: #ffffff; font-weight: 600; text-decoration: none;"


def _link_end(_: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return '</a></td><td width="8"></td>' if tokens[place].meta.get("is_button") else "</a>"


_Rule = Callable[[RendererHTML, Sequence[Token], int, Any, Any], str]


def _as_it_is(html: str) -> _Rule:
    return lambda *_: html


def _cell(tag: str) -> _Rule:
    def opened(_: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        """Aligned as the row of dashes says: an amount stands at the end, on one line."""
        if tokens[place].attrs.get("style") != "text-align:right":
            return f"<{tag}>"
        return f'<{tag} class="amount" align="{"left" if env["is_from_right"] else "right"}">'

    return opened


_LAYOUT = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'
_SHAPES = {
    "buttons_open": f'<table {_LAYOUT} style="margin: 0 0 16px;"><tr>',
    "buttons_close": "</tr></table>\n",
    "small_print_open": f'<table {_LAYOUT} width="100%"><tr><td class="small" style="border-top: 1px solid #c6cbd2;'
    ' padding: 12px 0 0; font-size: 13px; line-height: 20px; color: #596270;">\n',
    "small_print_close": "</td></tr></table>\n",
    "table_open": '<table class="list" cellpadding="0" cellspacing="0" border="0" width="100%">\n',
}


def _shaped(state: StateCore) -> None:
    """A paragraph of buttons alone is a row of them, and below the mark of it all is small print."""
    tokens, is_small = state.tokens, False
    for at in range(len(tokens) - 2):
        if tokens[at].type != "paragraph_open":
            continue
        if tokens[at + 1].content == _SMALL_PRINT and not is_small:
            is_small = True
            tokens[at].type, tokens[at + 1].children, tokens[at + 2].type = "small_print_open", [], "small_print_none"
        elif _is_of_buttons(tokens[at + 1].children or []):
            tokens[at].type, tokens[at + 2].type = "buttons_open", "buttons_close"
    if is_small:
        tokens.append(Token("small_print_close", "", -1))


def _is_of_buttons(inside: Sequence[Token]) -> bool:
    """Whether there is nothing but buttons; the end of each is named as one."""
    is_in_button = found = False
    for token in inside:
        if token.type == "link_open":
            is_in_button = found = token.attrs.get("title") == BUTTON
            if not found:
                return False
        elif token.type == "link_close":
            token.meta = {"is_button": is_in_button}
            is_in_button = False
        elif not is_in_button and token.type != "softbreak" and token.content.strip():
            return False
    return found


def _reader() -> MarkdownIt:
    # No raw HTML and nothing remote. Without indented code and underlined headings a template may be indented with its
    # `{% if %}`, and the `-- ` above the context block stays text.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "code", "lheading"])
    rules: dict[str, _Rule] = {
        "text": _words,
        "code_inline": _code,
        "fence": _lines_of_code,
        "link_open": _link,
        "link_close": _link_end,
    }
    rules["th_open"], rules["td_open"] = _cell('th scope="col"'), _cell('td valign="top"')
    for name, html in _SHAPES.items():
        rules[name] = _as_it_is(html)
    rules["small_print_none"] = _as_it_is("")
    for name, rule in rules.items():
        markdown.add_render_rule(name, rule)
    markdown.core.ruler.push("shaped", _shaped)
    return markdown


_MARKDOWN = _reader()
