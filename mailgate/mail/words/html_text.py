"""The text that an HTML body shows; what it quotes begins with `> `, as in plain text. Never raises.

A walk over lxml's tree. Not inscriptis: it takes two to three times as long, decodes `&amp;lt;` twice, loses texts that
are nested deeply (it recurses), and has no word for a quotation.
"""

import html
import re

from lxml import etree  # type: ignore[import-untyped]

from mailgate.mail.wire.charset import storable

MAX_HTML = 1_000_000  # characters; what is behind them is not shown as text

_HIDDEN = frozenset({"head", "script", "style", "title", "template", "link", "meta", "datalist"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table", "hr"})
_LINES = frozenset(
    {"address", "article", "aside", "body", "center", "dd", "div", "dt", "fieldset", "figcaption", "figure", "footer"}
    | {"form", "header", "html", "legend", "li", "main", "nav", "option", "section", "summary", "tr", "caption"}
)
_CELLS = frozenset({"td", "th"})
# What mail programs call the history below an answer, and the line that leads it in.
_QUOTES = frozenset({"gmail_attr", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "tutanota_quote"})
# Where mail programs begin the history below an answer without quoting it, in whatever language its header is.
_HISTORY_IDS = frozenset({"divrplyfwdmsg", "appendonsend", "olk_src_body_section", "stopspelling"})
_HISTORY_CLASSES = frozenset({"outlookmessageheader"})
HISTORY = "\ufdd0"  # a line of its own that says so; a code point that is no character, so no mail has it
_NO_DISPLAY = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")

# Without a tree: comments, scripts and styles to their end or the end of all, then each tag.
_UNSHOWN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|head)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d)\b[^<>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{1,500})<", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def html_text(source: str) -> str:
    """Render an HTML body as plain text: lines by `\\n`, no tags, no links' targets, nothing hidden."""
    return without_marks(marked_text(source))


def without_marks(text: str) -> str:
    """The text as it is shown."""
    return text.replace(f"{HISTORY}\n", "").replace(HISTORY, "").strip("\n") if HISTORY in text else text


def marked_text(source: str) -> str:
    """The same with a line HISTORY wherever the mail program says that history begins: what `reply_text` reads."""
    source = source[:MAX_HTML].replace(HISTORY, "")
    if not source.strip():
        return ""
    return _from_tree(source) or _from_tags(source) or _title(source)


def _from_tree(source: str) -> str:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(storable(source).encode("utf-8"), parser)
    except (etree.LxmlError, ValueError):
        return ""
    last = parser.error_log.last_error
    if root is None or (last is not None and last.level >= etree.ErrorLevels.FATAL):
        return ""  # libxml2 stops at 2,048 levels and forgets what is below
    page = _Page()
    waiting: list[tuple[etree._Element, bool]] = [(root, False)]
    while waiting:  # not recursive: mails nest tables by the hundred, bombs by the ten thousand
        element, closing = waiting.pop()
        if closing:
            page.close(element.tag, element)
        elif not isinstance(element.tag, str) or _is_hidden(element):
            pass
        else:
            page.open(element.tag, element)
            page.write(element.text)
            waiting.append((element, True))
            waiting.extend((child, False) for child in element.iterchildren(reversed=True))
            continue
        if element is not root:
            page.write(element.tail)
    return page.text()


def _is_hidden(element: etree._Element) -> bool:
    if element.tag in _HIDDEN:
        return True
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _NO_DISPLAY.search(style) is not None)


def _is_quote(tag: str, element: etree._Element) -> bool:
    if tag == "blockquote":
        return True
    names = element.get("class")
    return names is not None and not _QUOTES.isdisjoint(names.split())


def _begins_history(element: etree._Element) -> bool:
    identifier, names = element.get("id"), element.get("class")
    # Outlook puts `x_` before the names in a message that it shows, and each time it is answered another one.
    if identifier is not None and identifier.lower().removeprefix("x_") in _HISTORY_IDS:
        return True
    if names is not None and not _HISTORY_CLASSES.isdisjoint(names.lower().split()):
        return True
    return bool(element.tag == "hr" and element.get("data-marker") == "__DIVIDER__")  # Zimbra


class _Page:
    """Lines as they fill up; paragraphs ask for an empty line between them."""

    __slots__ = ("depth", "gap", "line", "lines", "numbers", "pre")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.gap = False
        self.depth = 0  # of quotations
        self.pre = 0
        self.numbers: list[int] = []  # of open lists: the last number, -1 for bullets

    def open(self, tag: str, element: etree._Element) -> None:
        if tag == "br":
            self.end_line(even_empty=True)
            return
        self._border(tag)
        if element.attrib and self.depth == 0 and _begins_history(element):
            self.end_line()
            self.lines.append(HISTORY)
        if _is_quote(tag, element):
            self.end_line()
            self.depth += 1
        if tag == "pre":
            self.pre += 1
        elif tag in ("ul", "ol"):
            self.numbers.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self.line.append(self._bullet())
        elif tag in _CELLS and self.line:
            self.line.append(" ")

    def close(self, tag: str, element: etree._Element) -> None:
        if _is_quote(tag, element):
            self.end_line()
            self.depth -= 1
        if tag == "pre":
            self.pre -= 1
        elif tag in ("ul", "ol") and self.numbers:
            self.numbers.pop()
        self._border(tag)

    def write(self, text: str | None) -> None:
        if not text:
            return
        if not self.pre:
            self.line.append(text)
            return
        first, *others = text.replace("\r\n", "\n").split("\n")
        self.line.append(first.replace(" ", "\ue000"))  # kept from being folded, until the line is full
        for other in others:
            self.end_line(even_empty=True)
            self.line.append(other.replace(" ", "\ue000"))

    def end_line(self, *, even_empty: bool = False) -> None:
        """Put the line down; an empty one only where a `<br>` made it."""
        text = _BLANKS.sub(" ", "".join(self.line)).strip().replace("\ue000", " ").rstrip()
        self.line.clear()
        if not text and not even_empty:
            return
        mark = "> " * self.depth
        if self.gap and self.lines and self.lines[-1].strip("> "):
            self.lines.append(mark.rstrip())
        self.gap = False
        self.lines.append((mark + text).rstrip())

    def text(self) -> str:
        self.end_line()
        return "\n".join(self.lines).strip("\n")

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


def _title(source: str) -> str:
    """What a mail program shows of a page without any words: its title."""
    found = _TITLE.search(source)
    return storable(_BLANKS.sub(" ", html.unescape(found[1])).strip()) if found else ""


def _from_tags(source: str) -> str:
    shown = _TAG.sub("", _BREAK.sub("\n", _UNSHOWN.sub(" ", source)))
    lines = (_BLANKS.sub(" ", line).strip() for line in html.unescape(shown).split("\n"))
    return storable("\n".join(line for line in lines if line))
