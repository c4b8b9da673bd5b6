"""Act: what every part of a story that writes needs; made anew for each transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.mail.address_token import Key
from mailgate.tickets.article import Article
from store import keys

Suggest = Callable[[str, str], Article | None]
"""Subject and text of a mail → the article that answers it, if one plainly does."""


def no_article(_subject: str, _text: str) -> None:
    """Without a knowledge base."""


@dataclass(frozen=True, slots=True)
class Act:
    """The open write transaction, the settings, the instant, and the keys of addresses by their ids."""

    conn: Connection
    settings: Settings
    now: datetime
    at: datetime  # when it happened: earlier than `now` for a mail that was held
    keys: Mapping[int, bytes]
    suggest: Suggest = no_article

    @classmethod
    def begin(cls, conn: Connection, settings: Settings, now: datetime, *, at: datetime | None = None) -> "Act":
        """For the transaction that `conn` has just begun."""
        return cls(conn, settings, now, at or now, keys.verifying(conn))

    @property
    def key(self) -> Key:
        """The one that signs: the newest."""
        newest = max(self.keys)
        return Key(newest, self.keys[newest])

    @property
    def today(self) -> date:
        """The UTC day: what tokens expire by."""
        return self.now.date()
