"""Cards of several accounts at once: which may be charged, and which end soon."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select, update

from store.billing.cards import SavedCard
from store.rows import Rows
from store.schema import customers, payment_methods

_CARD = Rows(SavedCard)
_KEPT = select(payment_methods).where(
    payment_methods.c.customer_id.in_(bindparam("ids", expanding=True)),
    payment_methods.c.provider == bindparam("name"),
    payment_methods.c.removed_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class Ending:
    """A card in use that ends soon."""

    card: SavedCard
    zone: str  # of its owner's days
    told_days: int | None  # so many days before its end its owner was last told


def kept(conn: Connection, customer_ids: Iterable[int], provider: str) -> dict[int, SavedCard]:
    """The cards of these customers that nobody has removed, by customer; blocked and expired ones too."""
    rows = conn.execute(_KEPT, {"ids": list(customer_ids), "name": provider}).mappings()
    return {row["customer_id"]: _CARD.read(row) for row in rows}


def ending(conn: Connection, provider: str, *, from_on: date, to_on: date) -> tuple[Ending, ...]:
    """Cards in use whose last day is one of these, the first to end first."""
    query = (
        select(payment_methods, customers.c.timezone)
        .join(customers, customers.c.id == payment_methods.c.customer_id)
        .where(
            payment_methods.c.provider == provider,
            payment_methods.c.removed_at.is_(None),
            payment_methods.c.blocked_because == "",
            payment_methods.c.expires_on >= from_on,
            payment_methods.c.expires_on <= to_on,
        )
    )
    rows = conn.execute(query.order_by(payment_methods.c.expires_on, payment_methods.c.id)).mappings()
    return tuple(Ending(_CARD.read(row), row["timezone"], row["told_days"]) for row in rows)


def told_days(conn: Connection, card_id: int) -> int | None:
    """So many days before its end its owner was last told; None: never."""
    query = select(payment_methods.c.told_days).where(payment_methods.c.id == card_id)
    return conn.execute(query).scalar()


def mark_told(conn: Connection, card_id: int, days: int) -> None:
    """Its owner was told so many days before its end."""
    conn.execute(update(payment_methods).where(payment_methods.c.id == card_id).values(told_days=days))
