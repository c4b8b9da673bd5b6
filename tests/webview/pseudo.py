"""A language that nobody speaks: every message in English, in brackets; and what stands on a page outside of them."""

import re
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from tests.webview.page_words import said

BEGIN, END = "⟦", "⟧"
TOLD = ("title", "aria-label", "alt", "placeholder")
"""Attributes that people read."""

_MARKED = re.compile(f"{BEGIN}[^{BEGIN}{END}]*{END}")
_EMPTY = frozenset(("area", "br", "hr", "img", "input", "link", "meta", "path", "rect"))


def write_pseudo(directory: Path, language: str) -> Path:
    """Put the catalogue of the pages there, as an operator's own of this language."""
    catalogue = Catalog(language)
    for message in set(said()):
        forms = (message, message) if isinstance(message, str) else message
        marked = tuple(f"{BEGIN}{form}{END}" for form in forms)
        # Languages with more forms than two have the plural in the rest.
        plural = (marked[0], *marked[1:] * (catalogue.num_plurals - 1))
        catalogue.add(message, marked[0] if isinstance(message, str) else plural)
    path = directory / "web" / f"{language}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue)
    return path


class Page(HTMLParser):
    """The words of a page: each text with what stands around it, and those outside of messages apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, tuple[str, ...]]] = []
        self.unmarked: list[tuple[str, tuple[str, ...]]] = []
        self._open: list[str] = []
        self._depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it as `tag.class[dir]`, and hear its attributes."""
        found = dict(attrs)
        for name in TOLD:
            self._hear(found.get(name) or "", f"@{name}")
        if tag not in _EMPTY:
            classes = "".join(f".{one}" for one in (found.get("class") or "").split())
            self._open.append(f"{tag}{classes}" + (f"[{found['dir']}]" if found.get("dir") else ""))

    def handle_endtag(self, tag: str) -> None:
        """The innermost of this name ends."""
        if tag not in _EMPTY:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Words between tags; a message may have tags in it."""
        self.texts.append((data, tuple(self._open)))
        kept = ""
        for character in data:
            self._depth += (character == BEGIN) - (character == END)
            kept += "" if self._depth or character == END else character
        self._hear(kept, "")

    def _hear(self, words: str, at: str) -> None:
        words = " ".join(_MARKED.sub("", words).split())
        if re.search(r"[^\W\d_]{2}", words):
            self.unmarked.append((words, (*self._open, at) if at else tuple(self._open)))
