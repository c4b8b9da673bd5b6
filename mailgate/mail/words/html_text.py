"""The text that an HTML body shows; what it quotes begins with `> `, as in plain text. Never raises.

Not inscriptis: it takes two to three times as long, decodes `&amp;lt;` twice, loses texts that are nested deeply (it
recurses), and has no word for a quotation.
"""

import html
import re
from functools import lru_cache

from mailgate.mail.bounds import MAX_HTML, MAX_QUOTE_MARKS, MAX_TIMES
from mailgate.mail.wire.charset import storable
from mailgate.mail.words.html_elements import Element, walk

_MAX_ROW_LINES = 40  # of a row of a table that may come to stand on one line
_CELL_LINES = 3
_MAX_CELL = 2_000  # characters
_MAX_LINK = 500

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table", "hr"})
_LINES = frozenset(
    {"address", "article", "aside", "body", "center", "dd", "div", "dt", "fieldset", "figcaption", "figure", "footer"}
    | {"form", "header", "html", "legend", "li", "main", "nav", "option", "section", "summary", "tr", "td", "th"}
    | {"caption"}
)
_STRUCTURE = frozenset({"ul", "ol", "li", "a", "table", "tr", "td", "th"})
# What mail programs call a quotation and the line that leads it in. Gmail's own name is that of all that stands below
# the first words, with the answers in it.
_QUOTING = re.compile(r"(?<![a-z])(?:quoted?(?:header)?|cite(?:-prefix)?)(?![a-z])|gmail_attr", re.IGNORECASE)
_GMAIL = re.compile(r"gmail_quote\w*+")
_BORDERED = re.compile(r"border(?:-left)?\s*+:(?!\s*+(?:none|0|medium none))", re.IGNORECASE)
# Where mail programs begin the history below an answer without quoting it, in whatever language its header is.
_HISTORY_NAMES = frozenset(
    {"divrplyfwdmsg", "appendonsend", "olk_src_body_section", "stopspelling", "outlookmessageheader", "zmail_extra"}
    | {"isreplycontent", "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message"}
)
# Outlook's line above the header of the answered mail.
_DIVIDER = re.compile(r"border-top\s*+:\s*+solid #\w{6} 1\.0pt", re.IGNORECASE)
HISTORY = "\ufdd0"  # a line of its own that says so; a code point that is no character, so no mail has it
_HISTORY_LINE = re.compile(f"{HISTORY}\n?")
# The address of a link stands between these behind its words, until it is decided whether it is shown.
_LINK, _LINK_END = "\ufdd1", "\ufdd2"
INDENT = "\ufdd3"  # before a line that is set in like a quotation, while nothing says that it is one
LINK_MARK = re.compile(f"{_LINK}([^{_LINK_END}]*+){_LINK_END}")
_LINK_BETWEEN = re.compile(f" ?{LINK_MARK.pattern}(\\w?)")
_MARKS = re.compile(f"[{HISTORY}{_LINK}{_LINK_END}{INDENT}]")
_QUOTE_MARKS = f"> {INDENT}"
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>\"]+\Z|(?:mailto|tel):[^\s<>\"]+\Z", re.IGNORECASE)
_UNSAID = re.compile(r"^(?:(?:https?|ftp)://(?:www\.)?|mailto:|tel:)|\s+")
_BORDER = re.compile(r"border[a-z-]*+\s*+:[^;]*?\b(?:solid|dotted|dashed|double|inset)", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{1,500})<", re.IGNORECASE)


def html_text(source: str) -> str:
    """Render an HTML body as plain text: lines by `\\n`, no tags, no links' targets, nothing hidden."""
    return without_marks(marked_text(source))


def without_marks(text: str) -> str:
    """The text as it is shown."""
    if not _MARKS.search(text):
        return text
    return _HISTORY_LINE.sub("", LINK_MARK.sub("", text)).replace(INDENT, "").strip("\n")


def with_links(text: str) -> str:
    """The same, with the address of each link behind its words: `click <https://a.example/>`."""
    return without_marks(_LINK_BETWEEN.sub(_spelt_out, text)) if _MARKS.search(text) else text


def _spelt_out(link: re.Match[str]) -> str:
    return f" <{link[1]}> {link[2]}".rstrip()


def marked_text(source: str) -> str:
    """The text with its marks: what `reply_text` reads.

    A line HISTORY stands wherever the mail program says that history begins, LINK_MARK behind the words of a link,
    INDENT before the lines of a `<blockquote>` that may be no quotation.
    """
    source = _MARKS.sub("", storable(source[:MAX_HTML]))
    if not source.strip():
        return ""
    page = _Page(len(source) * MAX_TIMES)
    walk(source, page)
    return page.text() or _title(source)


def _quotes(tag: str, element: Element) -> str:
    """The mark of what this element quotes or sets in; "" when it does neither."""
    names = _names(element)
    is_named = bool(names) and _is_quoting(names)
    if tag != "blockquote":
        return ">" if is_named else ""
    is_cited = element.get("type") == "cite" or element.get("cite") is not None or "gmail_quote" in names
    return ">" if is_named or is_cited or _BORDERED.search(element.get("style") or "") else INDENT


def _begins_history(element: Element) -> bool:
    if (names := _names(element)) and _is_of_history(names):
        return True
    if element.tag == "hr":
        return element.get("data-marker") == "__DIVIDER__"  # Zimbra
    style = element.get("style")
    return style is not None and "3.0pt" in style and _DIVIDER.search(style) is not None


@lru_cache(maxsize=1024)
def _is_quoting(names: str) -> bool:
    return _QUOTING.search(_GMAIL.sub("", names)) is not None


@lru_cache(maxsize=1024)
def _is_of_history(names: str) -> bool:
    # Outlook puts `x_` before the names in a message that it shows, and each time it is answered another one.
    return any(name.removeprefix("x_") in _HISTORY_NAMES for name in names.lower().split())


def _names(element: Element) -> str:
    names, identifier = element.get("class"), element.get("id")
    return f"{names or ''} {identifier or ''}" if names or identifier else ""


class _Page:
    """Lines as they fill up; paragraphs ask for an empty line between them."""

    __slots__ = ("gap", "left", "line", "lines", "links", "numbers", "quotes", "quoting", "rows", "tables")

    def __init__(self, most: int) -> None:
        self.left = most  # characters
        self.lines: list[str] = []
        self.line: list[str] = []
        self.gap = False
        self.quotes: list[str] = []  # the mark of each open quotation
        self.quoting: list[Element] = []  # and the element that is one
        self.numbers: list[int] = []  # of open lists: the last number, -1 for bullets
        self.links: list[tuple[str, int, int]] = []  # open ones: the address; lines, and pieces of this one, before it
        self.rows: list[list[int]] = []  # open ones: where each cell begins
        self.tables: list[bool] = []  # open ones: has it lines between its cells

    @property
    def is_full(self) -> bool:
        return self.left <= 0

    def open(self, tag: str, element: Element) -> None:
        if tag == "br":
            self.end_line(even_empty=True)
            return
        self._border(tag)
        if element.attrib and not self.quotes and _begins_history(element):
            self.end_line()
            self.lines.append(HISTORY)
        if (element.attrib or tag == "blockquote") and (mark := _quotes(tag, element)):
            self.end_line()
            self.quotes.append(mark)
            self.quoting.append(element)
        if tag not in _STRUCTURE:
            return
        match tag:
            case "ul" | "ol":
                self.numbers.append(0 if tag == "ol" else -1)
            case "li":
                self.line.append(self._bullet())
            case "a":
                self.links.append((_address(element), len(self.lines), len(self.line)))
            case "table":
                self.tables.append(element.get("border") not in (None, "", "0", "none"))
            case "tr":
                self.rows.append([])
            case "td" | "th" if self.rows:
                self.rows[-1].append(len(self.lines))
                if self.tables and (tag == "th" or _BORDER.search(element.get("style") or "")):
                    self.tables[-1] = True

    def close(self, tag: str, element: Element) -> None:
        if self.quoting and self.quoting[-1] is element:
            self.end_line()
            self.quotes.pop()
            self.quoting.pop()
        match tag:
            case _ if tag not in _STRUCTURE:
                pass
            case "ul" | "ol" if self.numbers:
                self.numbers.pop()
            case "a" if self.links:
                self._put_address(*self.links.pop())
            case "tr" if self.rows:
                self.end_line()
                self._join(self.rows.pop())
            case "table" if self.tables:
                self.tables.pop()
        self._border(tag)

    def write(self, text: str, *, preserved: bool) -> None:
        if not preserved:
            self.line.append(text)
            return
        first, *others = text.replace("\r\n", "\n").split("\n")
        self.line.append(first.replace(" ", "\ue000"))  # kept from being folded, until the line is full
        for other in others:
            self.end_line(even_empty=True)
            self.line.append(other.replace(" ", "\ue000"))

    def end_line(self, *, even_empty: bool = False) -> None:
        """Put the line down; an empty one only where a `<br>` made it."""
        if not self.line and not even_empty:
            return
        text = _BLANKS.sub(" ", "".join(self.line)).strip().replace("\ue000", " ").rstrip()
        self.line.clear()
        if not text and not even_empty:
            return
        mark = self._mark()
        if self.gap and self.lines and self.lines[-1].strip(_QUOTE_MARKS):
            self.lines.append(mark.rstrip())
        self.gap = False
        self.lines.append((mark + text).rstrip())
        self.left -= 2 * len(mark) + len(text) + 1

    def text(self) -> str:
        self.end_line()
        return "\n".join(self.lines).strip("\n")

    def _mark(self) -> str:
        mark = "> " * min(len(self.quotes), MAX_QUOTE_MARKS)
        return INDENT + mark if INDENT in self.quotes[:1] and ">" not in self.quotes else mark

    def _border(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.end_line()
            self.gap = True
        elif tag in _LINES:
            self.end_line()

    def _bullet(self) -> str:
        if not self.numbers or self.numbers[-1] < 0:
            return "* "
        self.numbers[-1] += 1
        return f"{self.numbers[-1]}. "

    def _put_address(self, address: str, lines: int, pieces: int) -> None:
        """The address of a link that ends here, if its words are others."""
        if not address:
            return
        if len(self.lines) == lines:
            words = "".join(self.line[pieces:]).strip()
            if words and not _says(words, address):
                self.line.append(f"{_LINK}{address}{_LINK_END}")
        elif self.lines[-1] and not _says(self.lines[-1].lstrip(_QUOTE_MARKS), address):
            self.lines[-1] += f"{_LINK}{address}{_LINK_END}"

    def _join(self, cells: list[int]) -> None:
        """The cells of a row on one line, when each has one line at most, or a few in a table with lines."""
        if len(cells) < 2 or not 1 < len(self.lines) - cells[0] <= _MAX_ROW_LINES:
            return
        mark = self._mark()
        is_grid = bool(self.tables) and self.tables[-1]
        texts: list[str] = []
        for start, end in zip(cells, [*cells[1:], len(self.lines)], strict=True):
            lines = [text for line in self.lines[start:end] if (text := line.removeprefix(mark.rstrip()).strip())]
            if len(lines) > (_CELL_LINES if is_grid else 1) or any(
                line.startswith((">", HISTORY, INDENT)) for line in lines
            ):
                return
            texts.append(" ".join(lines))
            if len(texts[-1]) > _MAX_CELL:
                return
        joined = (" | " if is_grid else " ").join(text for text in texts if text or is_grid)
        # A paragraph in the first cell asked for an empty line: not between the rows of such a table.
        is_apart = not self.lines[cells[0]].strip(_QUOTE_MARKS) and not (
            is_grid and " | " in "".join(self.lines[cells[0] - 1 : cells[0]])
        )
        self.lines[cells[0] :] = [mark.rstrip()] * is_apart + [(mark + joined).rstrip()]
        self.gap = False


def _address(element: Element) -> str:
    """Where a link leads, as far as it can be said in a text; "" for places in the page, scripts and the like."""
    address = (element.get("href") or "").strip()
    return address if len(address) <= _MAX_LINK and _ADDRESS.match(address) and not _MARKS.search(address) else ""


def _says(words: str, address: str) -> bool:
    """The words of a link are its address, or all of it that people say."""
    said, meant = (_UNSAID.sub("", text.strip().lower()).rstrip("/") for text in (words, address))
    return said == meant or (address.startswith(("mailto:", "tel:")) and said == meant.partition("?")[0])


def _title(source: str) -> str:
    """What a mail program shows of a page without any words: its title."""
    found = _TITLE.search(source)
    return _BLANKS.sub(" ", html.unescape(found[1])).strip() if found else ""
