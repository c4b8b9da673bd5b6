"""An article of the knowledge base: a Markdown file whose first heading is the title and whose name is the slug."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

ENDING = ".md"
MAX_BYTES = 24_000
"""Of a file: some ten pages of print; more does not go on one page of ours."""

KB_PATH = "/kb/"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_MAX_SLUG = 80
_TITLE = re.compile(r"#[ \t]+(.+?)[ \t]*#*[ \t]*\Z")
_LINK = re.compile(r"(!?)\[[^\]\n]*\]\(<?([^)\s>]*)[^)\n]*\)")


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `markdown` is what stands below its title."""

    slug: str
    title: str
    markdown: str


@dataclass(frozen=True, slots=True)
class BrokenArticle:
    """A file that is not shown, and why."""

    name: str
    problem: str


def read_article(name: str, content: bytes) -> Article | BrokenArticle:
    """Read one file; never raises."""
    slug = name.removesuffix(ENDING)
    if len(slug) > _MAX_SLUG or not _SLUG.match(slug):
        return BrokenArticle(name, "its name is no address: lower-case letters, digits and single hyphens, then .md")
    if len(content) > MAX_BYTES:
        return BrokenArticle(name, f"it has {len(content)} bytes; {MAX_BYTES} are the most")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return BrokenArticle(name, f"it is not UTF-8: byte {error.start + 1} is wrong")
    if "\0" in text:
        return BrokenArticle(name, "it has a NUL character")
    first, _, rest = text.replace("\r\n", "\n").lstrip().partition("\n")
    title = _TITLE.match(first)
    if title is None:
        return BrokenArticle(name, "it does not begin with its title, a line like “# How to read mail”")
    if not rest.strip():
        return BrokenArticle(name, "there is nothing below its title")
    return Article(slug, title[1], rest.strip("\n"))


def bad_links(article: Article, slugs: Collection[str]) -> Iterator[str]:
    """What is wrong with its links: only other articles are linked to, as `/kb/other` or `other`; images not at all."""
    for image, target in _LINK.findall(article.markdown):
        if image:
            yield f"the image {target} is not shown: articles are text"
        elif (slug := linked_slug(target)) is None:
            yield f"the link to {target or 'nothing'} is not shown: only other articles can be linked to"
        elif slug and slug not in slugs:
            yield f"it links to {target}, and there is no {slug}{ENDING}"


def linked_slug(target: str) -> str | None:
    """The article that a link leads to, "" for a place in the same one; None when it leads elsewhere."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.query or not target:
        return None
    slug = parts.path.removeprefix(KB_PATH).removesuffix(ENDING)
    return slug if _SLUG.match(slug) or (not slug and parts.fragment) else None
