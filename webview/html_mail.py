"""The HTML body of a mail made inert: no script, form, link, style sheet or frame, and nothing that is fetched.

The response that carries it forbids the same once more, and the frame around it a third time.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import nh3

from mailgate.mail.wire.charset import codec_for, decode
from mailgate.mail.wire.mime import Leaf, take_apart
from mailgate.mail.wire.parameters import Structured, file_name

BODY_CSP = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
MAX_HTML = 400_000  # characters; mail programs clip at a quarter of it
MAX_TAGS = 10_000
MAX_REFERENCES = 20_000
"""Of characters. The sanitiser's time grows with the square of the depth; within these limits it is below a second."""

MAX_IMAGE_BYTES = 1_000_000
MAX_ALL_IMAGES_BYTES = 5_000_000
MAX_LINKS = 50


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RASTER = _words("image/png image/jpeg image/gif image/webp image/bmp")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z]")

# A parser opens these anew in every block that follows until they are closed: one hostile kilobyte becomes many
# megabytes. Under names of our own they are ordinary elements; the page around them says how they look.
_REOPENED = re.compile(r"<(/?)(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE)

_TAGS = _words(
    "abbr address bdi bdo blockquote br caption center cite col colgroup dd del dfn div dl dt h1 h2 h3 h4 h5 h6 hr img "
    "ins kbd li mark ol p pre q samp span sub sup table tbody td tfoot th thead tr ul var "
    "m-a m-b m-big m-code m-em m-font m-i m-s m-small m-strike m-strong m-tt m-u"
)
_DROPPED_WHOLE = _words(
    "script style title head noscript template iframe object svg math form select textarea button video audio"
)
_ATTRIBUTES = {
    "*": _words("align valign dir lang width height bgcolor title style"),
    "m-a": {"href"},  # read by the filter, which keeps none of a mail's own
    "img": {"src", "alt", "border"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "ol": {"start", "type"},
    "li": {"value"},
}
# Let through to the filter, which counts what it takes away; of other schemes nobody hears.
_SCHEMES = _words("http https ftp file mailto cid data")
# None of them takes a url(), and none lifts a text out of its place.
_STYLES = _words(
    "color background-color font font-family font-size font-style font-weight font-variant line-height letter-spacing "
    "text-align text-decoration text-indent text-transform vertical-align white-space word-break overflow-wrap "
    "direction margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right "
    "padding-bottom padding-left border border-top border-right border-bottom border-left border-color border-style "
    "border-width border-collapse border-spacing border-radius width max-width min-width height display"
)


_NO_PICTURE = Leaf("", Structured(""), Structured(""), None, b"")


def _nowhere(_link: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class InertHtml:
    """What is left of an HTML body, and what was taken away that a reader should know of."""

    html: str
    remote_images: int
    left_out_images: int  # of the mail itself: too large, or no picture format that is safe
    links: tuple[str, ...]  # where its links led, at most MAX_LINKS


def inert_html(raw: bytes, *, leads_to: Callable[[str], str | None] = _nowhere) -> InertHtml | None:
    """The HTML body of a mail; None when it has none, or one that is too large to be shown safely.

    `leads_to` says what the `m-a` element of a link keeps as its href, which leads nowhere by itself; None: nothing.
    """
    leaves = take_apart(raw).leaves
    body = next((leaf for leaf in leaves if _is_html_body(leaf)), None)
    if body is None:
        return None
    source = _decoded(body)
    if len(source) > MAX_HTML or source.count("&") > MAX_REFERENCES or len(_TAG.findall(source)) > MAX_TAGS:
        return None
    removed = _Removed({leaf.content_id: leaf for leaf in leaves if leaf.content_id is not None}, leads_to)
    cleaner = nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=removed.filtered,
        filter_style_properties=set(_STYLES),
        url_schemes=set(_SCHEMES),
        link_rel=None,
    )
    html = cleaner.clean(_REOPENED.sub(r"<\1m-\2", source))
    return InertHtml(html, removed.remote_images, removed.left_out_images, tuple(removed.links))


@dataclass(slots=True)
class _Removed:
    """Decides about each attribute on the sanitiser's way, and counts."""

    pictures: dict[str, Leaf]  # by content id: of this mail alone
    leads_to: Callable[[str], str | None]
    remote_images: int = 0
    left_out_images: int = 0
    links: dict[str, None] = field(default_factory=dict)
    _image_bytes: int = 0

    def filtered(self, tag: str, name: str, value: str) -> str | None:
        """The value that an attribute keeps; None removes it."""
        if name == "href":
            if len(self.links) < MAX_LINKS and value.lower().startswith(("http:", "https:", "mailto:")):
                self.links.setdefault(value[:300])
            return self.leads_to(value)
        return self._source(value.strip()) if tag == "img" and name == "src" else value

    def _source(self, value: str) -> str | None:
        scheme, _, rest = value.partition(":")
        if scheme.lower() not in ("cid", "data"):
            self.remote_images += 1
            return None
        if scheme.lower() == "cid":
            picture = self.pictures.get(rest.strip("<>"), _NO_PICTURE)
            if not self._has_room(picture.content_type, len(picture.content)):
                return None
            return f"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"
        media, _, coded = rest.partition(",")
        content_type = media.removesuffix(";base64").lower() if media.endswith(";base64") else ""
        return f"data:{content_type};base64,{coded}" if self._has_room(content_type, len(coded) * 3 // 4) else None

    def _has_room(self, content_type: str, size: int) -> bool:
        if content_type in _RASTER and size <= MAX_IMAGE_BYTES and self._image_bytes + size <= MAX_ALL_IMAGES_BYTES:
            self._image_bytes += size
            return True
        self.left_out_images += 1
        return False


def _is_html_body(leaf: Leaf) -> bool:
    named = file_name(leaf.disposition, leaf.type_field)
    return leaf.content_type == "text/html" and leaf.disposition.value != "attachment" and named is None


def _decoded(leaf: Leaf) -> str:
    charset = leaf.type_field.parameters.get("charset")
    if charset is None or codec_for(charset) is None:
        found = _META_CHARSET.search(leaf.content, 0, 4096)
        charset = found[1].decode("ascii") if found else charset
    return decode(leaf.content, charset)[0]
