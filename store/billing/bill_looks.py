"""The row by which one process at a time bills what is due: who has it. Runs that people start do not ask for it."""

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select, true, update

from store.engine import insert_once, transaction
from store.post import leases
from store.schema import bill_looks

THE_ROW = 1

_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""When an account is to be billed stands with the account: the row is free whenever nobody has it."""

_LEND = leases.lending(bill_looks, when=true())


def is_free(conn: Connection, *, now: datetime) -> bool:
    """Nobody bills, and nobody was sent to do it a moment ago."""
    due_at = conn.execute(select(bill_looks.c.due_at).where(bill_looks.c.id == THE_ROW)).scalar()
    return due_at is None or due_at <= now


def take_up(conn: Connection, *, now: datetime) -> None:
    """Somebody is sent to bill."""
    insert_once(conn, bill_looks, {"id": THE_ROW, "due_at": _ALWAYS, "attempts": 0})
    leases.postpone(conn, bill_looks, (THE_ROW,), now=now)


def lend(engine: Engine, row_id: int, *, now: datetime) -> str | None:
    """Give the row to the caller, and return its lease; None when somebody else has it."""
    with transaction(engine, durable=False) as conn:
        lent = leases.lend(conn, _LEND, (row_id,), now=now)
    return str(lent[0]["lease"]) if lent else None


def end(conn: Connection, lease: str) -> None:
    """The run is over, or was stopped."""
    mine = bill_looks.c.lease == lease
    conn.execute(update(bill_looks).where(mine).values(lease=None, attempts=0, due_at=_ALWAYS))
