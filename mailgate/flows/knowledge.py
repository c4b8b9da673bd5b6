"""The knowledge base follows its folder: pages and search show what the files say, soon after they changed."""

from datetime import datetime

from sqlalchemy import Engine

from mailgate.inbound.article_folder import Shelf
from store import locks
from store.desk import articles
from store.engine import reading, transaction


def take_over(engine: Engine, shelf: Shelf, *, now: datetime) -> bool:
    """Keep what the folder holds; False when the store has it already."""
    with reading(engine) as conn:
        if not articles.changes(conn, shelf.articles):
            return False
    with transaction(engine) as conn:
        locks.hold(conn, ("articles",))
        if not articles.changes(conn, shelf.articles):  # another process was quicker
            return False
        articles.replace(conn, shelf.articles, now=now)
    return True
