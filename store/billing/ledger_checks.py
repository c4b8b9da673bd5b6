"""The row by which the ledger is looked through each night: when it is due, who has it, and what was found last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select, true, update

from store.engine import insert_once, transaction
from store.post import leases
from store.schema import ledger_checks

THE_ROW = 1

FIRST_AFTER = timedelta(days=1)
"""The first look comes a day after the first booking, and sets the hour of those that follow."""

_LEND = leases.lending(ledger_checks, when=true())
_LAST = select(ledger_checks).where(ledger_checks.c.checked_at.is_not(None))


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What a look at the whole ledger found."""

    checked_at: datetime
    transactions: int
    faults: int
    first_fault: str | None


def begin(conn: Connection, *, now: datetime) -> None:
    """Something is in the ledger for the first time."""
    row = {"id": THE_ROW, "due_at": now + FIRST_AFTER, "attempts": 0, "transactions": 0, "faults": 0}
    insert_once(conn, ledger_checks, row)


def lend(engine: Engine, row_id: int, *, now: datetime) -> str | None:
    """Give the look to the caller, and return its lease; None when it is not due, or somebody else's."""
    with transaction(engine, durable=False) as conn:
        lent = leases.lend(conn, _LEND, (row_id,), now=now)
    return str(lent[0]["lease"]) if lent else None


def end(conn: Connection, lease: str, found: LedgerCheck, *, next_at: datetime) -> None:
    """Keep what was found, unless somebody else has taken over."""
    values = {
        "checked_at": found.checked_at,
        "transactions": found.transactions,
        "faults": found.faults,
        "first_fault": found.first_fault,
    }
    mine = ledger_checks.c.lease == lease
    conn.execute(update(ledger_checks).where(mine).values(**values, lease=None, attempts=0, due_at=next_at))


def note(conn: Connection, found: LedgerCheck) -> None:
    """Keep what somebody found who looked by himself; when the next look is due stays as it was."""
    values = {
        "checked_at": found.checked_at,
        "transactions": found.transactions,
        "faults": found.faults,
        "first_fault": found.first_fault,
    }
    conn.execute(update(ledger_checks).values(values))


def last(conn: Connection) -> LedgerCheck | None:
    """What was found last; None: nobody has looked yet."""
    row = conn.execute(_LAST).first()
    return None if row is None else LedgerCheck(row.checked_at, row.transactions, row.faults, row.first_fault)
