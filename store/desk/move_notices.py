"""Who was told that their account has moved here: once for ever."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from store.engine import insert_unless_there
from store.schema import customers, move_notices


def note(conn: Connection, customer_id: int, *, wave: int, now: datetime) -> bool:
    """They are being told, in this transaction; False when they were before."""
    values = {"customer_id": customer_id, "wave": wave, "told_at": now}
    return insert_unless_there(conn, move_notices, values)


def take_back(conn: Connection, customer_id: int) -> None:
    """Nobody could be told after all."""
    conn.execute(delete(move_notices).where(move_notices.c.customer_id == customer_id))


def next_wave(conn: Connection) -> int:
    """The number of the wave that is sent next: 1, 2, 3 …"""
    return int(conn.execute(select(func.coalesce(func.max(move_notices.c.wave), 0))).scalar_one()) + 1


def untold(conn: Connection, *, after: int = 0, limit: int | None = None) -> tuple[int, ...]:
    """Customers of an older system who have not been told, by their numbers, which follow the order of their table."""
    told = select(move_notices.c.customer_id)
    query = select(customers.c.id).where(
        customers.c.external_id.is_not(None), customers.c.removed_at.is_(None), customers.c.id.not_in(told)
    )
    query = query.where(customers.c.id > after).order_by(customers.c.id).limit(limit)
    return tuple(conn.execute(query).scalars())


def told_at(conn: Connection, customer_ids: Collection[int]) -> dict[int, datetime]:
    """When these were told, by customer."""
    query = select(move_notices.c.customer_id, move_notices.c.told_at)
    rows = conn.execute(query.where(move_notices.c.customer_id.in_(list(customer_ids))))
    return {row.customer_id: row.told_at for row in rows}
