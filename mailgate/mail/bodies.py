"""Which parts of a message are its text, and what they say together; never raises."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailgate.mail.bounds import MAX_HTML, MAX_TEXT_BYTES
from mailgate.mail.wire.charset import Guesses, codec_for, decode
from mailgate.mail.wire.defects import Defect
from mailgate.mail.wire.mime import Leaf
from mailgate.mail.wire.parameters import file_name
from mailgate.mail.words.enriched_text import plain_words
from mailgate.mail.words.html_text import marked_text, without_marks

_STUB = 200  # characters of a plain part that may only say that there is HTML
_FEW_WORDS = 3  # of a page that say nothing by themselves
_MAX_COMPARED = 20_000  # characters

_HTML = "text/html"
_ENRICHED = frozenset({"text/enriched", "text/richtext"})
_PLAIN = frozenset({"text/plain", "text/markdown", "text/x-markdown", "text/x-web-markdown"}) | _ENRICHED
# Text that is data: files, though nobody named them. Other kinds are read as plain text where a mail has no other
# words (RFC 2046 §4.1.4), and are files as well.
_DATA = frozenset(
    {"text/calendar", "text/css", "text/csv", "text/directory", "text/ecmascript", "text/javascript", "text/json"}
    | {
        "text/rfc822",
        "text/rfc822-header",
        "text/rfc822-headers",
        "text/tab-separated-values",
        "text/vcard",
        "text/vtt",
    }
    | {"text/x-amp-html", "text/x-vcard", "text/x-vcalendar", "text/xml"}
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_CONTENT_ID = re.compile(r"cid:([^\s\"'<>()]{1,300})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bodies:
    """The parts that are read, and their words."""

    leaves: tuple[Leaf, ...]
    text: str
    marked: str  # the same with the marks of html_text.marked_text
    html_text: str | None  # what all HTML shows; None without any, or where nobody asked for it
    content_ids: frozenset[str]  # of the pictures that the HTML shows


@dataclass(slots=True)
class _Part:
    """A body on its way to become words."""

    leaf: Leaf
    source: str
    marked: str | None = None  # HTML that was rendered

    @property
    def is_html(self) -> bool:
        return self.leaf.content_type == _HTML

    def words(self) -> str:
        """What it shows; HTML is rendered when it is first asked for."""
        if self.marked is None:
            self.marked = marked_text(self.source) if self.is_html else self.source
        return self.marked


def declared_charset(leaf: Leaf) -> str | None:
    """The charset that a part of text names."""
    return leaf.type_field.parameters.get("charset") if leaf.content_type.startswith("text/") else None


def read_bodies(
    leaves: Sequence[Leaf], defects: list[Defect], guesses: Guesses | None = None, *, render_html: bool
) -> Bodies:
    """The words of a message, part after part (RFC 2046 §5.1.3); of alternatives the plain one, if it says anything.

    With `render_html=False` HTML is rendered only where it is read, or where it must be known whether it is.
    """
    texts = [leaf for leaf in leaves if leaf.content_type.startswith("text/") and _is_unnamed(leaf, guesses)]
    bodies = tuple(leaf for leaf in texts if leaf.content_type == _HTML or leaf.content_type in _PLAIN)
    chosen = bodies or [leaf for leaf in texts if leaf.content_type not in _DATA]
    parts = _decoded([leaf for leaf in chosen if leaf.content_type != _HTML], MAX_TEXT_BYTES, defects)
    sources = _decoded([leaf for leaf in chosen if leaf.content_type == _HTML], MAX_TEXT_BYTES, defects)
    _cut(sources, defects)
    plain = [part for part in parts if part.source.strip()]
    unread = {id(part) for part in plain if _is_markup(part) and any(_is_beside(part, other) for other in plain)}
    said_plainly: set[str] = set()
    for part in sources:
        beside = [other for other in plain if part.leaf.stands_for(other.leaf)]
        said = "\n".join(other.source for other in beside)
        if beside and _repeats_or_adds(said, part):
            unread.add(id(part))
        elif beside and _is_stub(said):
            unread.update(id(other) for other in beside)
        elif plain and _repeats(part, said_plainly := said_plainly or _words("\n".join(one.source for one in plain))):
            unread.add(id(part))
    place = {id(leaf): at for at, leaf in enumerate(leaves)}
    read = [part for part in sorted([*parts, *sources], key=lambda one: place[id(one.leaf)]) if id(part) not in unread]
    has_words = any(part.source.strip() for part in read)
    marked = "\n".join(part.words() for part in read if part.source.strip() or not has_words)
    shown = None
    if sources and (render_html or all(id(part) not in unread for part in sources)):
        shown = without_marks("\n".join(part.words() for part in sources))
    text = without_marks(marked) if any(part.is_html for part in read) else marked
    return Bodies(bodies, text, marked, shown, frozenset(_content_ids(sources)))


def _is_unnamed(leaf: Leaf, guesses: Guesses | None) -> bool:
    return leaf.disposition.value != "attachment" and file_name(leaf.disposition, leaf.type_field, guesses) is None


def _is_markup(part: _Part) -> bool:
    return part.leaf.content_type != "text/plain"


def _is_beside(part: _Part, other: _Part) -> bool:
    return not _is_markup(other) and part.leaf.stands_for(other.leaf)


def _decoded(leaves: Iterable[Leaf], limit: int, defects: list[Defect]) -> list[_Part]:
    """The parts as text, together no longer than the limit: nobody reads more, and text costs."""
    parts: list[_Part] = []
    for leaf in leaves:
        if len(leaf.content) > limit:
            defects.append(Defect.TEXT_TOO_LONG)
        text = _text(leaf, leaf.content[:limit], defects)
        parts.append(_Part(leaf, plain_words(text) if leaf.content_type in _ENRICHED else text))
        limit = max(0, limit - len(leaf.content))
    return parts


def _text(leaf: Leaf, content: bytes, defects: list[Defect]) -> str:
    charset = declared_charset(leaf)
    if leaf.content_type == _HTML and (charset is None or codec_for(charset) is None):
        found = _META_CHARSET.search(content, 0, 4096)
        charset = found[1].decode("ascii") if found else charset
    text, right = decode(content, charset)
    if not right and content:
        defects.append(Defect.BAD_CHARSET)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _cut(sources: list[_Part], defects: list[Defect]) -> None:
    """As much HTML, from the first part, as is rendered."""
    left = MAX_HTML
    for part in sources:
        if len(part.source) > left:
            defects.append(Defect.HTML_TOO_LONG)
            part.source = part.source[:left]
        left -= len(part.source)


def _repeats_or_adds(plain: str, page: _Part) -> bool:
    """A plain part says what the page beside it says, as alternatives should; long ones are believed to."""
    if len(plain.strip()) > _STUB:
        return True
    said, shown = _words(plain), _words(without_marks(page.words()))
    return len(shown) < _FEW_WORDS or (bool(said) and len(said & shown) * 3 >= len(said))


def _is_stub(plain: str) -> bool:
    """It only says that there is HTML, a word that is one in every language, or where to read it."""
    words = _words(plain)
    return not words or "html" in words


def _repeats(page: _Part, said: set[str]) -> bool:
    """HTML that says what plain text beside it says already, though nobody wrote that they are alternatives."""
    shown = _words(without_marks(page.words()))
    return len(shown & said) >= len(shown) * 0.8


def _words(text: str) -> set[str]:
    pieces = text[:_MAX_COMPARED].lower().split()
    return set(_WORD.findall(" ".join(piece for piece in pieces if "://" not in piece and "@" not in piece)))


def _content_ids(sources: Sequence[_Part]) -> Iterable[str]:
    return (name for part in sources for name in _CONTENT_ID.findall(part.source))
