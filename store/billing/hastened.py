"""What a provider says has changed is looked at now, in the place of its turn."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Table, update

from store.billing import offers
from store.schema import charges, provider_looks, refunds

_UNDER_WAY: tuple[Table, ...] = (charges, refunds)


def look_now(conn: Connection, provider: str, ids: Collection[str], *, lists: bool, now: datetime) -> int:
    """Links, charges and refunds of these ids, as long as they are under way; returns how many are looked at sooner.

    `lists`: disputes and payouts besides, which are read as lists. What a worker has in hand is left to it.
    """
    found = offers.look_now(conn, provider, ids, now=now)
    for table in _UNDER_WAY:
        of_these = table.c.provider == provider, table.c.provider_id.in_(list(ids))
        waits = table.c.lease.is_(None), table.c.due_at > now
        found += conn.execute(update(table).where(*of_these, *waits).values(due_at=now)).rowcount
    if lists:
        looks = provider_looks.c
        waits_for_turn = looks.lease.is_(None), looks.due_at > now
        found += conn.execute(update(provider_looks).where(*waits_for_turn).values(due_at=now)).rowcount
    return found
