"""How far the lists of a provider have been read, and who reads them: one row a list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, or_, select, true, update

from store.engine import insert_once, transaction
from store.post import leases
from store.schema import provider_looks

DISPUTES, PAYOUTS = 1, 2

LISTS = (DISPUTES, PAYOUTS)

BEHIND = timedelta(days=20)
"""So long after it was last read a list is read from its beginning: providers forget what has changed, in 30 days."""

_LEND = leases.lending(provider_looks, when=true())


@dataclass(frozen=True, slots=True)
class Look:
    """A list that a worker has for itself until its lease runs out."""

    id: int
    cursor: str
    attempts: int
    lease: str


def waiting(conn: Connection, *, at: datetime) -> Iterator[tuple[int, datetime]]:
    """Lists to be read, and since when; one that was never read at once."""
    due_at = {row.id: row.due_at for row in conn.execute(select(provider_looks.c.id, provider_looks.c.due_at))}
    for number in LISTS:
        since = due_at.get(number, at)
        if since is not None and since <= at:
            yield number, since


def take_up(conn: Connection, row_ids: Sequence[int], *, now: datetime) -> None:
    """The jobs of these lists are about to be sent. However often one was looked at in vain, it was not read."""
    for number in row_ids:
        insert_once(conn, provider_looks, {"id": number, "cursor": "", "due_at": now, "attempts": 0})
    read_at = provider_looks.c.read_at
    is_behind = or_(read_at.is_(None), read_at < now - BEHIND)
    conn.execute(update(provider_looks).where(provider_looks.c.id.in_(row_ids), is_behind).values(cursor=""))
    leases.postpone(conn, provider_looks, row_ids, now=now)


def hasten(conn: Connection, *, now: datetime) -> None:
    """Something has changed there: look at once. What has waited for longer is left as it is."""
    waits = update(provider_looks).where(provider_looks.c.due_at > now, provider_looks.c.lease.is_(None))
    conn.execute(waits.values(due_at=now))


def lend(engine: Engine, row_id: int, *, now: datetime) -> Look | None:
    """Give a list to the caller; None when somebody else has it."""
    with transaction(engine, durable=False) as conn:
        for row in leases.lend(conn, _LEND, (row_id,), now=now):
            return Look(row["id"], row["cursor"], row["attempts"], row["lease"])
    return None


def end(conn: Connection, look: Look, *, cursor: str, next_at: datetime, read_at: datetime | None) -> bool:
    """It was read up to here at an instant, or could not be; False when the lease has run out and another has it."""
    mine = (provider_looks.c.id == look.id, provider_looks.c.lease == look.lease)
    values = {"cursor": cursor, "due_at": next_at, "lease": None}
    was_read = {"attempts": 0, "read_at": read_at} if read_at is not None else {}
    return conn.execute(update(provider_looks).where(*mine).values(**values, **was_read)).rowcount == 1
