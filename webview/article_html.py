"""An article as HTML: rendered from Markdown without raw HTML, then sanitised; links lead to other articles only."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from mailgate.tickets.article import KB_PATH, linked_slug

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_TAG_NAMES = "h2 h3 h4 h5 h6 p br hr a ul ol li blockquote pre code strong em table thead tbody tr th td"
_TAGS = frozenset(_TAG_NAMES.split())


def article_html(markdown: str) -> Markup:
    """The HTML of what stands below an article's title; a heading in it is never another first one."""
    tokens = _MARKDOWN.parse(markdown)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    html = nh3.clean(
        _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}),
        tags=set(_TAGS),
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_kept,
        url_schemes=set(),
        link_rel=None,
    )
    return Markup(html)  # noqa: S704 - just sanitised


def _kept(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute keeps; None removes it."""
    if (tag, name) != ("a", "href"):
        return value
    slug = linked_slug(value)
    return KB_PATH + slug if slug else None
