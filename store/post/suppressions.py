"""Addresses that take no mail, by the word of their mail server: until a date, or until somebody writes from there.

Failures that only count are kept in the same row: nothing is held back by them until there are enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from mailgate.mail.address import address_key
from mailgate.mail.address_failure import Score
from store.engine import insert_once
from store.schema import suppressions

_HOLDING = select(suppressions.c.address_key, suppressions.c.reason).where(
    suppressions.c.address_key.in_(bindparam("keys", expanding=True)), suppressions.c.until > bindparam("now")
)
_REMOVE = delete(suppressions).where(suppressions.c.address_key == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Suppression:
    """One address, and why nothing is sent there."""

    address: str
    reason: str
    since: datetime
    until: datetime


def add(conn: Connection, address: str, reason: str, *, since: datetime, until: datetime) -> None:
    """Send nothing there until then; what was known of the address before is replaced."""
    remove(conn, address)
    row = {"address_key": address_key(address), "address": address, "reason": reason, "since": since, "until": until}
    insert_once(conn, suppressions, row)


def count(conn: Connection, address: str, reason: str, score: Score, *, since: datetime, until: datetime) -> None:
    """Keep the score of an address, and send nothing there until then; one that takes no mail stays as it is."""
    key = address_key(address)
    counted = {"score": score.points, "scored_at": score.at}
    when = {"reason": reason, "since": since, "until": until}
    insert_once(conn, suppressions, {"address_key": key, "address": address, **when, **counted})
    mine = suppressions.c.address_key == key
    conn.execute(update(suppressions).where(mine).values(**counted))
    conn.execute(update(suppressions).where(mine, suppressions.c.until <= since).values(**when))


def score(conn: Connection, address: str) -> Score | None:
    """What was counted against an address; None where nothing was."""
    query = select(suppressions.c.score, suppressions.c.scored_at)
    row = conn.execute(query.where(suppressions.c.address_key == address_key(address))).first()
    return Score(row.score, row.scored_at) if row and row.scored_at else None


def remove(conn: Connection, address: str) -> bool:
    """The address takes mail again; False when nothing was known against it."""
    return conn.execute(_REMOVE, {"key": address_key(address)}).rowcount == 1


def reasons(conn: Connection, addresses: Iterable[str], *, now: datetime) -> dict[str, str]:
    """Why nothing is sent to some of these addresses, by their keys."""
    keys = {address_key(address) for address in addresses}
    if not keys:
        return {}
    return {row.address_key: row.reason for row in conn.execute(_HOLDING, {"keys": list(keys), "now": now})}


def listing(conn: Connection, *, now: datetime, after: str = "", limit: int | None = None) -> tuple[Suppression, ...]:
    """The addresses to which nothing is sent now, by the alphabet, behind `after`."""
    behind = (suppressions.c.until > now, suppressions.c.address_key > (address_key(after) if after else ""))
    rows = conn.execute(
        select(suppressions).where(*behind).order_by(suppressions.c.address_key).limit(limit)
    ).mappings()
    return tuple(Suppression(row["address"], row["reason"], row["since"], row["until"]) for row in rows)
