"""Rows of payments that were charged back, the cards that are not charged any more for it, and what was paid out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select, update

from store.rows import Rows, insert_row
from store.schema import disputes, payouts


class State(StrEnum):
    """How one stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A payment that its payer's bank has taken back."""

    id: int
    customer_id: int
    payment_id: int
    provider: str
    provider_id: str
    currency: str
    amount_minor: int
    fee_minor: int
    state: State
    reason: str
    opened_at: datetime
    rests_until: datetime | None = None  # the ladder of its account waits for staff until then
    decided_by: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payout:
    """Money that the provider has sent to the company's bank."""

    id: int
    provider: str
    provider_id: str
    currency: str
    amount_minor: int
    arrived_on: date
    state: str  # arrived or failed


_DISPUTE, _PAYOUT = Rows(Dispute), Rows(Payout)


def add(conn: Connection, dispute: Dispute) -> int:
    """Write down a dispute, whose own id does not count, of a locked account; its id."""
    return insert_row(conn, insert(disputes), _DISPUTE.columns(dispute))


def write(conn: Connection, dispute: Dispute) -> None:
    """Keep how a dispute of a locked account stands."""
    conn.execute(update(disputes).where(disputes.c.id == dispute.id).values(_DISPUTE.columns(dispute)))


def find(conn: Connection, dispute_id: int) -> Dispute | None:
    """A dispute as it stands."""
    row = conn.execute(select(disputes).where(disputes.c.id == dispute_id)).mappings().first()
    return _DISPUTE.read(row) if row else None


def find_theirs(conn: Connection, provider: str, provider_id: str) -> Dispute | None:
    """The same by what the provider calls it."""
    query = select(disputes).where(disputes.c.provider == provider, disputes.c.provider_id == provider_id)
    row = conn.execute(query).mappings().first()
    return _DISPUTE.read(row) if row else None


def listing(
    conn: Connection,
    *,
    customer_id: int | None = None,
    states: Collection[State] = (),
    after: int = 0,
    limit: int | None = None,
) -> tuple[Dispute, ...]:
    """Disputes in the order in which they were heard of."""
    query = select(disputes).where(disputes.c.id > after).order_by(disputes.c.id).limit(limit)
    if customer_id is not None:
        query = query.where(disputes.c.customer_id == customer_id)
    if states:
        query = query.where(disputes.c.state.in_([state.value for state in states]))
    return tuple(_DISPUTE.read(row) for row in conn.execute(query).mappings())


def charged_back(conn: Connection, payment_id: int) -> int:
    """How much of a payment is not ours any more, or may not be."""
    query = select(func.sum(disputes.c.amount_minor)).where(
        disputes.c.payment_id == payment_id, disputes.c.state != State.WON.value
    )
    return int(conn.execute(query).scalar() or 0)


def is_charged_back(conn: Connection, payment_id: int | None) -> bool:
    """The money of a payment, or a part of it, is not ours any more, or may not be."""
    query = select(disputes.c.id).where(disputes.c.payment_id == payment_id, disputes.c.state != State.WON.value)
    return conn.execute(query.limit(1)).first() is not None


def rests_until(conn: Connection, customer_ids: Iterable[int]) -> dict[int, datetime]:
    """Until when the ladder of these customers waits for staff; who has no dispute that waits is left out."""
    query = select(disputes.c.customer_id, disputes.c.rests_until).where(
        disputes.c.customer_id.in_(list(customer_ids)),
        disputes.c.state != State.WON.value,
        disputes.c.rests_until.is_not(None),
    )
    found: dict[int, datetime] = {}
    for row in conn.execute(query):
        found[row.customer_id] = max(row.rests_until, found.get(row.customer_id, row.rests_until))
    return found


def add_payout(conn: Connection, payout: Payout) -> int:
    """Write down what has arrived; its id."""
    return insert_row(conn, insert(payouts), _PAYOUT.columns(payout))


def fail_payout(conn: Connection, payout_id: int) -> None:
    """It has gone back to the provider."""
    conn.execute(update(payouts).where(payouts.c.id == payout_id).values(state="failed"))


def find_payout(conn: Connection, provider: str, provider_id: str) -> Payout | None:
    """What has arrived, by what the provider calls it."""
    query = select(payouts).where(payouts.c.provider == provider, payouts.c.provider_id == provider_id)
    row = conn.execute(query).mappings().first()
    return _PAYOUT.read(row) if row else None
