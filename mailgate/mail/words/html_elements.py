"""The elements and texts of an HTML body, in the order in which a browser shows them; in linear time, never raises.

Not lxml: libxml2 compares each attribute of a tag with all before it (60,000 of them take 40 seconds), keeps a tree of
many times the size, forgets what is below 2,048 levels, and stops at `</html>`, behind which gateways put what the
mail really says. What is left of the standard (WHATWG HTML §13.2) is what changes the text: where tags and comments
end, which start tags end other elements, and what style sheets hide.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from html import unescape
from itertools import islice
from typing import Protocol

from mailgate.mail.bounds import MAX_ATTRIBUTES, MAX_ELEMENT_DEPTH, MAX_VALUE
from mailgate.mail.words.html_style import NO_STYLE, Style, hidden_names, read_style

_MAX_HIDDEN_NAMES = 1_000  # classes and ids that style sheets hide

_ATTRIBUTE = r"[\s/=]*+[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_TOKEN = re.compile(
    rf"(?P<text>[^<]++)|<(?P<open>[a-zA-Z][^\s/>]*+)(?P<given>(?:{_ATTRIBUTE})*+[\s/=]*+)>?"
    r"|</(?P<close>[a-zA-Z][^\s/>]*+)[^>]*+>?|<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?/][^>]*+>?|(?P<lone><)",
    re.DOTALL,
)
_NAME_AND_VALUE = re.compile(r"[\s/=]*+([^\s/>=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?+")
# `Ann <ann@example.org>` that nobody escaped, or `<https://a.example/>`: shown, as it was meant.
_ADDRESS = re.compile(r"[^\s<>\"]+@[^\s<>\"]+\Z|(?:https?|mailto):", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VOID = _words("area base basefont br col embed frame hr img input link meta param source track wbr")
_PAGE = _words("html head body")  # there is one page, however many of them are begun and ended
_UNSHOWN = _words("template datalist title style script iframe noembed noframes")
# What stands in these is no HTML, up to their end tag.
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])[^>]*+>?", re.IGNORECASE)
    for name in ("script", "style", "title", "iframe", "noembed", "noframes", "textarea", "xmp")
}
_BLOCKS = _words(
    "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p pre section summary table ul"
)  # each ends a paragraph that is open
_STRUCTURE = _BLOCKS | _words("td th tr tbody thead tfoot caption select option legend template datalist")
_SCOPES = ("table", "td", "th", "caption")  # an end tag in one of these ends nothing outside it
# What a start tag ends besides, if it is open, and within what.
_ENDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": (("li",), ("ul", "ol", "menu", "dir", *_SCOPES)),
    "dd": (("dd", "dt"), ("dl", *_SCOPES)),
    "dt": (("dd", "dt"), ("dl", *_SCOPES)),
    "td": (("td", "th", "caption"), ("table",)),
    "th": (("td", "th", "caption"), ("table",)),
    "tr": (("tr", "caption"), ("table",)),
    "tbody": (("tbody", "thead", "tfoot", "tr", "caption"), ("table",)),
    "thead": (("tbody", "thead", "tfoot", "tr", "caption"), ("table",)),
    "tfoot": (("tbody", "thead", "tfoot", "tr", "caption"), ("table",)),
    "option": (("option",), ("select",)),
    "a": (("a",), _SCOPES),
}


class Element:
    """A start tag: its name in lower case, its attributes, and what they say of the looks of what stands in it."""

    __slots__ = ("attrib", "before", "style", "tag")

    def __init__(self, tag: str, attributes: Mapping[str, str], style: Style) -> None:
        self.tag = tag
        self.attrib = attributes
        self.style = style
        self.before = (False, False, False)  # what held before it: hidden, preserved, tiny

    def get(self, name: str) -> str | None:
        """An attribute, by its name in lower case."""
        return self.attrib.get(name)


class Page(Protocol):
    """Where the elements and texts go."""

    @property
    def is_full(self) -> bool:
        """No more is wanted."""

    def open(self, tag: str, element: Element) -> None:
        """An element begins."""

    def close(self, tag: str, element: Element) -> None:
        """It ends."""

    def write(self, text: str, *, preserved: bool) -> None:
        """A text that is shown; `preserved`: with its blanks and line ends."""


def walk(source: str, page: Page) -> None:
    """Put what a browser would show of this source on the page."""
    _Walk(page).through(source)


class _Walk:
    """One way through a source, with the elements that are open."""

    __slots__ = ("hidden", "hidden_names", "open_elements", "page", "places", "preserved", "tiny", "unended")

    def __init__(self, page: Page) -> None:
        self.page = page
        self.open_elements: list[Element] = []
        self.places: dict[str, list[int]] = defaultdict(list)  # of each name, among those that are open
        self.hidden_names: set[str] = set()
        self.unended: set[str] = set()  # looked for once, to the end
        self.hidden = self.preserved = self.tiny = False

    def through(self, source: str) -> None:
        """From the first character to the last; each is looked at a few times."""
        last_end = source.rfind(">")
        at = 0
        while found := _TOKEN.match(source, at):
            at = found.end()
            match found.lastgroup:
                case "text" | "lone":
                    self._write(found[0])
                case "given" if found.start() > last_end or _ADDRESS.match(found[2]):
                    self._write(found[0])
                case "given":
                    at = self._start(found[2].lower(), found[3], source, at)
                case "close":
                    self._end(found[4].lower())
                    if self.page.is_full:
                        return
        self._close_down_to(0)

    def _write(self, text: str) -> None:
        if not self.hidden and not self.tiny:
            self.page.write(unescape(text) if "&" in text else text, preserved=self.preserved)

    def _start(self, tag: str, given: str, source: str, at: int) -> int:
        if tag in _PAGE:
            self.page.open(tag, _BARE)
            return at
        attributes = _attributes(given) if given else _NO_ATTRIBUTES
        if self.page.is_full:
            return len(source)
        if (raw := _RAW.get(tag)) is not None:
            return self._raw(tag, raw, source, at)
        if tag in _BLOCKS and self.places.get("p") and (begun := self._last(("p",))) > self._last(_SCOPES):
            self._close_down_to(begun)
        if tag in _ENDS:
            self._end_others(tag)
        element = Element(tag, attributes, self._style(attributes))
        if tag in _VOID:
            if not self.hidden and not element.style.hides:
                self.page.open(tag, element)
                self.page.close(tag, element)
        elif attributes or tag in _STRUCTURE or self.places.get(tag):
            self._open(tag, element)
        return at

    def _raw(self, tag: str, raw: re.Pattern[str], source: str, at: int) -> int:
        found = None if tag in self.unended else raw.search(source, at)
        end, after = (found.start(), found.end()) if found else (len(source), len(source))
        if not found:
            self.unended.add(tag)
        if not found and tag == "title":  # nobody means a whole mail by it
            end = after = max(at, source.find("<", at))
        if tag == "style" and len(self.hidden_names) < _MAX_HIDDEN_NAMES:
            hidden_names(source[at:end], self.hidden_names)
        elif tag not in _UNSHOWN:
            was, self.preserved = self.preserved, True
            self._write(source[at:end])
            self.preserved = was
        return after

    def _style(self, attributes: Mapping[str, str]) -> Style:
        style = attributes.get("style")
        read = read_style(style) if style else NO_STYLE
        if "hidden" in attributes:
            return read.hiding()
        if self.hidden_names and not read.displays:
            names = [f".{name}" for name in attributes.get("class", "").split()[:20]]
            if not self.hidden_names.isdisjoint([*names, f"#{attributes.get('id', '')}"]):
                return read.hiding()
        return read

    def _open(self, tag: str, element: Element) -> None:
        if len(self.open_elements) >= MAX_ELEMENT_DEPTH:
            return
        element.before = (self.hidden, self.preserved, self.tiny)
        style = element.style
        self.hidden = self.hidden or style.hides or tag in _UNSHOWN
        if not self.hidden:
            self.page.open(tag, element)
        if style.preserves is not None or tag == "pre":
            self.preserved = style.preserves is not False
        self.tiny = self.tiny if style.is_tiny is None else style.is_tiny
        self.places[tag].append(len(self.open_elements))
        self.open_elements.append(element)

    def _end(self, tag: str) -> None:
        place = self.places.get(tag)
        if place:
            if tag in _SCOPES or place[-1] > self._last(_SCOPES):
                self._close_down_to(place[-1])
        elif tag in _PAGE:
            self.page.open(tag, _BARE)
        elif tag in ("p", "br") and not self.hidden:  # as browsers have it: `</p>` alone is a paragraph, too
            self.page.open(tag, _BARE)
            self.page.close(tag, _BARE)

    def _end_others(self, tag: str) -> None:
        ended, within = _ENDS[tag]
        bound = self._last(within)
        places = [place[-1] for name in ended if (place := self.places.get(name)) and place[-1] > bound]
        if places:
            self._close_down_to(min(places))

    def _last(self, tags: tuple[str, ...]) -> int:
        """The place of the innermost of these; -1 when none is open."""
        last = -1
        for tag in tags:
            place = self.places.get(tag)
            if place and place[-1] > last:
                last = place[-1]
        return last

    def _close_down_to(self, at: int) -> None:
        while len(self.open_elements) > at:
            element = self.open_elements.pop()
            self.places[element.tag].pop()
            if not self.hidden:
                self.page.close(element.tag, element)
            self.hidden, self.preserved, self.tiny = element.before


_NO_ATTRIBUTES: Mapping[str, str] = {}
_BARE = Element("", _NO_ATTRIBUTES, NO_STYLE)


def _attributes(given: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for pair in islice(_NAME_AND_VALUE.finditer(given), MAX_ATTRIBUTES):
        name, double, single, bare = pair.groups()
        value = (double or single or bare or "")[:MAX_VALUE]
        found.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return found
