"""Answers of ours that a budget for all kept back: nobody got them, so the operator must see that there were some."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from mailgate.letters.notice import Notice
from store.schema import unsent


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many there were, and why the last one was not sent."""

    number: int
    reason: str | None


def add(conn: Connection, notice: Notice, *, reason: str, now: datetime) -> None:
    """Remember that this was not sent."""
    values = {"at": now, "template": notice.template, "to_address": notice.to_address, "reason": reason}
    conn.execute(insert(unsent), values)


def read(conn: Connection, *, since: datetime) -> Unsent:
    """What was not sent since then."""
    number, last = conn.execute(select(func.count(), func.max(unsent.c.id)).where(unsent.c.at > since)).one()
    return Unsent(number, conn.execute(select(unsent.c.reason).where(unsent.c.id == last)).scalar())
