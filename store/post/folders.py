"""IMAP folders: how far each was read, which of its mails have yet to be marked, and which were left on the server."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update

from store.engine import insert_once
from store.post.processes import MY_NAME
from store.schema import imap_folders, imap_mails, processes


class Left(StrEnum):
    """Why a mail is on the server and not here."""

    TOO_LARGE = "too-large"
    HEADER_TOO_LARGE = "header-too-large"
    UNREADABLE = "unreadable"  # the server says NO when it is asked for it


@dataclass(frozen=True, slots=True)
class Remaining:
    """A mail that is not done with: left on the server, or stored and not yet marked or moved there."""

    uid: int
    size: int
    left_because: Left | None  # None: stored


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder as it was last seen; its `remaining` are in the order of their UIDs."""

    name: str
    uidvalidity: int | None  # None: never opened
    uid: int
    known_below: int
    fetched_at: datetime | None
    problem: str | None
    problem_since: datetime | None
    fetcher: str | None  # the process that looks into it; None where one alone works on the store
    remaining: tuple[Remaining, ...]

    @property
    def left(self) -> tuple[Remaining, ...]:
        """What is still on the server for a reason."""
        return tuple(mail for mail in self.remaining if mail.left_because is not None)

    @property
    def unmarked(self) -> tuple[int, ...]:
        """The UIDs of what is stored, and not yet marked or moved."""
        return tuple(mail.uid for mail in self.remaining if mail.left_because is None)


def load(conn: Connection, name: str) -> Folder | None:
    """One folder; None before its first fetch."""
    row = conn.execute(select(imap_folders).where(imap_folders.c.name == name)).mappings().first()
    return _folder(conn, row) if row else None


def take(conn: Connection, name: str) -> bool:
    """This process fetches the folder from now on, as long as it has a row; False while another does.

    Whoever is buried (store.post.processes) has no folder any more.
    """
    _make(conn, name)
    abandoned = imap_folders.c.fetcher.not_in(select(processes.c.name))
    free = or_(imap_folders.c.fetcher.is_(None), imap_folders.c.fetcher == MY_NAME, abandoned)
    taken = conn.execute(update(imap_folders).where(imap_folders.c.name == name, free).values(fetcher=MY_NAME))
    return taken.rowcount == 1


def give_back(conn: Connection) -> None:
    """This process fetches nothing any more."""
    conn.execute(update(imap_folders).where(imap_folders.c.fetcher == MY_NAME).values(fetcher=None))


def listing(conn: Connection) -> tuple[Folder, ...]:
    """All folders that were ever fetched, by name."""
    rows = conn.execute(select(imap_folders).order_by(imap_folders.c.name)).mappings().all()
    return tuple(_folder(conn, row) for row in rows)


def begin(conn: Connection, name: str, uidvalidity: int, *, known_below: int) -> None:
    """Read the folder from its first mail on; whatever was noted of other UIDs means nothing any more."""
    _make(conn, name)
    conn.execute(delete(imap_mails).where(imap_mails.c.folder == name))
    conn.execute(
        update(imap_folders)
        .where(imap_folders.c.name == name)
        .values(uidvalidity=uidvalidity, uid=0, known_below=known_below)
    )


def add(
    conn: Connection, *, name: str, uidvalidity: int, uid: int, size: int, left_because: Left | None = None
) -> None:
    """Note a mail in the transaction that stores it, or that it was left; it may have been left before.

    Raises IntegrityError for one that is stored already.
    """
    this = (imap_mails.c.folder == name, imap_mails.c.uidvalidity == uidvalidity, imap_mails.c.uid == uid)
    conn.execute(delete(imap_mails).where(*this, imap_mails.c.left_because.is_not(None)))
    values = {"folder": name, "uidvalidity": uidvalidity, "uid": uid, "left_because": left_because, "size": size}
    conn.execute(insert(imap_mails).values(values))


def settle(conn: Connection, name: str, done: Collection[int], *, upto: int) -> None:
    """Each mail up to this UID is stored or left, and nothing remains to be done for those of `done`.

    The watermark never goes back, and what is above it is not forgotten: it would be taken for new.
    """
    this = imap_folders.c.name == name
    conn.execute(update(imap_folders).where(this, imap_folders.c.uid < upto).values(uid=upto))
    watermark = select(imap_folders.c.uid).where(this).scalar_subquery()
    conn.execute(
        delete(imap_mails).where(imap_mails.c.folder == name, imap_mails.c.uid.in_(done), imap_mails.c.uid <= watermark)
    )


def note(conn: Connection, name: str, *, problem: str | None, fetched: bool, at: datetime) -> None:
    """Keep what `mailgate status` shows: whether a look came to its end, and what is wrong.

    A problem that ends the looks is as old as the first of them that failed, whatever was wrong with marking before.
    """
    _make(conn, name)
    this = imap_folders.c.name == name
    if fetched:
        conn.execute(update(imap_folders).where(this).values(fetched_at=at))
    if problem is None:
        conn.execute(update(imap_folders).where(this).values(problem=None, problem_since=None))
        return
    since = imap_folders.c.problem_since
    fresh = since.is_(None) if fetched else or_(since.is_(None), since <= imap_folders.c.fetched_at)
    conn.execute(update(imap_folders).where(this, fresh).values(problem_since=at))
    conn.execute(update(imap_folders).where(this).values(problem=problem))


def _make(conn: Connection, name: str) -> None:
    insert_once(conn, imap_folders, {"name": name, "uid": 0, "known_below": 0})


def _folder(conn: Connection, row: RowMapping) -> Folder:
    rows = conn.execute(
        select(imap_mails).where(imap_mails.c.folder == row["name"]).order_by(imap_mails.c.uid)
    ).mappings()
    return Folder(**row, remaining=_remaining(rows.all()))


def _remaining(rows: Sequence[RowMapping]) -> tuple[Remaining, ...]:
    return tuple(Remaining(row["uid"], row["size"], row["left_because"] and Left(row["left_because"])) for row in rows)
