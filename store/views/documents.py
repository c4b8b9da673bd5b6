"""Invoices and credit notes as pages show them: what was frozen when they were issued, and how they stand now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, or_, select

from mailgate.billing.document.einvoice import lacking
from mailgate.billing.document.invoice import DocumentKind, DocumentState, is_late
from mailgate.billing.period import local_date
from store.billing import offers
from store.schema import allocations, invoice_lines, invoices, payments
from store.views import time_given
from store.views.frozen import Frozen, thaw
from store.views.paging import Page
from store.views.weight import line

LINE = select(
    invoices.c.id,
    invoices.c.kind,
    invoices.c.number,
    invoices.c.customer_id,
    invoices.c.currency,
    invoices.c.issued_on,
    invoices.c.due_on,
    invoices.c.zone,
    invoices.c.state,
    invoices.c.total_minor,
    invoices.c.open_minor,
)
"""What a list reads of each."""


def _unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """A column of which most rows say the same: SQLite, without statistics, must not go by an index of it."""
    return column.concat("")


IS_INVOICE = _unindexed(invoices.c.kind) == DocumentKind.INVOICE.value
IS_CREDIT_NOTE = _unindexed(invoices.c.kind) == DocumentKind.CREDIT_NOTE.value
IS_OPEN = and_(IS_INVOICE, _unindexed(invoices.c.state) == DocumentState.ISSUED.value)
"""Of one customer; among all, what is open is found by the index of states."""

_HALF_A_DAY = timedelta(hours=12)
_MOST_OF_A_SERVICE = 20


class Standing(StrEnum):
    """How a document stands, as its reader is told; of one that is not settled, whether its due date is over."""

    ISSUED = "issued"
    LATE = "late"
    PAID = "paid"
    VOID = "void"
    WRITTEN_OFF = "written-off"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list."""

    id: int
    kind: DocumentKind
    number: str
    customer_id: int
    currency: str
    issued_on: date
    due_on: date
    standing: Standing
    total_minor: int
    open_minor: int

    @property
    def is_invoice(self) -> bool:
        """Otherwise it is a credit note."""
        return self.kind is DocumentKind.INVOICE


@dataclass(frozen=True, slots=True)
class Transaction:
    """So much was set against a document, or of a credit note against an invoice."""

    source: str  # payment, credit, credit-note or write-off
    amount_minor: int
    on_date: date | None  # on which a payment came, or a credit note was issued
    made_at: datetime
    method: str
    reference: str
    label: str  # by what it was paid, for people: "Visa 4242"
    number: str  # of the other document


@dataclass(frozen=True, slots=True)
class PayLink:
    """Where an invoice can be paid at the provider's, and how much it asks for there."""

    url: str
    asks_minor: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document: what it said when it was issued, and what has become of it."""

    line: DocumentLine
    frozen: Frozen
    transactions: tuple[Transaction, ...]
    credit_notes: tuple[DocumentLine, ...]  # that take an invoice back, or a part of it
    is_whole: bool  # a credit note that made an invoice void
    has_einvoice: bool
    rests_until: date | None = None  # there are no reminders of an open invoice until then
    pay_link: PayLink | None = None  # of an open invoice

    @property
    def left_minor(self) -> int:
        """What of a credit note was set against no invoice, and went to the customer's credit."""
        return self.line.total_minor - sum(one.amount_minor for one in self.transactions)


def document_line(row: RowMapping, now: datetime) -> DocumentLine:
    """A row of LINE; whether it is late, its account's own day tells."""
    state = DocumentState(row["state"])
    kind = DocumentKind(row["kind"])
    today = local_date(now, _zone(row["zone"]))
    late = kind is DocumentKind.INVOICE and is_late(state, row["due_on"], today=today)
    return DocumentLine(
        id=row["id"],
        kind=kind,
        number=row["number"],
        customer_id=row["customer_id"],
        currency=row["currency"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        standing=Standing.LATE if late else Standing(state.value),
        total_minor=row["total_minor"],
        open_minor=row["open_minor"],
    )


def as_it_is(row: RowMapping) -> RowMapping:
    """For lists: a row becomes a line with the instant at which it is looked at, which `told` knows."""
    return row


def told(page: Page[RowMapping], now: datetime) -> Page[DocumentLine]:
    """A page of a list, as it is now."""
    return Page(tuple(document_line(row, now) for row in page.rows), page.onward, page.back)


def has_standing(standing: Standing | None, *, of_all: bool = False) -> ColumnElement[bool]:
    """Which invoices have it, of one customer or `of_all`; LATE needs `late_values`. What is late is still issued."""
    if standing is None:
        return IS_INVOICE
    # Nearly all are paid, once there are many: who reads the newest of all finds them soon.
    by_index = of_all and standing is not Standing.PAID
    state = invoices.c.state if by_index else _unindexed(invoices.c.state)
    if standing is Standing.LATE:
        return and_(IS_INVOICE, state == Standing.ISSUED.value, _IS_OVER)
    return and_(IS_INVOICE, state == standing.value)


_IS_OVER = and_(
    invoices.c.due_on <= bindparam("second"),
    or_(
        invoices.c.due_on < bindparam("first"),
        and_(invoices.c.due_on == bindparam("first"), invoices.c.zone.in_(bindparam("over_first", expanding=True))),
        and_(invoices.c.due_on == bindparam("second"), invoices.c.zone.in_(bindparam("over_second", expanding=True))),
    ),
)


def late_values(conn: Connection, now: datetime, *, customer_id: int | None = None) -> Mapping[str, Any]:
    """What the condition of LATE is bound to: at one instant there are three dates on earth, and a zone has one."""
    first = (now.astimezone(UTC) - _HALF_A_DAY).date()
    second = first + timedelta(days=1)
    due = invoices.c.due_on.in_((first, second))
    zones = select(invoices.c.zone).distinct()
    if customer_id is None:
        zones = zones.where(IS_INVOICE, invoices.c.state == DocumentState.ISSUED.value, due)
    else:
        zones = zones.where(invoices.c.customer_id == customer_id, IS_OPEN, due)
    today = {zone: local_date(now, _zone(zone)) for zone in conn.execute(zones).scalars()}
    return {
        "first": first,
        "second": second,
        "over_first": [zone for zone, day in today.items() if day > first],
        "over_second": [zone for zone, day in today.items() if day > second],
    }


def document(conn: Connection, row: RowMapping, now: datetime) -> Document:
    """A whole document, of a row of LINE with its model."""
    head = document_line(row, now)
    notes = conn.execute(_NOTES, {"the_id": head.id}).mappings() if head.is_invoice else ()
    rows = conn.execute(_SETTLED if head.is_invoice else _SPENT, {"the_id": head.id}).mappings()
    transactions = tuple(_transaction(one) for one in rows)
    originals = () if head.is_invoice else conn.execute(_STATES_OF_ORIGINALS, {"the_id": head.id}).scalars().all()
    model = json.loads(row["model"])
    return Document(
        head,
        thaw(model),
        transactions,
        tuple(document_line(one, now) for one in notes),
        # What lowered an invoice bit by bit, and made it void by that, stands among the transactions.
        is_whole=list(originals) == [DocumentState.VOID.value] and not transactions,
        rests_until=_rests_until(conn, head, row["zone"], now) if head.is_invoice and head.open_minor else None,
        has_einvoice=lacking(model) is None,
        pay_link=_pay_link(conn, head) if head.is_invoice and head.open_minor else None,
    )


def _pay_link(conn: Connection, head: DocumentLine) -> PayLink | None:
    link = offers.open_of(conn, (head.id,)).get(head.id)
    return PayLink(link.url, link.asks_minor) if link else None


def _rests_until(conn: Connection, head: DocumentLine, zone: str, now: datetime) -> date | None:
    return time_given.rests_until(conn, head.customer_id, head.id, today=local_date(now, _zone(zone)))


def of_service(conn: Connection, service_id: int, now: datetime) -> tuple[DocumentLine, ...]:
    """The newest documents that have a line about a service."""
    rows = conn.execute(_OF_SERVICE, {"the_service": service_id}).mappings()
    return tuple(document_line(row, now) for row in rows)


def _zone(name: str) -> ZoneInfo:
    """Zone data of this machine may lack what there was at issue: pages are shown all the same."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _transaction(row: RowMapping) -> Transaction:
    return Transaction(
        source=row["source"],
        amount_minor=row["amount_minor"],
        on_date=row["received_on"] or row["issued_on"],
        made_at=row["made_at"],
        method=line(row["method"]),
        reference=line(row["reference"]),
        label=line(row["label"] or ""),
        number=row["number"] or "",
    )


_GIVING_BACK = select(invoice_lines.c.invoice_id).where(invoice_lines.c.original_id == bindparam("the_id"))
_NOTES = LINE.where(invoices.c.id.in_(_GIVING_BACK), IS_CREDIT_NOTE).order_by(invoices.c.id)
_STATES_OF_ORIGINALS = select(invoices.c.state).where(
    invoices.c.id.in_(select(invoice_lines.c.original_id).where(invoice_lines.c.invoice_id == bindparam("the_id")))
)
_STANDS = allocations.c.reversed_at.is_(None)
_ALLOCATED = select(
    allocations.c.source,
    allocations.c.amount_minor,
    allocations.c.made_at,
    payments.c.received_on,
    payments.c.method,
    payments.c.reference,
    payments.c.label,
    invoices.c.number,
    invoices.c.issued_on,
).order_by(allocations.c.id)
_PAID_BY = and_(allocations.c.source == "payment", payments.c.id == allocations.c.source_id)
_SETTLED = (
    _ALLOCATED.select_from(allocations)
    .outerjoin(payments, _PAID_BY)
    .outerjoin(invoices, and_(allocations.c.source == "credit-note", invoices.c.id == allocations.c.source_id))
    .where(allocations.c.invoice_id == bindparam("the_id"), _STANDS)
)
_SPENT = (
    _ALLOCATED.select_from(allocations)
    .outerjoin(payments, _PAID_BY)
    .join(invoices, invoices.c.id == allocations.c.invoice_id)
    .where(allocations.c.source == "credit-note", allocations.c.source_id == bindparam("the_id"), _STANDS)
)
_OF_SERVICE = (
    LINE.where(
        invoices.c.id.in_(
            select(invoice_lines.c.invoice_id).where(invoice_lines.c.service_id == bindparam("the_service"))
        )
    )
    .order_by(invoices.c.id.desc())
    .limit(_MOST_OF_A_SERVICE)
)
