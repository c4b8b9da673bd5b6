"""What lies in a person's mail client: what arrived, and what was sent to the gate, whatever program sent it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from mailgate.demo.mailboxes import Arrived, Mailboxes
from mailgate.mail.address import address_key
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.tickets.ticket import EntryKind
from mailgate.wiring import Parts
from store.desk import tickets
from store.desk.tickets import Entry
from store.post import spool
from store.post.spool import Accepted

MOST_READ = 2_000
"""Mails that are read once: a mailbox shows how each of its mails begins, whenever somebody looks."""


@dataclass(frozen=True, slots=True)
class Item:
    """One mail. `key` names it in the mailbox: `in-3` is the third that arrived, `out-7` the gate's mail 7."""

    key: str
    at: datetime
    raw: bytes
    arrived: Arrived | None = None
    accepted: Accepted | None = None

    @property
    def message(self) -> Message:
        """As the gate reads mail."""
        return _read(self.raw)

    @property
    def beginning(self) -> str:
        """What is new in it, without history and signature."""
        return self.message.reply_text

    def has(self, words: Sequence[str]) -> bool:
        """All these words, or parts of words, stand in its subject, its text, or among who wrote and gets it."""
        mail = self.message
        said = " ".join([mail.subject or "", mail.text, str(mail.author or ""), *map(str, mail.to)]).casefold()
        return all(word.casefold() in said for word in words)


@dataclass(frozen=True, slots=True)
class Made:
    """What the gate made of a mail; `kept` and `cut` are its words in the ticket and those that were left out."""

    accepted: Accepted
    kept: str | None
    cut: str


def items_of(address: str, mailboxes: Mailboxes, parts: Parts, conn: Connection) -> Sequence[Item]:
    """All mail of a person, the newest first."""
    arrived = [Item(f"in-{number}", mail.at, mail.raw, mail) for number, mail in enumerate(mailboxes.of(address), 1)]
    return sorted([*arrived, *_sent(address, parts, conn)], key=lambda item: item.at, reverse=True)


def made_of(conn: Connection, item: Item) -> Made | None:
    """What the gate made of it; None for a mail that the gate did not get."""
    if item.accepted is None:
        return None
    number = item.accepted.outcome.ticket_id
    history = tickets.history(conn, number) if number is not None else ()
    said = (one for one in history if one.spool_id == item.accepted.id and one.kind is not EntryKind.EVENT)
    entry: Entry | None = next(said, None)
    if entry is None or not entry.text:
        return Made(item.accepted, None, "")
    return Made(item.accepted, entry.text, entry.cut_away or "")


def _sent(address: str, parts: Parts, conn: Connection) -> Sequence[Item]:
    own = address_key(address)
    return [
        Item(f"out-{mail.id}", mail.received_at, parts.archive.load(conn, mail.sha256), accepted=mail)
        for mail in spool.listing(conn)
        if mail.reverse_path and address_key(mail.reverse_path) == own
    ]


@lru_cache(maxsize=MOST_READ)
def _read(raw: bytes) -> Message:
    return parse(raw)
