"""Rows of articles: what the folder of the knowledge base held when it was read. Pages and search read these."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from mailgate.tickets.article import Article
from store.rows import insert_row
from store.schema import articles
from store.search import index as search
from store.search.index import Kind


def changes(conn: Connection, shelf: Sequence[Article]) -> bool:
    """The rows are not what the folder holds."""
    rows = conn.execute(select(articles.c.slug, articles.c.title, articles.c.markdown)).all()
    return {tuple(row) for row in rows} != {(one.slug, one.title, one.markdown) for one in shelf}


def replace(conn: Connection, shelf: Sequence[Article], *, now: datetime) -> None:
    """Make the rows what the folder holds; an article that has not changed stays as it is."""
    known = {row.slug: row for row in conn.execute(select(articles))}
    for gone in known.keys() - {one.slug for one in shelf}:
        search.remove(conn, Kind.ARTICLE, (known[gone].id,))
        conn.execute(delete(articles).where(articles.c.slug == gone))
    for one in shelf:
        values = {"slug": one.slug, "title": one.title, "markdown": one.markdown, "changed_at": now}
        row = known.get(one.slug)
        if row is None:
            search.mark(conn, Kind.ARTICLE, insert_row(conn, insert(articles), values))
        elif (row.title, row.markdown) != (one.title, one.markdown):
            conn.execute(update(articles).where(articles.c.id == row.id).values(**values))
            search.mark(conn, Kind.ARTICLE, row.id)
