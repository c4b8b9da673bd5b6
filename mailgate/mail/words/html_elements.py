"""The elements and texts of an HTML body, in the order in which a browser shows them; in linear time, never raises.

Not lxml: libxml2 compares each attribute of a tag with all before it (60,000 of them take 40 seconds), keeps a tree of
many times the size, forgets what is below 2,048 levels, and stops at `</html>`, behind which gateways put what the
mail really says. What is left of the standard (WHATWG HTML §13.2) is what changes the text: where tags and comments
end, which start tags end other elements, and what style sheets hide.
"""

import re
from collections import defaultdict
from html import unescape
from typing import Protocol

from mailgate.mail.bounds import MAX_ELEMENT_DEPTH
from mailgate.mail.words.html_element import BARE, PAGE, RAW, SCOPES, UNSHOWN, Element, read_tag
from mailgate.mail.words.html_style import hidden_names

_MAX_HIDDEN_NAMES = 1_000  # classes and ids that style sheets hide
_MAX_TAGS = 500  # ways of writing a tag that are kept: few mails have a hundred, and most have each of them often
_MAX_TAG = 300  # characters of one of those

_ATTRIBUTE = r"[\s/=]*+[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_TAG = rf"[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE})*+[\s/=]*+"
# A text, and what ends it: a start tag, an end tag, what is not shown, a start tag that the end cuts off, or `<`.
_TOKEN = re.compile(
    rf"([^<]*+)(?:<(?:({_TAG})>|/([a-zA-Z][^\s/>]*+)[^>]*+>?|!--(?:-?>|.*?(?:--!?>|\Z))|[!?/][^>]*+>?|([a-zA-Z].*+))"
    r"|(<)|\Z)",
    re.DOTALL,
)
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])[^>]*+>?", re.IGNORECASE) for name in RAW}


class Page(Protocol):
    """Where the elements and texts go."""

    @property
    def is_full(self) -> bool:
        """No more is wanted."""

    def open(self, element: Element) -> None:
        """An element begins."""

    def close(self, element: Element) -> None:
        """It ends."""

    def write(self, text: str, *, preserved: bool) -> None:
        """A text that is shown; `preserved`: with its blanks and line ends."""


def walk(source: str, page: Page) -> None:
    """Put what a browser would show of this source on the page."""
    _Walk(page).through(source)


class _Walk:
    """One way through a source, with the elements that are open."""

    __slots__ = ("hidden", "hidden_names", "known", "open_elements", "page", "places", "preserved", "tiny", "unended")

    def __init__(self, page: Page) -> None:
        self.page = page
        self.known: dict[str, Element | None] = {}  # by the way in which a tag is written
        self.open_elements: list[tuple[Element, bool, bool, bool]] = []  # what held before it: hidden, preserved, tiny
        self.places: dict[str, list[int]] = defaultdict(list)  # of each name, among those that are open
        self.hidden_names: set[str] = set()
        self.unended: set[str] = set()  # looked for once, to the end
        self.hidden = self.preserved = self.tiny = False

    def through(self, source: str) -> None:
        """From the first character to the last; each is looked at a few times."""
        at = 0
        while at < len(source) and not self.page.is_full:
            at = self._to_raw(source, at)
        self._close_down_to(0)

    def _to_raw(self, source: str, at: int) -> int:
        """Go on to the first element that has no HTML in it, and behind that; or to the end."""
        known, page = self.known, self.page
        for found in _TOKEN.finditer(source, at):
            text, written, ended, cut_off, lone = found.groups()
            if text:
                self._write(text)
            if written:
                element = known[written] if written in known else self._read(written)
                if element is None:
                    self._write(f"<{written}>")
                elif element.is_raw:
                    return self._raw(element.tag, source, found.end())
                else:
                    self._start(element)
            elif ended:
                self._end(ended.lower())
            elif lone:
                self._write(lone)
            elif cut_off:
                self._cut_off(cut_off)
            if page.is_full:
                break
        return len(source)

    def _read(self, written: str) -> Element | None:
        element = read_tag(written, self.hidden_names)
        if len(self.known) < _MAX_TAGS and len(written) <= _MAX_TAG:
            self.known[written] = element
        return element

    def _write(self, text: str) -> None:
        if not self.hidden and not self.tiny:
            self.page.write(unescape(text) if "&" in text else text, preserved=self.preserved)

    def _cut_off(self, written: str) -> None:
        """The last of all tags: one that the end cuts off is words, unless some bracket behind it says otherwise."""
        element = read_tag(written, self.hidden_names) if ">" in written else None
        if element is None:
            self._write(f"<{written}")
        elif not element.is_raw:
            self._start(element)

    def _start(self, element: Element) -> None:
        places = self.places
        for ended, within in element.ends:
            for name in ended:
                if places[name]:
                    self._end_others(ended, within)
                    break
        if element.is_void:
            if element.is_noticed and not self.hidden and not element.hides:
                self.page.open(element)
                self.page.close(element)
        elif not element.is_bare or places.get(element.tag):
            self._open(element)
        elif element.tag in PAGE:
            self.page.open(element)

    def _raw(self, tag: str, source: str, at: int) -> int:
        found = None if tag in self.unended else _RAW_ENDS[tag].search(source, at)
        end, after = (found.start(), found.end()) if found else (len(source), len(source))
        if not found:
            self.unended.add(tag)
        if not found and tag == "title":  # nobody means a whole mail by it
            end = after = max(at, source.find("<", at))
        if tag == "style" and len(self.hidden_names) < _MAX_HIDDEN_NAMES:
            hidden_names(source[at:end], self.hidden_names)
            self.known.clear()
        elif tag not in UNSHOWN:
            was, self.preserved = self.preserved, True
            self._write(source[at:end])
            self.preserved = was
        return after

    def _open(self, element: Element) -> None:
        opened = self.open_elements
        if len(opened) >= MAX_ELEMENT_DEPTH:
            return
        self.places[element.tag].append(len(opened))
        opened.append((element, self.hidden, self.preserved, self.tiny))
        if element.hides:
            self.hidden = True
        if element.is_noticed and not self.hidden:
            self.page.open(element)
        if element.changes_looks:
            self.preserved = self.preserved if element.preserves is None else element.preserves
            self.tiny = self.tiny if element.is_tiny is None else element.is_tiny

    def _end(self, tag: str) -> None:
        place = self.places.get(tag)
        if place:
            at = place[-1]
            if at + 1 == len(self.open_elements) or tag in SCOPES or at > self._last(SCOPES):
                self._close_down_to(at)
        elif tag in PAGE:
            self.page.open(BARE[tag])
        elif tag in ("p", "br") and not self.hidden:  # as browsers have it: `</p>` alone is a paragraph, too
            self.page.open(BARE[tag])
            self.page.close(BARE[tag])

    def _end_others(self, ended: tuple[str, ...], within: tuple[str, ...]) -> None:
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
        opened = self.open_elements
        while len(opened) > at:
            element, hidden, preserved, tiny = opened.pop()
            self.places[element.tag].pop()
            if element.is_noticed and not self.hidden:
                self.page.close(element)
            self.hidden, self.preserved, self.tiny = hidden, preserved, tiny
