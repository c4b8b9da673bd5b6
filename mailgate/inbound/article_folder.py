"""The folder of the knowledge base: read again when a file in it has changed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailgate.log_events import LogEvent
from mailgate.tickets.article import ENDING, MAX_BYTES, Article, BrokenArticle, read_article
from mailgate.tickets.suggestion import Suggestions

log = logging.getLogger(__name__)

MAX_ARTICLES = 2_000
"""More files are not read: somebody has named the wrong folder."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the folder held when it was read."""

    articles: tuple[Article, ...]
    broken: tuple[BrokenArticle, ...]


def read_folder(folder: Path) -> Shelf:
    """Read every article in a folder, in the order of their names. Raises OSError when the folder cannot be read."""
    found = [_read(path) for path in _files(folder)]
    return Shelf(
        tuple(one for one in found if isinstance(one, Article)),
        tuple(one for one in found if isinstance(one, BrokenArticle)),
    )


class ArticleFolder:
    """A folder with what was last read of it. Looked at when somebody asks, not more often than is said.

    A folder that cannot be read is told of in the log, and what was read before stays. May be used by many threads.
    """

    def __init__(self, folder: Path | None, *, reread_seconds: float) -> None:
        self._folder = folder
        self._pause = timedelta(seconds=reread_seconds)
        self._seen: tuple[object, ...] | None = None
        self._looked_at: datetime | None = None
        self._shelf = Shelf((), ())
        self._taken: Shelf | None = None
        self._suggestions = Suggestions(())

    def news(self, now: datetime) -> Shelf | None:
        """The articles, when they are not what was last taken over; None while the folder could never be read."""
        self._look(now)
        known = self._folder is None or self._seen is not None
        return self._shelf if known and self._shelf is not self._taken else None

    def taken(self, shelf: Shelf) -> None:
        """These articles are kept elsewhere now."""
        self._taken = shelf

    def best(self, subject: str, text: str, now: datetime) -> Article | None:
        """The article that answers a mail, if one plainly does."""
        if self._folder is None:
            return None
        self._look(now)
        return self._suggestions.best(subject, text)

    def _look(self, now: datetime) -> None:
        if self._folder is None or (self._looked_at is not None and abs(now - self._looked_at) < self._pause):
            return
        self._looked_at = now
        try:
            seen = tuple((path.name, *_state(path)) for path in _files(self._folder))
            if seen == self._seen:
                return
            shelf = read_folder(self._folder)
        except OSError as error:
            log.warning(LogEvent.ARTICLES_NOT_READ(folder=self._folder, error=error))
            return
        for broken in shelf.broken:
            log.warning(LogEvent.ARTICLE_NOT_SHOWN(file=broken.name, problem=broken.problem))
        self._shelf, self._suggestions, self._seen = shelf, Suggestions(shelf.articles), seen


def _files(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix == ENDING and path.is_file())[:MAX_ARTICLES]


def _state(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_mtime_ns, state.st_size


def _read(path: Path) -> Article | BrokenArticle:
    try:
        with path.open("rb") as file:
            return read_article(path.name, file.read(MAX_BYTES + 1))
    except OSError as error:
        return BrokenArticle(path.name, f"it cannot be read: {error.strerror}")
