"""Rows of money that goes back, and how much of what came in may still go back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, insert, select, update

from mailgate.billing.refund import AT_PROVIDER, STANDS, UNSENT, RefundState, Source, Way
from store.billing import opening_balances
from store.engine import transaction
from store.post import leases
from store.rows import Rows, insert_row
from store.schema import allocations, bank_entries, disputes, invoice_lines, invoices, payments, refunds

PAYMENT = "payment"
"""The source of an allocation of money."""

_STANDING = [state.value for state in STANDS]
_ON_ITS_WAY = [state.value for state in (RefundState.WANTED, RefundState.IN_DOUBT, RefundState.PENDING)]
"""It may still be that it does not go back."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that is to go back, or has."""

    id: int
    customer_id: int
    credit_note_id: int | None  # None: staff give credit back
    payment_id: int | None  # None: it came along from an older system
    way: Way
    provider: str  # "": no provider can send it
    currency: str
    amount_minor: int
    state: RefundState
    deadline_on: date
    asked_by: str
    approved_by: str
    made_at: datetime
    provider_id: str | None = None
    method: str = ""  # by which a person has sent it
    reference: str = ""
    code: str = ""  # why the provider has not
    ended_at: datetime | None = None
    told_at: datetime | None = None  # staff have heard how it stands
    due_at: datetime | None = None
    attempts: int = 0

    @property
    def key(self) -> str:
        """By which the provider knows it."""
        return f"refund-{self.id}"


@dataclass(frozen=True, slots=True)
class Lent:
    """A refund that a worker has for itself until its lease runs out; the attempt is counted."""

    refund: Refund
    lease: str


_REFUND = Rows(Refund)
_LEND = leases.lending(refunds, when=refunds.c.state.in_([state.value for state in AT_PROVIDER]))


def add(conn: Connection, refund: Refund) -> int:
    """Write down a refund, whose own id does not count, of a locked account; its id."""
    return insert_row(conn, insert(refunds), _REFUND.columns(refund))


def find(conn: Connection, refund_id: int) -> Refund | None:
    """A refund as it stands."""
    row = conn.execute(select(refunds).where(refunds.c.id == refund_id)).mappings().first()
    return _REFUND.read(row) if row else None


def listing(
    conn: Connection,
    *,
    customer_id: int | None = None,
    states: Collection[RefundState] = (),
    after: int = 0,
    limit: int | None = None,
) -> tuple[Refund, ...]:
    """Refunds in the order in which they were asked for."""
    query = select(refunds).where(refunds.c.id > after).order_by(refunds.c.id).limit(limit)
    if customer_id is not None:
        query = query.where(refunds.c.customer_id == customer_id)
    if states:
        query = query.where(refunds.c.state.in_([state.value for state in states]))
    return tuple(_REFUND.read(row) for row in conn.execute(query).mappings())


def of_payment(conn: Connection, payment_id: int, states: Collection[RefundState]) -> tuple[Refund, ...]:
    """Refunds of a payment that stand so."""
    query = select(refunds).where(
        refunds.c.payment_id == payment_id, refunds.c.state.in_([state.value for state in states])
    )
    return tuple(_REFUND.read(row) for row in conn.execute(query.order_by(refunds.c.id)).mappings())


def lend(engine: Engine, refund_id: int, *, now: datetime) -> Lent | None:
    """Give a refund to the caller, for good before the provider hears of it; None when somebody else has it."""
    with transaction(engine) as conn:
        for row in leases.lend(conn, _LEND, (refund_id,), now=now):
            return Lent(_REFUND.read(row), row["lease"])
    return None


def end(conn: Connection, lent: Lent, refund: Refund) -> bool:
    """How a look at the provider ended, of a locked account; False when the lease has run out and another has it."""
    mine = (refunds.c.id == refund.id, refunds.c.lease == lent.lease)
    return conn.execute(update(refunds).where(*mine).values(**_REFUND.columns(refund), lease=None)).rowcount == 1


def write(conn: Connection, refund: Refund) -> None:
    """Keep how a refund of a locked account stands, which no worker has."""
    conn.execute(update(refunds).where(refunds.c.id == refund.id).values(**_REFUND.columns(refund), lease=None))


def is_lent(conn: Connection, refund_id: int, *, now: datetime) -> bool:
    """A worker has it: the provider may hear of it at any moment."""
    mine = (refunds.c.id == refund_id, refunds.c.lease.is_not(None), refunds.c.due_at > now)
    return conn.execute(select(refunds.c.id).where(*mine)).first() is not None


def due_by(conn: Connection, last_on: date) -> tuple[Refund, ...]:
    """What a person has to look at: not sent, with a deadline up to this day, the nearest first."""
    query = select(refunds).where(
        refunds.c.state.in_([state.value for state in UNSENT]), refunds.c.deadline_on <= last_on
    )
    return tuple(
        _REFUND.read(row) for row in conn.execute(query.order_by(refunds.c.deadline_on, refunds.c.id)).mappings()
    )


def untold(conn: Connection) -> tuple[Refund, ...]:
    """What the provider could not send, or has got back, of which staff have not heard."""
    states = [RefundState.TASK.value, RefundState.FAILED.value, RefundState.KEPT.value]
    query = select(refunds).where(refunds.c.state.in_(states), refunds.c.provider != "", refunds.c.told_at.is_(None))
    return tuple(_REFUND.read(row) for row in conn.execute(query.order_by(refunds.c.id)).mappings())


def mark_told(conn: Connection, ids: Sequence[int], *, now: datetime) -> None:
    """Staff have heard how these stand."""
    conn.execute(update(refunds).where(refunds.c.id.in_(ids)).values(told_at=now))


def sources(
    conn: Connection, customer_id: int, currency: str, *, invoice_ids: Collection[int] | None = None
) -> tuple[Source, ...]:
    """Money of a customer, and how much of it may still go back: not what did, nor what a bank has taken back.

    `invoice_ids`: only what has paid these invoices, of each payment no more than that, less what went back for them.
    """
    gone = _gone(conn, customer_id, currency)
    taken = _charged_back(conn, customer_id, currency)
    returned = _returned(conn, customer_id)
    rows = conn.execute(
        select(payments.c.id, payments.c.received_on, payments.c.amount_minor).where(
            payments.c.customer_id == customer_id, payments.c.currency == currency
        )
    ).all()
    paid = None if invoice_ids is None else _paid_for(conn, invoice_ids)
    back = {} if invoice_ids is None else _gone_for(conn, customer_id, currency, invoice_ids)
    found = []
    for row in rows:
        if row.id in returned:
            continue
        left = row.amount_minor - gone.get(row.id, 0) - taken.get(row.id, 0)
        if paid is not None:
            left = min(left, paid.get(row.id, 0) - back.get(row.id, 0))
        if left > 0:
            found.append(Source(row.id, row.received_on, left))
    if invoice_ids is None:
        found.extend(_moved_in(conn, customer_id, currency, gone.get(None, 0)))
    return tuple(found)


def own_money_goes_back(conn: Connection, customer_ids: Iterable[int]) -> frozenset[int]:
    """Invoices of these customers that are open, and of whose own money some may be on its way back by the provider.

    As of a payment that its bank has taken back meanwhile: what is refused of the refund pays the invoice again.
    """
    query = (
        select(allocations.c.invoice_id)
        .join(refunds, refunds.c.payment_id == allocations.c.source_id)
        .join(invoices, invoices.c.id == allocations.c.invoice_id)
        .where(
            refunds.c.customer_id.in_(list(customer_ids)),
            refunds.c.state.in_(_ON_ITS_WAY),
            allocations.c.source == PAYMENT,
            invoices.c.open_minor > 0,
        )
    )
    return frozenset(conn.execute(query.distinct()).scalars())


def _gone(conn: Connection, customer_id: int, currency: str) -> dict[int | None, int]:
    total = func.sum(refunds.c.amount_minor)
    query = select(refunds.c.payment_id, total).where(
        refunds.c.customer_id == customer_id, refunds.c.currency == currency, refunds.c.state.in_(_STANDING)
    )
    return {row[0]: int(row[1]) for row in conn.execute(query.group_by(refunds.c.payment_id))}


def _charged_back(conn: Connection, customer_id: int, currency: str) -> dict[int, int]:
    total = func.sum(disputes.c.amount_minor)
    query = select(disputes.c.payment_id, total).where(
        disputes.c.customer_id == customer_id, disputes.c.currency == currency, disputes.c.state != "won"
    )
    return {row[0]: int(row[1]) for row in conn.execute(query.group_by(disputes.c.payment_id))}


def _returned(conn: Connection, customer_id: int) -> frozenset[int]:
    query = (
        select(bank_entries.c.payment_id)
        .join(payments, payments.c.id == bank_entries.c.payment_id)
        .where(payments.c.customer_id == customer_id, bank_entries.c.state == "returned")
    )
    return frozenset(conn.execute(query).scalars())


def _paid_for(conn: Connection, invoice_ids: Collection[int]) -> dict[int, int]:
    total = func.sum(allocations.c.amount_minor)
    query = select(allocations.c.source_id, total).where(
        allocations.c.invoice_id.in_(list(invoice_ids)),
        allocations.c.source == PAYMENT,
        allocations.c.reversed_at.is_(None),
    )
    return {row[0]: int(row[1]) for row in conn.execute(query.group_by(allocations.c.source_id))}


def _gone_for(conn: Connection, customer_id: int, currency: str, invoice_ids: Collection[int]) -> dict[int, int]:
    about = select(invoice_lines.c.invoice_id).where(invoice_lines.c.original_id.in_(list(invoice_ids)))
    query = select(refunds.c.payment_id, func.sum(refunds.c.amount_minor)).where(
        refunds.c.customer_id == customer_id,
        refunds.c.currency == currency,
        refunds.c.state.in_(_STANDING),
        refunds.c.credit_note_id.in_(about),
        refunds.c.payment_id.is_not(None),
    )
    return {row[0]: int(row[1]) for row in conn.execute(query.group_by(refunds.c.payment_id))}


def _moved_in(conn: Connection, customer_id: int, currency: str, gone_minor: int) -> Sequence[Source]:
    opening = opening_balances.find(conn, customer_id, currency)
    if opening is None or opening.amount_minor <= gone_minor:
        return ()
    return (Source(None, opening.booked_at.date(), opening.amount_minor - gone_minor),)
