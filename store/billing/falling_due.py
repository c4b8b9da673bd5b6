"""What of billing falls due on a day of the account's own zone: looked for each second, from indexes. Reads only."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Select, or_, select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.ledger.accounts import CREDIT
from mailgate.billing.service import State
from store.schema import balances, customers, invoice_lines, invoices, promises, services

_FIRST_ZONE = timedelta(hours=14)
"""A day begins there so long before it does by UTC."""

_OPEN = (
    invoices.c.kind == DocumentKind.INVOICE.value,
    invoices.c.state == DocumentState.ISSUED.value,
    invoices.c.open_minor > 0,
)


@dataclass(frozen=True, slots=True)
class Day:
    """Something of a customer falls due as this day begins in a zone."""

    customer_id: int
    on: date
    zone: str
    service_id: int | None = None


def latest_day(at: datetime) -> date:
    """The newest day that has begun anywhere on earth."""
    return (at + _FIRST_ZONE).date()


def credit(conn: Connection, *, until: date, limit: int) -> tuple[Day, ...]:
    """Invoices of which something is open, of customers who have credit in their currency, by their due dates."""
    query = (
        select(invoices.c.customer_id, invoices.c.due_on, customers.c.timezone)
        .join(customers, customers.c.id == invoices.c.customer_id)
        .join(
            balances,
            (balances.c.customer_id == invoices.c.customer_id)
            & (balances.c.account == CREDIT)
            & (balances.c.currency == invoices.c.currency),
        )
        .where(*_OPEN, invoices.c.due_on <= until, balances.c.amount_minor < 0)
    )
    return _days(conn, query.order_by(invoices.c.due_on, invoices.c.id).limit(limit))


def ends(conn: Connection, *, until: date, limit: int) -> tuple[Day, ...]:
    """Services whose last day is over, of which nothing is to be billed any more."""
    query = (
        select(services.c.customer_id, services.c.cancel_on, customers.c.timezone, services.c.id)
        .join(customers, customers.c.id == services.c.customer_id)
        .where(services.c.cancel_on <= until, services.c.ended_on.is_(None))
        # What a run has not billed yet, because it was late, is billed before the service ends.
        .where(or_(services.c.billed_through >= services.c.cancel_on, services.c.state != State.ACTIVE.value))
    )
    return _days(conn, query.order_by(services.c.cancel_on, services.c.id).limit(limit))


def unpaid_orders(conn: Connection, *, due_by: date, limit: int) -> tuple[Day, ...]:
    """Services that were ordered and never provisioned, by the due date of an invoice that is open."""
    query = (
        select(services.c.customer_id, invoices.c.due_on, customers.c.timezone, services.c.id)
        .join(customers, customers.c.id == services.c.customer_id)
        .join(invoice_lines, invoice_lines.c.service_id == services.c.id)
        .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
        .where(services.c.state == State.PENDING.value)
        .where(*_OPEN, invoices.c.due_on <= due_by)
        .distinct()
    )
    return _days(conn, query.order_by(invoices.c.due_on, services.c.id).limit(limit))


def promises_over(conn: Connection, *, until: date, limit: int) -> tuple[Day, ...]:
    """The days after those until which somebody has promised money, or got time for it."""
    query = (
        select(promises.c.customer_id, promises.c.until_on, customers.c.timezone)
        .join(customers, customers.c.id == promises.c.customer_id)
        .where(promises.c.ended_at.is_(None), promises.c.until_on < until)
    )
    found = _days(conn, query.order_by(promises.c.until_on, promises.c.id).limit(limit))
    return tuple(replace(one, on=one.on + timedelta(days=1)) for one in found)


def _days(
    conn: Connection, query: Select[tuple[int, date, str]] | Select[tuple[int, date, str, int]]
) -> tuple[Day, ...]:
    return tuple(Day(*row) for row in conn.execute(query))
