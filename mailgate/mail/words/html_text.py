"""The text that an HTML body shows; what it quotes begins with `> `, as in plain text. Never raises.

Not inscriptis: it takes two to three times as long, decodes `&amp;lt;` twice, loses texts that are nested deeply (it
recurses), and has no word for a quotation.
"""

import html
import re

from mailgate.mail.bounds import MAX_HTML, MAX_QUOTE_MARKS, MAX_TIMES
from mailgate.mail.wire.charset import storable
from mailgate.mail.words.html_element import INDENT, Element
from mailgate.mail.words.html_elements import walk

_MAX_ROW_LINES = 40  # of a row of a table that may come to stand on one line
_CELL_LINES = 3
_MAX_CELL = 2_000  # characters
_MAX_LINK = 500

HISTORY = "\ufdd0"  # a line of its own that says so; a code point that is no character, so no mail has it
_HISTORY_LINE = re.compile(f"{HISTORY}\n?")
# The address of a link stands between these behind its words, until it is decided whether it is shown.
_LINK, _LINK_END = "\ufdd1", "\ufdd2"
LINK_MARK = re.compile(f"{_LINK}([^{_LINK_END}]*+){_LINK_END}")
_LINK_BETWEEN = re.compile(f" ?{LINK_MARK.pattern}(\\w?)")
_MARKS = (HISTORY, _LINK, _LINK_END, INDENT)
_ANY_MARK = re.compile(f"[{''.join(_MARKS)}]")
_QUOTE_MARKS = f"> {INDENT}"
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>\"]+\Z|(?:mailto|tel):[^\s<>\"]+\Z", re.IGNORECASE)
_UNSAID = re.compile(r"^(?:(?:https?|ftp)://(?:www\.)?|mailto:|tel:)|\s+")
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{1,500})<", re.IGNORECASE)


def html_text(source: str) -> str:
    """Render an HTML body as plain text: lines by `\\n`, no tags, no links' targets, nothing hidden."""
    return without_marks(marked_text(source))


def without_marks(text: str) -> str:
    """The text as it is shown."""
    if not has_marks(text):
        return text
    return _HISTORY_LINE.sub("", LINK_MARK.sub("", text)).replace(INDENT, "").strip("\n")


def has_marks(text: str) -> bool:
    """Whether any mark is left in it: text that was not made of HTML has none."""
    return any(mark in text for mark in _MARKS)  # quicker than a pattern, by which each character is looked at


def with_links(text: str) -> str:
    """The same, with the address of each link behind its words: `click <https://a.example/>`."""
    return without_marks(_LINK_BETWEEN.sub(_spelt_out, text)) if has_marks(text) else text


def _spelt_out(link: re.Match[str]) -> str:
    return f" <{link[1]}> {link[2]}".rstrip()


def marked_text(source: str) -> str:
    """The text with its marks: what `reply_text` reads.

    A line HISTORY stands wherever the mail program says that history begins, LINK_MARK behind the words of a link,
    INDENT before the lines of a `<blockquote>` that may be no quotation.
    """
    source = storable(source[:MAX_HTML])
    if has_marks(source):
        source = _ANY_MARK.sub("", source)
    if not source.strip():
        return ""
    page = _Page(len(source) * MAX_TIMES)
    walk(source, page)
    return page.text() or _title(source)


class _Page:
    """Lines as they fill up; paragraphs ask for an empty line between them."""

    __slots__ = ("gap", "left", "line", "lines", "links", "numbers", "quotes", "rows", "tables")

    def __init__(self, most: int) -> None:
        self.left = most  # characters
        self.lines: list[str] = []
        self.line: list[str] = []
        self.gap = False
        self.quotes: list[str] = []  # the mark of each open quotation
        self.numbers: list[int] = []  # of open lists: the last number, -1 for bullets
        self.links: list[tuple[str, int, int]] = []  # open ones: the address; lines, and pieces of this one, before it
        self.rows: list[list[int]] = []  # open ones: where each cell begins
        self.tables: list[bool] = []  # open ones: has it lines between its cells

    @property
    def is_full(self) -> bool:
        return self.left <= 0

    def open(self, element: Element) -> None:
        tag = element.tag
        if tag == "br":
            self.end_line(even_empty=True)
            return
        if element.is_line:
            self._break(element)
        if element.begins_history and not self.quotes:
            self.end_line()
            self.lines.append(HISTORY)
        if element.mark:
            self.end_line()
            self.quotes.append(element.mark)
        match tag:
            case "td" | "th" if self.rows:
                self.rows[-1].append(len(self.lines))
                if self.tables and (tag == "th" or element.is_bordered):
                    self.tables[-1] = True
            case "tr":
                self.rows.append([])
            case "table":
                self.tables.append(element.attributes.get("border") not in (None, "", "0", "none"))
            case "a":
                self.links.append((_address(element), len(self.lines), len(self.line)))
            case "li":
                self.line.append(self._bullet())
            case "ul" | "ol":
                self.numbers.append(0 if tag == "ol" else -1)

    def close(self, element: Element) -> None:
        if element.mark:
            self.end_line()
            self.quotes.pop()
        match element.tag:
            case "tr" if self.rows:
                self.end_line()
                self._join(self.rows.pop())
            case "table" if self.tables:
                self.tables.pop()
            case "a" if self.links:
                self._put_address(*self.links.pop())
            case "ul" | "ol" if self.numbers:
                self.numbers.pop()
        if element.is_line:
            self._break(element)

    def write(self, text: str, *, preserved: bool) -> None:
        if not preserved:
            if self.line or not text.isspace():  # a line has no blanks at its beginning
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
        text = "".join(self.line)
        self.line.clear()
        if not text.isprintable() or "  " in text:
            text = _BLANKS.sub(" ", text)
        text = text.strip().replace("\ue000", " ").rstrip()
        if not text and not even_empty:
            return
        mark = self._mark() if self.quotes else ""
        if self.gap and self.lines and self.lines[-1].strip(_QUOTE_MARKS):
            self.lines.append(mark.rstrip())
        self.gap = False
        self.lines.append((mark + text).rstrip() if mark else text)
        self.left -= 2 * len(mark) + len(text) + 1

    def text(self) -> str:
        self.end_line()
        return "\n".join(self.lines).strip("\n")

    def _mark(self) -> str:
        mark = "> " * min(len(self.quotes), MAX_QUOTE_MARKS)
        return INDENT + mark if INDENT in self.quotes[:1] and ">" not in self.quotes else mark

    def _break(self, element: Element) -> None:
        if self.line:
            self.end_line()
        if element.is_paragraph:
            self.gap = True

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
    address = element.attributes.get("href", "").strip()
    return address if len(address) <= _MAX_LINK and _ADDRESS.match(address) and not has_marks(address) else ""


def _says(words: str, address: str) -> bool:
    """The words of a link are its address, or all of it that people say."""
    said, meant = (_UNSAID.sub("", text.strip().lower()).rstrip("/") for text in (words, address))
    return said == meant or (address.startswith(("mailto:", "tel:")) and said == meant.partition("?")[0])


def _title(source: str) -> str:
    """What a mail program shows of a page without any words: its title."""
    found = _TITLE.search(source)
    return _BLANKS.sub(" ", html.unescape(found[1])).strip() if found else ""
