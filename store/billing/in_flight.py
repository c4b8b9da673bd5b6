"""Money that is on its way: whose account is not asked for any while it is not known what it pays."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from store.billing import charges, offers
from store.schema import bank_entries, bank_proposals

_PROPOSED = (
    select(bank_proposals.c.customer_id)
    .join(bank_entries, bank_entries.c.id == bank_proposals.c.entry_id)
    .where(bank_proposals.c.customer_id.in_(bindparam("ids", expanding=True)), bank_entries.c.state == "proposed")
    .distinct()
)


def in_flight(conn: Connection, customer_ids: Iterable[int]) -> set[int]:
    """Those of these customers of whom money may have come: a bank's line is proposed, a card charged, a link paid."""
    ids = list(customer_ids)
    return proposed(conn, ids) | charges.with_one_under_way(conn, ids) | offers.under_way(conn, ids)


def proposed(conn: Connection, customer_ids: Iterable[int]) -> set[int]:
    """Those for whom a line of the bank's is proposed."""
    return set(conn.execute(_PROPOSED, {"ids": list(customer_ids)}).scalars())
