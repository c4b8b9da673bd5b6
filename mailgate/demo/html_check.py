"""What common mail clients do not show of the HTML of a mail, as far as it can be told from the HTML.

Gmail drops what could act or leave its place, and clips what is long; Outlook for Windows shows mail with Word, which
knows the style sheets of twenty years ago. Each row of the table is one such habit; what is in none is taken as shown.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from mailgate.mail.wire.charset import decode
from mailgate.mail.wire.mime import take_apart

GMAIL_CLIPS_BYTES = 102 * 1024
GMAIL_STYLES = 8_192
"""Characters of a style element past which Gmail takes none of it."""

MAX_HTML_BYTES = 1_000_000

_DECLARATION = re.compile(r"(?:^|[;{\s])([a-z-]+)\s*:\s*([^;{}]+)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """What the HTML consists of."""

    size: int  # bytes, as they are sent
    has_text_part: bool
    elements: Sequence[tuple[str, dict[str, str]]]  # names and attributes, both in lower case
    styles: Sequence[tuple[str, str]]  # declarations, of style elements and attributes: property, value
    style_blocks: Sequence[str]
    media: int  # rules for a kind of screen

    def count(self, *names: str) -> int:
        """How many elements have one of these names."""
        return sum(name in names for name, _ in self.elements)

    def images(self, takes: Callable[[dict[str, str]], bool]) -> int:
        """How many images have attributes that are taken."""
        return sum(name == "img" and takes(attributes) for name, attributes in self.elements)

    def declared(self, says: str) -> int:
        """How many declarations are, as `property: value`, what a pattern says."""
        pattern = re.compile(says, re.IGNORECASE)
        return sum(pattern.match(f"{name}: {value}") is not None for name, value in self.styles)


@dataclass(frozen=True, slots=True)
class Habit:
    """What a client does with something; `loses`: a reader misses what it holds, and not only how it looks."""

    what: str
    client: str
    does: str
    loses: bool
    count: Callable[[Page], int]


HABITS = (
    Habit("no text part", "mutt and others", "show the HTML as it is written", True, lambda p: not p.has_text_part),
    Habit("over 102 kB", "Gmail", "hides the end behind a link", True, lambda p: p.size > GMAIL_CLIPS_BYTES),
    Habit("script", "all", "take it out", True, lambda p: p.count("script")),
    Habit(
        "form",
        "Outlook for Windows, and others",
        "show no field to fill in",
        True,
        lambda p: p.count("form", "input", "textarea", "select", "button"),
    ),
    Habit(
        "video, sound, frame or plug-in",
        "nearly all",
        "leave it out",
        True,
        lambda p: p.count("video", "audio", "iframe", "object", "embed"),
    ),
    Habit("drawing (SVG) in the HTML", "Gmail, Outlook", "leave it out", True, lambda p: p.count("svg")),
    Habit(
        "image within the HTML (data:)",
        "Gmail, Outlook",
        "leave it out",
        True,
        lambda p: p.images(lambda image: image.get("src", "").lower().startswith("data:")),
    ),
    Habit(
        "image of another site",
        "nearly all",
        "show it when the reader has agreed",
        True,
        lambda p: p.images(lambda image: image.get("src", "").lower().startswith(("http:", "https:", "//"))),
    ),
    Habit(
        "image without words for it (alt)",
        "all, while images are off",
        "show an empty box",
        True,
        lambda p: p.images(lambda image: "alt" not in image),
    ),
    Habit("style sheet of another site", "Gmail, Outlook", "do not fetch it", False, lambda p: p.count("link")),
    Habit(
        "style element over 8,192 characters",
        "Gmail",
        "takes none of it",
        False,
        lambda p: sum(len(block) > GMAIL_STYLES for block in p.style_blocks),
    ),
    Habit("position", "Gmail, Outlook", "leave it where it stands", False, lambda p: p.declared("position:")),
    Habit(
        "flex or grid",
        "Outlook for Windows",
        "stacks it",
        False,
        lambda p: p.declared("display: *(inline-)?(flex|grid)"),
    ),
    Habit(
        "background image",
        "Outlook for Windows",
        "shows the colour alone",
        False,
        lambda p: p.declared(r"background(-image)?:.*url\("),
    ),
    Habit(
        "greatest width",
        "Outlook for Windows",
        "makes it as wide as the window",
        False,
        lambda p: p.declared("max-width:"),
    ),
    Habit("round corners", "Outlook for Windows", "shows them square", False, lambda p: p.declared("border-radius:")),
    Habit("dark colours of its own", "Gmail", "darkens by its own rules", False, lambda p: p.media),
)
"""As those see it who try mails in many clients: no maker promises any of it."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something in the mail that a client treats so, and how often it is there."""

    habit: Habit
    times: int


def check(raw: bytes) -> tuple[Found, ...] | None:
    """What clients do not show of the HTML part, what is lost first; None without one, or with one past all measure."""
    page = _page_of(raw)
    if page is None:
        return None
    found = (Found(habit, int(habit.count(page))) for habit in HABITS)
    return tuple(sorted((one for one in found if one.times), key=lambda one: not one.habit.loses))


def _page_of(raw: bytes) -> Page | None:
    leaves = take_apart(raw).leaves
    body = next((leaf for leaf in leaves if leaf.content_type == "text/html"), None)
    if body is None or len(body.content) > MAX_HTML_BYTES:
        return None
    reader = _Reader()
    reader.feed(decode(body.content, body.type_field.parameters.get("charset"))[0])
    reader.close()
    sheets = [_COMMENT.sub("", block) for block in reader.style_blocks]
    inline = [attributes["style"] for _, attributes in reader.elements if "style" in attributes]
    return Page(
        size=len(body.content),
        has_text_part=any(leaf.content_type == "text/plain" for leaf in leaves),
        elements=reader.elements,
        styles=[declared for sheet in (*sheets, *inline) for declared in _declared(sheet)],
        style_blocks=sheets,
        media=sum(sheet.count("prefers-color-scheme") for sheet in sheets),
    )


def _declared(sheet: str) -> Iterator[tuple[str, str]]:
    return ((name.lower(), value.strip()) for name, value in _DECLARATION.findall(sheet))


class _Reader(HTMLParser):
    """Keeps each element with its attributes, and the text of style elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.style_blocks: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.style_blocks.append(data)
