"""HTML as strictly as mail clients need it: everything closed where it belongs, nothing twice, what is known alone."""

from html.parser import HTMLParser

_EMPTY = frozenset({"meta", "br", "img", "hr"})
_FRAME = frozenset({"html", "head", "title", "style", "body", "div", "table", "tbody", "thead", "tr", "th", "td"})
_WORDS = frozenset({"p", "a", "ul", "ol", "li", "code", "pre", "em", "strong", "bdi", "h1", "h2", "blockquote"})
_KNOWN = _EMPTY | _FRAME | _WORDS
_INSIDE = {
    "tr": {"table", "tbody", "thead"},
    "td": {"tr"},
    "th": {"tr"},
    "li": {"ul", "ol"},
    "thead": {"table"},
    "tbody": {"table"},
}
_NO_BLOCKS = frozenset({"p", "a", "h1", "h2", "code", "em", "strong", "bdi"})
_BLOCKS = frozenset({"p", "div", "table", "ul", "ol", "li", "pre", "h1", "h2", "blockquote"})


class _Check(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.mistakes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        parent = self.open[-1] if self.open else ""
        if tag not in _KNOWN:
            self.mistakes.append(f"<{tag}> is no element of a mail")
        if len(names) != len(set(names)):
            self.mistakes.append(f"<{tag}> has an attribute twice")
        if tag in _INSIDE and parent not in _INSIDE[tag]:
            self.mistakes.append(f"<{tag}> in <{parent}>")
        if tag in _BLOCKS and _NO_BLOCKS.intersection(self.open):
            self.mistakes.append(f"<{tag}> among words: {self.open}")
        if tag == "a" and ("a" in self.open or not dict(attrs).get("href")):
            self.mistakes.append("a link that leads nowhere, or stands in another")
        if tag == "img" and not {"alt", "width", "height"} <= set(names):
            self.mistakes.append("a picture without words or size")
        if tag == "table" and "role" not in names and "class" not in names:
            self.mistakes.append("a table that is read out as one, and is none")
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self.mistakes.append(f"<{tag} />")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> ends nothing")

    def handle_data(self, data: str) -> None:
        parent = self.open[-1] if self.open else ""
        if data.strip() and parent in ("table", "tr", "tbody", "thead", "ul", "ol", "html", ""):
            self.mistakes.append(f"words in <{parent}>: {data.strip()[:40]}")


def mistakes_in(html: str) -> list[str]:
    """What is wrong with a whole mail of ours; nothing when it is well formed."""
    check = _Check()
    check.feed(html.removeprefix("<!doctype html>\n"))
    check.close()
    return [*check.mistakes, *(f"<{tag}> is left open" for tag in check.open)]
