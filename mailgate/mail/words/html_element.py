"""A start tag of an HTML body: what it says of the text in it and around it."""

import re
from collections.abc import Mapping, Set
from functools import lru_cache
from html import unescape
from itertools import islice

from mailgate.mail.bounds import MAX_ATTRIBUTES, MAX_VALUE
from mailgate.mail.words.html_style import NO_STYLE, Style, read_style

INDENT = "\ufdd3"  # before a line that is set in like a quotation, while nothing says that it is one

_MAX_CLASSES = 20  # of an element, that style sheets may hide
_NAME = re.compile(r"[^\s/>]+")
_SCHEME = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_NAME_AND_VALUE = re.compile(r"[\s/=]*+([^\s/>=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PAGE = _words("html head body")  # there is one page, however many of them are begun and ended
UNSHOWN = _words("template datalist title style script iframe noembed noframes")
# What stands in these is no HTML, up to their end tag.
RAW = _words("script style title iframe noembed noframes textarea xmp")
SCOPES = ("table", "td", "th", "caption")  # an end tag in one of these ends nothing outside it
_VOID = _words("area base basefont br col embed frame hr img input link meta param source track wbr")
_BLOCKS = _words(
    "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p pre section summary table ul"
)  # each ends a paragraph that is open
_STRUCTURE = _BLOCKS | _words("td th tr tbody thead tfoot caption select option legend template datalist")
# What a start tag ends besides, if it is open, and within what.
_ENDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": (("li",), ("ul", "ol", "menu", "dir", *SCOPES)),
    "dd": (("dd", "dt"), ("dl", *SCOPES)),
    "dt": (("dd", "dt"), ("dl", *SCOPES)),
    "td": (("td", "th", "caption"), ("table",)),
    "th": (("td", "th", "caption"), ("table",)),
    "tr": (("tr", "caption"), ("table",)),
    "tbody": (("tbody", "thead", "tfoot", "tr", "caption"), ("table",)),
    "thead": (("tbody", "thead", "tfoot", "tr", "caption"), ("table",)),
    "tfoot": (("tbody", "thead", "tfoot", "tr", "caption"), ("table",)),
    "option": (("option",), ("select",)),
    "a": (("a",), SCOPES),
}

_PARAGRAPHS = _words("p h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre table hr")
_LINES = _words(
    "address article aside body center dd div dt fieldset figcaption figure footer form header html legend li main nav "
    "option section summary tr td th caption"
)
_NAMED = _words("br a")  # what else a page has to do something for
# What mail programs call a quotation and the line that leads it in. Gmail's own name is that of all that stands below
# the first words, with the answers in it.
_QUOTING = re.compile(r"(?<![a-z])(?:quoted?(?:header)?|cite(?:-prefix)?)(?![a-z])|gmail_attr", re.IGNORECASE)
_GMAIL = re.compile(r"gmail_quote\w*+")
_BORDER_OF_QUOTE = re.compile(r"border(?:-left)?\s*+:(?!\s*+(?:none|0|medium none))", re.IGNORECASE)
# Where mail programs begin the history below an answer without quoting it, in whatever language its header is.
_HISTORY_NAMES = frozenset(
    {"divrplyfwdmsg", "appendonsend", "olk_src_body_section", "stopspelling", "outlookmessageheader", "zmail_extra"}
    | {"isreplycontent", "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message"}
)
# Outlook's line above the header of the answered mail.
_DIVIDER = re.compile(r"border-top\s*+:\s*+solid #\w{6} 1\.0pt", re.IGNORECASE)
_BORDER = re.compile(r"border[a-z-]*+\s*+:[^;]*?\b(?:solid|dotted|dashed|double|inset)", re.IGNORECASE)


class Element:
    """All that one way of writing a start tag says: found out once, however often a body has it."""

    __slots__ = (
        "attributes",
        "begins_history",
        "changes_looks",
        "ends",
        "hides",
        "is_bare",
        "is_bordered",
        "is_line",
        "is_noticed",
        "is_paragraph",
        "is_raw",
        "is_tiny",
        "is_void",
        "mark",
        "preserves",
        "tag",
    )

    def __init__(self, tag: str, attributes: Mapping[str, str], style: Style) -> None:
        self.tag = tag  # in lower case
        self.attributes = attributes  # by their names in lower case
        self.hides = style.hides or tag in UNSHOWN
        self.preserves = True if tag == "pre" and style.preserves is None else style.preserves
        self.is_tiny = style.is_tiny
        self.changes_looks = self.hides or self.preserves is not None or self.is_tiny is not None
        self.is_raw = tag in RAW
        self.is_void = tag in _VOID
        self.is_bare = not attributes and tag not in _STRUCTURE and not self.is_void
        self.ends = (((("p",), SCOPES),) if tag in _BLOCKS else ()) + ((_ENDS[tag],) if tag in _ENDS else ())
        self.is_paragraph = tag in _PARAGRAPHS
        self.is_line = self.is_paragraph or tag in _LINES
        names = f"{attributes.get('class', '')} {attributes.get('id', '')}".strip() if attributes else ""
        self.mark = _mark_of_quote(self, names)  # what the lines of a quotation begin with; "" for what is none
        self.begins_history = bool(attributes) and _begins_history(self, names)
        self.is_bordered = "style" in attributes and _BORDER.search(attributes["style"]) is not None
        self.is_noticed = self.is_line or tag in _NAMED or bool(self.mark) or self.begins_history


def read_tag(written: str, hidden_names: Set[str]) -> Element | None:
    """Read what stands between `<` and `>`, None for an address; `hidden_names` are what style sheets hide."""
    found = _NAME.match(written)
    name = found[0] if found else ""
    if _is_address(name):
        return None
    tag = name.lower()
    if tag in PAGE or len(name) == len(written):
        return Element(tag, _NO_ATTRIBUTES, NO_STYLE)
    attributes = _attributes(written[len(name) :])
    style = read_style(attributes["style"]) if attributes.get("style") else NO_STYLE
    if "hidden" in attributes or (hidden_names and not style.displays and _is_hidden(attributes, hidden_names)):
        style = style.hiding()
    return Element(tag, attributes, style)


def _is_address(name: str) -> bool:
    """`Ann <ann@example.org>` that nobody escaped, or `<https://a.example/>`: shown, as it was meant."""
    return ("@" in name[1:-1] and '"' not in name and "<" not in name) or _SCHEME.match(name) is not None


def _attributes(given: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for pair in islice(_NAME_AND_VALUE.finditer(given), MAX_ATTRIBUTES):
        name, double, single, bare = pair.groups()
        value = (double or single or bare or "")[:MAX_VALUE]
        found.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return found


def _is_hidden(attributes: Mapping[str, str], hidden_names: Set[str]) -> bool:
    names = [f".{name}" for name in attributes.get("class", "").split()[:_MAX_CLASSES]]
    return not hidden_names.isdisjoint([*names, f"#{attributes.get('id', '')}"])


def _mark_of_quote(element: Element, names: str) -> str:
    """The mark of what this element quotes or sets in; "" when it does neither."""
    is_named = bool(names) and _is_quoting(names)
    if element.tag != "blockquote":
        return ">" if is_named else ""
    given = element.attributes
    is_cited = given.get("type") == "cite" or "cite" in given or "gmail_quote" in names
    return ">" if is_named or is_cited or _BORDER_OF_QUOTE.search(given.get("style", "")) else INDENT


def _begins_history(element: Element, names: str) -> bool:
    if names and _is_of_history(names):
        return True
    if element.tag == "hr":
        return element.attributes.get("data-marker") == "__DIVIDER__"  # Zimbra
    style = element.attributes.get("style", "")
    return "3.0pt" in style and _DIVIDER.search(style) is not None


@lru_cache(maxsize=1024)
def _is_quoting(names: str) -> bool:
    return _QUOTING.search(_GMAIL.sub("", names)) is not None


@lru_cache(maxsize=1024)
def _is_of_history(names: str) -> bool:
    # Outlook puts `x_` before the names in a message that it shows, and each time it is answered another one.
    return any(name.removeprefix("x_") in _HISTORY_NAMES for name in names.lower().split())


_NO_ATTRIBUTES: Mapping[str, str] = {}
BARE: Mapping[str, Element] = {tag: Element(tag, _NO_ATTRIBUTES, NO_STYLE) for tag in ("p", "br", *PAGE)}
