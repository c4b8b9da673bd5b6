"""Time that customers have to pay, as pages show it: what runs, and what was said and did not come true."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, or_, select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.promise import Ended, PromiseKind
from store.schema import customers, invoices, promises
from store.views.weight import line

_MOST = 20


@dataclass(frozen=True, slots=True)
class TimeLine:
    """One promise. `number`: the invoice, "" for whatever is open; `is_over`: no money came by its last day."""

    kind: PromiseKind
    number: str
    until_on: date
    said_at: datetime
    said_by: str
    is_over: bool
    customer_id: int
    customer: str


def rests_until(conn: Connection, customer_id: int, invoice_id: int, *, today: date) -> date | None:
    """The last day on which reminders rest for an open invoice; None where they do not."""
    found: date | None = conn.execute(
        _UNTIL, {"the_customer": customer_id, "the_invoice": invoice_id, "today": today}
    ).scalar()
    return found


def of_customer(conn: Connection, customer_id: int) -> tuple[TimeLine, ...]:
    """What runs, and what was in vain while something of it is open still; the newest first."""
    rows = conn.execute(_LINES.where(promises.c.customer_id == customer_id, or_(_RUNS, _VAIN)).limit(_MOST)).mappings()
    return tuple(map(_line, rows))


def in_vain(conn: Connection, *, since: datetime, until: datetime, limit: int) -> tuple[TimeLine, ...]:
    """Of all customers, what came out to have been in vain from an instant to another; the newest first."""
    ended = and_(promises.c.ended_at >= since, promises.c.ended_at < until)
    return tuple(map(_line, conn.execute(_LINES.where(_VAIN, _BY_CUSTOMER, ended).limit(limit)).mappings()))


_RUNS = promises.c.ended_at.is_(None)
_BY_CUSTOMER = promises.c.kind.not_in((PromiseKind.EXTENDED.value, PromiseKind.HELD.value))
_OTHERS = invoices.alias("others")
_VAIN = and_(
    promises.c.kind != PromiseKind.HELD.value,
    promises.c.outcome == Ended.UNMATCHED.value,
    select(_OTHERS.c.id)
    .where(
        _OTHERS.c.customer_id == promises.c.customer_id,
        _OTHERS.c.kind == DocumentKind.INVOICE.value,
        _OTHERS.c.state == DocumentState.ISSUED.value,
        _OTHERS.c.issued_at <= promises.c.said_at,
        or_(promises.c.invoice_id.is_(None), _OTHERS.c.id == promises.c.invoice_id),
    )
    .exists(),
)
_LINES = (
    select(
        promises.c.kind,
        promises.c.until_on,
        promises.c.said_at,
        promises.c.said_by,
        promises.c.ended_at,
        promises.c.customer_id,
        customers.c.name,
        invoices.c.number,
    )
    .join(customers, customers.c.id == promises.c.customer_id)
    .outerjoin(invoices, invoices.c.id == promises.c.invoice_id)
    .order_by(promises.c.id.desc())
)
_UNTIL = select(func.max(promises.c.until_on)).where(
    promises.c.customer_id == bindparam("the_customer"),
    _RUNS,
    promises.c.kind != PromiseKind.HELD.value,  # what staff hold back customers hear nothing of
    promises.c.until_on >= bindparam("today"),
    or_(promises.c.invoice_id.is_(None), promises.c.invoice_id == bindparam("the_invoice")),
)


def _line(row: RowMapping) -> TimeLine:
    return TimeLine(
        PromiseKind(row["kind"]),
        row["number"] or "",
        row["until_on"],
        row["said_at"],
        line(row["said_by"]),
        row["ended_at"] is not None,
        row["customer_id"],
        line(row["name"]),
    )
