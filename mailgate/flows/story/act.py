"""Act: what every part of a story that writes needs; made anew for each transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.jobs import Enqueue, Job
from mailgate.mail.address_token import Key
from mailgate.people import Staff
from mailgate.tickets.article import Article
from store import keys, people

Suggest = Callable[[str, str, datetime], Article | None]
"""Subject and text of a mail, and the instant → the article that answers it, if one plainly does."""


def no_article(_subject: str, _text: str, _now: datetime) -> None:
    """Without a knowledge base."""


@dataclass(slots=True)
class Memo:
    """What was read once and is asked for several times while one mail is settled."""

    staff: tuple[Staff, ...] | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail that a story called for. `at_once`: nothing but the commit is waited for, neither an undo nor a person."""

    outbox_id: int
    at_once: bool


@dataclass(frozen=True, slots=True)
class Act:
    """The open write transaction, the settings, the instant, and the keys of addresses by their ids.

    `outgoing` grows with each mail that is queued. Whoever opened the transaction takes it to `send_jobs` after the
    commit. Whoever must know the mails of one deed compares: `before = len(act.outgoing)`, then `queued_since(before)`.
    """

    conn: Connection
    settings: Settings
    now: datetime
    at: datetime  # when it happened: earlier than `now` for a mail that was held
    keys: Mapping[int, bytes]
    suggest: Suggest = no_article
    memo: Memo = field(default_factory=Memo)
    outgoing: list[Queued] = field(default_factory=list)
    promised: list[str] = field(default_factory=list)  # answers that come in a mail of their own, once they can

    @classmethod
    def begin(cls, conn: Connection, settings: Settings, now: datetime, *, at: datetime | None = None) -> "Act":
        """For the transaction that `conn` has just begun."""
        return cls(conn, settings, now, at or now, keys.verifying(conn))

    def of(self, at: datetime) -> "Act":
        """The same for the next mail of the transaction: it may find other rows, and its outgoing mails are its own."""
        return replace(self, at=at, memo=Memo(), outgoing=[], promised=[])

    def queued_since(self, before: int) -> tuple[int, ...]:
        """The ids of the mails that were queued since there were so many; those that wait for an undo, too."""
        return tuple(mail.outbox_id for mail in self.outgoing[before:])

    @property
    def staff(self) -> tuple[Staff, ...]:
        """Everybody who answers, as of the first look; a story that changes them looks for itself."""
        if self.memo.staff is None:
            self.memo.staff = people.list_staff(self.conn)
        return self.memo.staff

    @property
    def key(self) -> Key:
        """The one that signs: the newest."""
        newest = max(self.keys)
        return Key(newest, self.keys[newest])

    @property
    def today(self) -> date:
        """The UTC day: what tokens expire by."""
        return self.now.date()


def send_jobs(outgoing: Iterable[Queued], enqueue: Enqueue) -> None:
    """Have delivered what need not wait. Only after the commit: a job never runs ahead of its row."""
    for mail in outgoing:
        if mail.at_once:
            enqueue(Job.DELIVER, mail.outbox_id)
