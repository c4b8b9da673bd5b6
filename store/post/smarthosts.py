"""Smarthosts that do not answer: since when, why, and until when each is left alone. No row: all is well."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from store.engine import insert_once
from store.rows import Rows
from store.schema import smarthosts


@dataclass(frozen=True, slots=True)
class Down:
    """A smarthost that has not answered since its last failure."""

    address: str
    failures: int
    since: datetime
    rests_until: datetime
    reason: str


_DOWN = Rows(Down)
_BY_ADDRESS = select(smarthosts).where(smarthosts.c.address == bindparam("the_address"))


def load(conn: Connection, address: str) -> Down | None:
    """What is wrong with this one; None when nothing is known to be."""
    row = conn.execute(_BY_ADDRESS, {"the_address": address}).mappings().first()
    return _DOWN.read(row) if row else None


def listing(conn: Connection) -> tuple[Down, ...]:
    """All that do not answer, by address."""
    rows = conn.execute(select(smarthosts).order_by(smarthosts.c.address)).mappings()
    return tuple(map(_DOWN.read, rows))


def claim_trial(conn: Connection, down: Down, *, until: datetime) -> bool:
    """Its rest is over: the caller alone tries it, and the others go on resting. False when somebody else was first."""
    seen = (smarthosts.c.address == down.address, smarthosts.c.rests_until == down.rests_until)
    return conn.execute(update(smarthosts).where(*seen).values(rests_until=until)).rowcount == 1


def end_rest(conn: Connection, address: str, *, now: datetime) -> None:
    """It has not been tried after all: the next may."""
    conn.execute(update(smarthosts).where(smarthosts.c.address == address).values(rests_until=now))


def add_failure(
    conn: Connection, address: str, *, reason: str, now: datetime, rest: Callable[[int], timedelta], on_trial: bool
) -> tuple[Down, bool]:
    """It did not answer: how long it is left alone follows from how often that was so.

    With it: whether this failure counts. It does not when the smarthost rests already and this was no trial: attempts
    that ran side by side failed for one cause.
    """
    unknown = {"address": address, "failures": 0, "since": now, "rests_until": now, "reason": reason}
    insert_once(conn, smarthosts, unknown)
    this = smarthosts.c.address == address
    known = _DOWN.read(conn.execute(select(smarthosts).where(this).with_for_update()).mappings().one())
    if known.rests_until > now and not on_trial:
        return known, False
    failures = known.failures + 1
    down = replace(known, failures=failures, rests_until=now + rest(failures), reason=reason)
    conn.execute(update(smarthosts).where(this).values(_DOWN.columns(down)))
    return down, True


def forget(conn: Connection, address: str) -> None:
    """It answers again."""
    conn.execute(delete(smarthosts).where(smarthosts.c.address == address))
