"""What is due of accounts that have a card to be charged: looked for each second, from indexes. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from store.billing.charges import State
from store.rows import Rows
from store.schema import billing_accounts, charge_invoices, charges, customers, invoices, payment_methods

_OPEN = and_(
    invoices.c.kind == DocumentKind.INVOICE.value,
    invoices.c.state == DocumentState.ISSUED.value,
    invoices.c.open_minor > 0,
)
_TRIED = (
    exists()
    .where(
        charge_invoices.c.invoice_id == invoices.c.id,
        charges.c.id == charge_invoices.c.charge_id,
        charges.c.payment_method_id == payment_methods.c.id,
        charges.c.state != State.CANCELLED.value,
    )
    .correlate(invoices, payment_methods)
)
"""By the card that is there now: of one that is new, what stayed open is charged at once."""

_HAS_CARD = and_(
    payment_methods.c.provider == bindparam("name"),
    payment_methods.c.removed_at.is_(None),
    payment_methods.c.blocked_because == "",
    or_(payment_methods.c.expires_on.is_(None), payment_methods.c.expires_on >= bindparam("day")),
)
_SUMS = (
    select(invoices.c.customer_id, invoices.c.currency, func.sum(invoices.c.open_minor))
    .where(_OPEN, invoices.c.customer_id.in_(bindparam("ids", expanding=True)))
    .group_by(invoices.c.customer_id, invoices.c.currency)
)


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice of an account that has a card."""

    invoice_id: int
    customer_id: int
    currency: str
    due_on: date
    issued_at: datetime
    open_minor: int
    zone: str
    was_tried: bool  # a charge of this card was made for it before


_DUE = Rows(Due)


def due(conn: Connection, provider: str, *, due_by: date) -> tuple[Due, ...]:
    """Open invoices of accounts with a card of this provider that works, and of which a charge is still to be made."""
    untried = (
        select(invoices.c.customer_id)
        .join(payment_methods, payment_methods.c.customer_id == invoices.c.customer_id)
        .where(_OPEN, _HAS_CARD, invoices.c.due_on <= due_by, ~_TRIED)
    )
    query = (
        select(
            invoices.c.id.label("invoice_id"),
            invoices.c.customer_id,
            invoices.c.currency,
            invoices.c.due_on,
            invoices.c.issued_at,
            invoices.c.open_minor,
            customers.c.timezone.label("zone"),
            _TRIED.label("was_tried"),
        )
        .join(customers, customers.c.id == invoices.c.customer_id)
        .join(payment_methods, payment_methods.c.customer_id == invoices.c.customer_id)
        .outerjoin(billing_accounts, billing_accounts.c.customer_id == invoices.c.customer_id)
        .where(
            _OPEN,
            invoices.c.due_on <= due_by,
            invoices.c.customer_id.in_(untried),
            _HAS_CARD,
            customers.c.removed_at.is_(None),
            billing_accounts.c.billed_elsewhere.is_not(True),
        )
        .order_by(invoices.c.due_on, invoices.c.id)
    )
    return tuple(_DUE.read(row) for row in conn.execute(query, {"name": provider, "day": due_by}).mappings())


def open_sums(conn: Connection, customer_ids: Iterable[int]) -> tuple[tuple[int, str, int], ...]:
    """What is open of accounts: customer, currency, minor units."""
    rows = conn.execute(_SUMS, {"ids": list(customer_ids)})
    return tuple((number, currency, int(minor)) for number, currency, minor in rows)
