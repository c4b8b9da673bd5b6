"""Rows of money that came in."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from mailgate.errors import Permanent
from store.rows import Rows, insert_row
from store.schema import allocations, payments


class RecordedBefore(Permanent):
    """A payment of this customer with the same method and reference is there already."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in, whatever it was for."""

    id: int
    customer_id: int
    method: str
    reference: str
    currency: str
    amount_minor: int
    received_on: date
    recorded_at: datetime
    recorded_by: str
    provider: str = ""  # who took it for us; "": it came by hand
    label: str = ""  # by what, for people: "Visa 4242"
    fee_due_at: datetime | None = None  # what the provider keeps of it is not known yet, and is asked for then


_PAYMENT = Rows(Payment)
_ADD = insert(payments)
_SAME = select(payments.c.id).where(
    payments.c.customer_id == bindparam("the_customer"),
    payments.c.method == bindparam("the_method"),
    payments.c.reference == bindparam("the_reference"),
)
_SET_AGAINST = (
    select(allocations.c.invoice_id, allocations.c.amount_minor)
    .where(
        allocations.c.source == "payment",
        allocations.c.source_id == bindparam("the_payment"),
        allocations.c.reversed_at.is_(None),
    )
    .order_by(allocations.c.id)
)


def add(conn: Connection, payment: Payment) -> int:
    """Write down a payment, whose own id does not count, of a locked account; its id. Raises RecordedBefore."""
    same = {"the_customer": payment.customer_id, "the_method": payment.method, "the_reference": payment.reference}
    before = conn.execute(_SAME, same).scalar()
    if before is not None:
        raise RecordedBefore(
            f"payment {before} of customer {payment.customer_id} has the method {payment.method!r} and the reference "
            f"{payment.reference!r} already"
        )
    return insert_row(conn, _ADD, _PAYMENT.columns(payment))


def get(conn: Connection, payment_id: int) -> Payment:
    """A payment. Raises LookupError."""
    row = conn.execute(select(payments).where(payments.c.id == payment_id)).mappings().first()
    if row is None:
        raise LookupError(f"there is no payment {payment_id}")
    return _PAYMENT.read(row)


def set_against(conn: Connection, payment_id: int) -> dict[int, int]:
    """How much of a payment each invoice has, by its id, in the order in which they got it, as far as that stands."""
    taken: dict[int, int] = {}
    for invoice_id, amount_minor in conn.execute(_SET_AGAINST, {"the_payment": payment_id}):
        taken[invoice_id] = taken.get(invoice_id, 0) + amount_minor
    return taken


def listing(
    conn: Connection, *, customer_id: int | None = None, after: int = 0, limit: int | None = None
) -> tuple[Payment, ...]:
    """Payments in the order in which they were recorded."""
    query = select(payments).where(payments.c.id > after).order_by(payments.c.id).limit(limit)
    if customer_id is not None:
        query = query.where(payments.c.customer_id == customer_id)
    return tuple(_PAYMENT.read(row) for row in conn.execute(query).mappings())


def by_provider(conn: Connection, provider: str, reference: str) -> Payment | None:
    """What a provider took for us under an id of its own; None: it is not recorded."""
    same = (payments.c.provider == provider, payments.c.reference == reference)
    row = conn.execute(select(payments).where(*same)).mappings().first()
    return _PAYMENT.read(row) if row else None


def without_fee(conn: Connection, provider: str, *, by: datetime, limit: int) -> tuple[Payment, ...]:
    """What a provider took for us and is to be asked for its fee of by now, longest waiting first."""
    query = select(payments).where(payments.c.fee_due_at <= by, payments.c.provider == provider)
    rows = conn.execute(query.order_by(payments.c.fee_due_at, payments.c.id).limit(limit)).mappings()
    return tuple(map(_PAYMENT.read, rows))


def ask_fee(conn: Connection, payment_id: int, *, at: datetime | None) -> None:
    """When the provider is asked for its fee of a payment of a locked account; None: never more."""
    conn.execute(update(payments).where(payments.c.id == payment_id).values(fee_due_at=at))
