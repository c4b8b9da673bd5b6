"""What is owed without an invoice: a payment was taken back of which some had gone back before. Reads only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, bindparam, func, select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.ledger.accounts import RECEIVABLE
from mailgate.billing.ledger.kinds import Kind
from mailgate.billing.ledger.transaction import Booked
from store.billing import ledger
from store.schema import balances, invoices

_TAKEN = frozenset({Kind.DISPUTE.value, Kind.RETURNED.value})
_ENDED = frozenset({Kind.OWED_PAID.value, Kind.OWED_GIVEN_UP.value})

_OPEN = (
    select(invoices.c.customer_id, invoices.c.currency, func.sum(invoices.c.open_minor).label("minor"))
    .where(
        invoices.c.kind == DocumentKind.INVOICE.value,
        invoices.c.state == DocumentState.ISSUED.value,
        invoices.c.open_minor > 0,
    )
    .group_by(invoices.c.customer_id, invoices.c.currency)
    .subquery()
)
_IS_MORE = (
    select(balances.c.customer_id)
    .outerjoin(_OPEN, and_(_OPEN.c.customer_id == balances.c.customer_id, _OPEN.c.currency == balances.c.currency))
    .where(balances.c.account == bindparam("account"), balances.c.amount_minor > func.coalesce(_OPEN.c.minor, 0))
)
"""What an account owes is more than what is open of its invoices."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One sum that no invoice asks for."""

    booking_id: int  # by which the money was taken back
    customer_id: int
    since: date
    amount_minor: int
    currency: str
    because: str  # dispute, or returned: the bank took a transfer back
    object_id: int  # of the dispute, or of the line of the bank


def listing(conn: Connection) -> tuple[Owed, ...]:
    """All of them, the oldest first."""
    customers = conn.execute(_IS_MORE, {"account": RECEIVABLE}).scalars().all()
    return tuple(sorted(_of(conn, sorted(set(customers))), key=lambda one: one.booking_id))


def of_customer(conn: Connection, customer_id: int) -> tuple[Owed, ...]:
    """Those of one, the oldest first."""
    return tuple(_of(conn, (customer_id,)))


def part_of(one: Booked) -> int:
    """What a booking has left owed without an invoice; below zero: what it has paid of that."""
    return sum(entry.amount_minor for entry in one.entries if entry.account == RECEIVABLE and entry.invoice_id is None)


def _of(conn: Connection, customer_ids: Iterable[int]) -> Iterable[Owed]:
    for number in customer_ids:
        booked = ledger.listing(conn, customer_id=number)
        over = {one.object_id for one in booked if one.kind in _ENDED}
        won = {one.object_id for one in booked if one.kind == Kind.DISPUTE_WON.value}
        yield from (_owed(one) for one in booked if _is_owed(one, over, won))


def _is_owed(one: Booked, over: Collection[int], won: Collection[int]) -> bool:
    is_won = one.kind == Kind.DISPUTE.value and one.object_id in won
    return one.kind in _TAKEN and part_of(one) > 0 and one.id not in over and not is_won


def _owed(one: Booked) -> Owed:
    assert one.customer_id is not None  # both kinds are about somebody
    return Owed(one.id, one.customer_id, one.on_date, part_of(one), one.currency, one.kind, one.object_id)
