"""Articles of the knowledge base, as everybody may read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from store.schema import articles
from store.views.paging import Listing, Page, Turn
from store.views.weight import fitting_lines, line


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in a list."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class ArticleDetail:
    """One article."""

    title: str
    markdown: str


def listing(conn: Connection, turn: Turn) -> Page[ArticleLine]:
    """A page of the articles, in the order in which they came."""
    return _ALL.page(conn, turn)


def find(conn: Connection, slug: str) -> ArticleDetail | None:
    """One article; None when there is none of this name."""
    row = conn.execute(select(articles.c.title, articles.c.markdown).where(articles.c.slug == slug)).first()
    return ArticleDetail(line(row.title), row.markdown) if row else None


def _line(row: RowMapping) -> ArticleLine:
    return ArticleLine(row["slug"], line(row["title"]))


def _that_fit(rows: Sequence[ArticleLine]) -> int:
    return fitting_lines([(row.title, row.slug) for row in rows])


_ALL = Listing(
    select(articles.c.id, articles.c.slug, articles.c.title),
    _line,
    id=articles.c.id,
    descending=False,
    fits=_that_fit,
)
