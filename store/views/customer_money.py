"""What a customer's contact may see of services and money: prices and documents are for the owner and for invoices.

Whoever has neither role sees the services without what they cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, select

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.ledger.accounts import CREDIT
from mailgate.billing.service import State
from store.schema import balances, invoices
from store.views import documents, services
from store.views.documents import IS_CREDIT_NOTE, IS_OPEN, LINE, Document, DocumentLine, Standing
from store.views.paging import Listing, Page, Turn
from store.views.services import LastPaid, ServiceDetail, ServiceLine
from store.views.visitors import ContactVisitor


@dataclass(frozen=True, slots=True)
class Balance:
    """What there is in one currency, in minor units."""

    currency: str
    amount_minor: int


def current_services(conn: Connection, visitor: ContactVisitor, *, limit: int) -> tuple[ServiceLine, ...]:
    """What the customer has now."""
    return services.current(conn, visitor.customer_id, limit=limit, money=visitor.sees_money)


def renewing(conn: Connection, visitor: ContactVisitor, *, limit: int) -> tuple[ServiceLine, ...]:
    """What renews next, the soonest first, for whoever sees money."""
    return services.renewing(conn, visitor.customer_id, limit=limit) if visitor.sees_money else ()


def count_services(conn: Connection, visitor: ContactVisitor, *, limit: int) -> int:
    """How many services the customer has now; `limit` means that many or more."""
    return services.count(conn, visitor.customer_id, limit=limit)


def list_services(
    conn: Connection, visitor: ContactVisitor, turn: Turn, *, state: State | None, domains: bool
) -> Page[ServiceLine]:
    """A page of the services, current and past; or of the domains."""
    return services.listing(conn, visitor.customer_id, turn, state=state, domains=domains, money=visitor.sees_money)


def service(conn: Connection, visitor: ContactVisitor, number: int) -> ServiceDetail | None:
    """One service; None when there is none with this number that is the customer's."""
    return services.find(conn, number, customer_id=visitor.customer_id, money=visitor.sees_money)


def last_paid(conn: Connection, visitor: ContactVisitor, found: Page[ServiceLine]) -> Mapping[int, LastPaid]:
    """What was billed last for each service of a page."""
    return services.last_paid(conn, [one.id for one in found.rows]) if visitor.sees_money else {}


def documents_of(
    conn: Connection, visitor: ContactVisitor, found: ServiceDetail, now: datetime
) -> tuple[DocumentLine, ...]:
    """The newest documents about a service."""
    return documents.of_service(conn, found.line.id, now) if visitor.sees_money else ()


def list_invoices(
    conn: Connection, visitor: ContactVisitor, turn: Turn, *, standing: Standing | None, now: datetime
) -> Page[DocumentLine]:
    """A page of the invoices, the newest first; of one standing or all."""
    return invoices_of(conn, visitor.customer_id, turn, standing=standing, now=now)


def list_credit_notes(conn: Connection, visitor: ContactVisitor, turn: Turn, *, now: datetime) -> Page[DocumentLine]:
    """A page of the credit notes, the newest first."""
    page = _CREDIT_NOTES.page(conn, turn, the_customer=visitor.customer_id)
    return documents.told(page, now)


def invoices_of(
    conn: Connection, customer_id: int, turn: Turn, *, standing: Standing | None, now: datetime
) -> Page[DocumentLine]:
    """A page of the invoices of a customer, the newest first."""
    late = documents.late_values(conn, now, customer_id=customer_id) if standing is Standing.LATE else {}
    page = _INVOICES[standing].page(conn, turn, the_customer=customer_id, **late)
    return documents.told(page, now)


def unpaid(conn: Connection, customer_id: int, now: datetime, *, limit: int) -> tuple[DocumentLine, ...]:
    """Invoices of which something is open, the oldest due first."""
    rows = conn.execute(_UNPAID, {"the_customer": customer_id, "most": limit}).mappings()
    return tuple(documents.document_line(row, now) for row in rows)


def count_unpaid(conn: Connection, customer_id: int, *, limit: int) -> int:
    """How many of them there are; `limit` means that many or more."""
    return conn.execute(_COUNT_UNPAID, {"the_customer": customer_id, "most": limit}).scalar_one()


def document(
    conn: Connection, visitor: ContactVisitor, number: str, kind: DocumentKind, now: datetime
) -> Document | None:
    """One document; None when there is none of this kind with this number that the visitor may see."""
    if not visitor.sees_money:
        return None
    values = {"the_customer": visitor.customer_id, "the_number": number, "the_kind": kind.value}
    row = conn.execute(_DOCUMENT, values).mappings().first()
    return None if row is None else documents.document(conn, row, now)


def open_of(conn: Connection, customer_id: int) -> tuple[Balance, ...]:
    """What is to be paid, by currency."""
    rows = conn.execute(_OPEN, {"the_customer": customer_id})
    return tuple(Balance(row.currency, int(row.amount_minor)) for row in rows)


def credit_of(conn: Connection, customer_id: int) -> tuple[Balance, ...]:
    """What the customer has with us, by currency: it pays what falls due."""
    rows = conn.execute(_CREDIT, {"the_customer": customer_id})
    return tuple(Balance(row.currency, -row.amount_minor) for row in rows)


_THEIRS = invoices.c.customer_id == bindparam("the_customer")
_INVOICES = {
    standing: Listing(LINE.where(_THEIRS, documents.has_standing(standing)), documents.as_it_is, id=invoices.c.id)
    for standing in (None, *Standing)
}
_CREDIT_NOTES = Listing(LINE.where(_THEIRS, IS_CREDIT_NOTE), documents.as_it_is, id=invoices.c.id)
_UNPAID = LINE.where(_THEIRS, IS_OPEN).order_by(invoices.c.due_on, invoices.c.id).limit(bindparam("most"))
_COUNT_UNPAID = select(func.count()).select_from(
    select(invoices.c.id).where(_THEIRS, IS_OPEN).limit(bindparam("most")).subquery()
)
_DOCUMENT = LINE.add_columns(invoices.c.model).where(
    _THEIRS, invoices.c.number == bindparam("the_number"), invoices.c.kind == bindparam("the_kind")
)
_OPEN = (
    select(invoices.c.currency, func.sum(invoices.c.open_minor).label("amount_minor"))
    .where(_THEIRS, IS_OPEN)
    .group_by(invoices.c.currency)
    .order_by(invoices.c.currency)
)
_CREDIT = (
    select(balances.c.currency, balances.c.amount_minor)
    .where(
        and_(
            balances.c.customer_id == bindparam("the_customer"),
            balances.c.account == CREDIT,
            balances.c.amount_minor < 0,
        )
    )
    .order_by(balances.c.currency)
)
