"""Rows of cards that a provider keeps, and of the tokens by which it knows our customers. Never a number of a card."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, Engine, bindparam, insert, select, true, update

from store.engine import transaction
from store.post import leases
from store.rows import Rows, insert_row
from store.schema import payment_methods, provider_customers


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card of a customer, as far as it is known here."""

    id: int
    customer_id: int
    provider: str
    customer_token: str = field(repr=False)
    token: str = field(repr=False)
    brand: str
    last4: str
    expires_on: date | None  # its last day
    added_at: datetime
    removed_at: datetime | None = None
    removed_by: str = ""
    blocked_because: str = ""
    due_at: datetime | None = None  # the provider is to forget it
    attempts: int = 0

    def works(self, today: date) -> bool:
        """It may be charged on a day of its owner's."""
        is_over = self.expires_on is not None and self.expires_on < today
        return self.removed_at is None and not self.blocked_because and not is_over


@dataclass(frozen=True, slots=True)
class Lent:
    """A row that a worker has for itself until its lease runs out."""

    card: SavedCard
    lease: str = field(repr=False)


_CARD = Rows(SavedCard)
_KEPT = select(payment_methods).where(
    payment_methods.c.customer_id == bindparam("customer"),
    payment_methods.c.provider == bindparam("keeper"),
    payment_methods.c.removed_at.is_(None),
)
_SEVERAL = select(payment_methods).where(payment_methods.c.id.in_(bindparam("ids", expanding=True)))
_LEND = leases.lending(payment_methods, when=true())


def add(conn: Connection, card: SavedCard) -> int:
    """Write down a card, whose own id does not count; its id. Its customer has no other that is kept."""
    return insert_row(conn, insert(payment_methods), _CARD.columns(card))


def kept(conn: Connection, customer_id: int, provider: str) -> SavedCard | None:
    """The card of a customer that nobody has removed; blocked and expired ones too."""
    row = conn.execute(_KEPT, {"customer": customer_id, "keeper": provider}).mappings().first()
    return _CARD.read(row) if row else None


def find(conn: Connection, card_id: int) -> SavedCard | None:
    """One by its id, removed ones too."""
    return several(conn, (card_id,)).get(card_id)


def several(conn: Connection, card_ids: Iterable[int]) -> dict[int, SavedCard]:
    """Those with these ids, removed ones too."""
    rows = conn.execute(_SEVERAL, {"ids": list(card_ids)}).mappings()
    return {row["id"]: _CARD.read(row) for row in rows}


def find_token(conn: Connection, provider: str, token: str) -> SavedCard | None:
    """The newest with a token; it may have been removed since."""
    query = select(payment_methods).where(payment_methods.c.provider == provider, payment_methods.c.token == token)
    row = conn.execute(query.order_by(payment_methods.c.id.desc()).limit(1)).mappings().first()
    return _CARD.read(row) if row else None


def listing(
    conn: Connection, *, customer_id: int | None = None, removed: bool = False, after: int = 0, limit: int | None = None
) -> tuple[SavedCard, ...]:
    """Cards in the order in which they came; `removed`: those too that are there no more."""
    query = select(payment_methods).where(payment_methods.c.id > after)
    if customer_id is not None:
        query = query.where(payment_methods.c.customer_id == customer_id)
    if not removed:
        query = query.where(payment_methods.c.removed_at.is_(None))
    return tuple(_CARD.read(row) for row in conn.execute(query.order_by(payment_methods.c.id).limit(limit)).mappings())


def renew(conn: Connection, card_id: int, *, expires_on: date | None) -> None:
    """The same card was given once more: it is as good as new."""
    conn.execute(
        update(payment_methods)
        .where(payment_methods.c.id == card_id)
        .values(expires_on=expires_on, blocked_because="", told_days=None)
    )


def remove(conn: Connection, card_id: int, *, by: str, now: datetime) -> None:
    """It is charged no more, and the provider is to forget it."""
    conn.execute(
        update(payment_methods)
        .where(payment_methods.c.id == card_id, payment_methods.c.removed_at.is_(None))
        .values(removed_at=now, removed_by=by, due_at=now)
    )


def block(conn: Connection, card_id: int, *, because: str) -> None:
    """It is charged no more until somebody has looked; "": it is again."""
    conn.execute(update(payment_methods).where(payment_methods.c.id == card_id).values(blocked_because=because))


def lend(engine: Engine, card_id: int, *, now: datetime) -> Lent | None:
    """Give a card that is to be forgotten to the caller; None when there is nothing to do or somebody has it."""
    with transaction(engine, durable=False) as conn:
        for row in leases.lend(conn, _LEND, (card_id,), now=now):
            return Lent(_CARD.read(row), row["lease"])
    return None


def give_back(conn: Connection, lent: Lent, *, due_at: datetime | None) -> None:
    """Forgotten, with None; else it is to be tried again then."""
    mine = update(payment_methods).where(payment_methods.c.id == lent.card.id, payment_methods.c.lease == lent.lease)
    conn.execute(mine.values(lease=None, due_at=due_at))


def customer_token(conn: Connection, customer_id: int, provider: str) -> str:
    """By which token the provider knows a customer; "" where it does not."""
    query = select(provider_customers.c.token).where(
        provider_customers.c.customer_id == customer_id, provider_customers.c.provider == provider
    )
    return str(conn.execute(query).scalar() or "")


def know(conn: Connection, customer_id: int, provider: str, token: str, *, now: datetime) -> None:
    """The provider knows a locked customer by this token from now on; what is there already stays."""
    if not customer_token(conn, customer_id, provider):
        values = {"customer_id": customer_id, "provider": provider, "token": token, "made_at": now}
        conn.execute(insert(provider_customers).values(**values))
