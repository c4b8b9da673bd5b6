"""What has settled invoices and does so no longer: the money was taken back, or is needed elsewhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from mailgate.billing.document.invoice import DocumentState
from store.billing.invoices import Settled
from store.rows import Rows
from store.schema import allocations, invoices

_SETTLED = Rows(Settled)


def set_by(conn: Connection, source: str, source_id: int) -> tuple[Settled, ...]:
    """What a payment or credit note has settled, and stands."""
    query = select(allocations).where(
        allocations.c.source == source, allocations.c.source_id == source_id, allocations.c.reversed_at.is_(None)
    )
    return tuple(_SETTLED.read(row) for row in conn.execute(query.order_by(allocations.c.id)).mappings())


def set_of(conn: Connection, customer_id: int, currency: str, source: str) -> tuple[Settled, ...]:
    """What has settled invoices of an account by one source, and stands; the newest first."""
    query = (
        select(allocations)
        .join(invoices, invoices.c.id == allocations.c.invoice_id)
        .where(
            invoices.c.customer_id == customer_id,
            invoices.c.currency == currency,
            allocations.c.source == source,
            allocations.c.reversed_at.is_(None),
        )
    )
    return tuple(_SETTLED.read(row) for row in conn.execute(query.order_by(allocations.c.id.desc())).mappings())


def reopen(conn: Connection, together: Sequence[Settled], *, now: datetime) -> None:
    """So much is open again of their invoices, whose account is locked, and the ladder looks at once."""
    for one in together:
        conn.execute(update(allocations).where(allocations.c.id == one.id).values(reversed_at=now))
        conn.execute(
            update(invoices)
            .where(invoices.c.id == one.invoice_id)
            .values(
                open_minor=invoices.c.open_minor + one.amount_minor,
                state=DocumentState.ISSUED.value,
                settled_at=None,
                step_at=now,
            )
        )


def reopen_by(conn: Connection, one: Settled, amount_minor: int, *, now: datetime) -> None:
    """The same of a part of it, which is no more than it was; the rest stays settled by it."""
    reopen(conn, (replace(one, amount_minor=amount_minor),), now=now)
    if rest := one.amount_minor - amount_minor:
        as_before = {"source": one.source, "source_id": one.source_id, "made_at": one.made_at}
        conn.execute(insert(allocations).values(invoice_id=one.invoice_id, amount_minor=rest, **as_before))
