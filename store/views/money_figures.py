"""What the figures of the business are counted from: what is open, what was issued, what is in force."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, case, func, or_, select

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.figures.aging import Aged, Open, aging
from mailgate.billing.figures.recurring import InForce, Moved, Recurring, Term, months_until, moved, recurring
from mailgate.billing.figures.revenue import Billed, IssuedOn, Revenue, revenue
from mailgate.billing.ledger.accounts import RECEIVABLE
from mailgate.billing.offer.product import ONE_TIME
from mailgate.billing.period import Span, local_date
from mailgate.billing.service import State
from mailgate.billing.tax.groups import read_rate
from store.billing import discounts
from store.schema import (
    billing_accounts,
    customers,
    invoice_lines,
    invoices,
    ledger_entries,
    ledger_transactions,
    products,
    service_terms,
    services,
)
from store.views.weight import line


def aging_now(conn: Connection, now: datetime) -> tuple[Aged, ...]:
    """Who owes what now: of each invoice its account's own day is today."""
    today: dict[str, date] = {}
    found = []
    for row in conn.execute(_OPEN_NOW):
        if row.zone not in today:
            today[row.zone] = local_date(now, ZoneInfo(row.zone))
        found.append((Open(row.customer_id, row.currency, row.due_on, int(row.minor), row.how_many), today[row.zone]))
    return aging(found)


def aging_on(conn: Connection, day: date) -> tuple[Aged, ...]:
    """Who owed what at the end of a day, as the ledger has it: this day is today for every account."""
    rows = conn.execute(_OPEN_ON, {"the_day": day})
    return aging((Open(row.customer_id, row.currency, row.due_on, int(row.minor), row.how_many), day) for row in rows)


def revenue_until(conn: Connection, day: date, *, months: int) -> tuple[Revenue, ...]:
    """What was earned in the last months, that of this day the last; documents that are dated later do not count."""
    wanted = months_until(day, months)
    span = {"the_first": wanted[0], "the_day": day}
    documents = [
        IssuedOn(row.currency, row.issued_on, *_signed(row.kind, row.how_many, int(row.net), int(row.tax)))
        for row in conn.execute(_ISSUED, span)
    ]
    lines = [
        Billed(
            row.currency,
            row.issued_on,
            Span(row.period_start, row.period_end) if row.period_start and row.period_end else None,
            int(row.net) if row.kind == DocumentKind.INVOICE else -int(row.net),
        )
        for row in conn.execute(_BILLED, span)
    ]
    return revenue(documents, lines, wanted)


def recurring_until(conn: Connection, day: date, *, months: int) -> tuple[Recurring, ...]:
    """What recurs at the end of each of the last months, that of this day the last, and on this day."""
    return recurring(_in_force(conn), months_until(day, months), day)


def moved_in(conn: Connection, month: date, day: date) -> tuple[Moved, ...]:
    """The services that made a difference in a month, the largest first; `day`: of the report."""
    return tuple(sorted(moved(_in_force(conn), month, day), key=lambda one: (-abs(one.minor), one.service_id)))


def names_of(conn: Connection, customer_ids: Collection[int]) -> Mapping[int, str]:
    """Customers by their numbers."""
    query = select(customers.c.id, customers.c.name).where(customers.c.id.in_(set(customer_ids)))
    return {row.id: line(row.name) for row in conn.execute(query)}


def service_names(conn: Connection, service_ids: Collection[int]) -> Mapping[int, str]:
    """Services by their numbers."""
    query = select(services.c.id, services.c.name).where(services.c.id.in_(set(service_ids)))
    return {row.id: line(row.name) for row in conn.execute(query)}


def _signed(kind: str, count: int, net: int, tax: int) -> tuple[bool, int, int, int]:
    is_invoice = kind == DocumentKind.INVOICE
    return (is_invoice, count, net, tax) if is_invoice else (is_invoice, count, -net, -tax)


def _in_force(conn: Connection) -> Iterator[InForce]:
    """Every service that recurs or did, but for what is pending and what is billed elsewhere."""
    terms: dict[int, list[Term]] = defaultdict(list)
    for row in conn.execute(_TERMS):
        tax = read_rate(row.tax_rate) if row.tax_included and row.tax_rate else None
        terms[row.service_id].append(Term(row.from_on, row.months, row.price_minor, tax))
    for one in conn.execute(_SERVICES).mappings():
        yield InForce(
            one["id"],
            one["customer_id"],
            one["currency"],
            one["started_on"],
            min((day for day in (one["ended_on"] or one["cancel_on"], one["suspended_on"]) if day), default=None),
            one["anchor_on"],
            tuple(terms[one["id"]]),
            discounts.read(one),
        )


_OPEN_NOW = (
    select(
        invoices.c.customer_id,
        invoices.c.currency,
        invoices.c.due_on,
        invoices.c.zone,
        func.sum(invoices.c.open_minor).label("minor"),
        func.count().label("how_many"),
    )
    .where(invoices.c.state == DocumentState.ISSUED.value, invoices.c.kind == DocumentKind.INVOICE.value)
    .where(invoices.c.open_minor > 0)
    .group_by(invoices.c.customer_id, invoices.c.currency, invoices.c.due_on, invoices.c.zone)
)
_MINOR = func.sum(ledger_entries.c.amount_minor)
_OWED = (
    select(
        ledger_entries.c.customer_id,
        ledger_entries.c.invoice_id,
        ledger_transactions.c.currency,
        _MINOR.label("minor"),
        func.min(ledger_transactions.c.on_date).label("since"),
    )
    .join(ledger_transactions, ledger_transactions.c.id == ledger_entries.c.transaction_id)
    .where(ledger_entries.c.account == RECEIVABLE, ledger_transactions.c.on_date <= bindparam("the_day"))
    .group_by(ledger_entries.c.customer_id, ledger_entries.c.invoice_id, ledger_transactions.c.currency)
    .having(_MINOR != 0)
    .subquery()
)
_DUE = func.coalesce(invoices.c.due_on, _OWED.c.since)  # what is owed without an invoice is due at once
_OPEN_ON = (
    select(
        _OWED.c.customer_id,
        _OWED.c.currency,
        _DUE.label("due_on"),
        func.sum(_OWED.c.minor).label("minor"),
        func.count().label("how_many"),
    )
    .outerjoin(invoices, invoices.c.id == _OWED.c.invoice_id)
    .group_by(_OWED.c.customer_id, _OWED.c.currency, _DUE)
)
_ISSUED = (
    select(
        invoices.c.kind,
        invoices.c.currency,
        invoices.c.issued_on,
        func.count().label("how_many"),
        func.sum(invoices.c.net_minor).label("net"),
        func.sum(invoices.c.tax_minor).label("tax"),
    )
    .where(invoices.c.issued_on.between(bindparam("the_first"), bindparam("the_day")))
    .group_by(invoices.c.kind, invoices.c.currency, invoices.c.issued_on)
)
_BILLED = (
    select(
        invoices.c.kind,
        invoices.c.currency,
        invoices.c.issued_on,
        invoice_lines.c.period_start,
        invoice_lines.c.period_end,
        func.sum(invoice_lines.c.net_minor).label("net"),
    )
    .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
    .where(invoices.c.issued_on <= bindparam("the_day"))
    .where(or_(invoices.c.issued_on >= bindparam("the_first"), invoice_lines.c.period_end > bindparam("the_first")))
    .group_by(
        invoices.c.kind,
        invoices.c.currency,
        invoices.c.issued_on,
        invoice_lines.c.period_start,
        invoice_lines.c.period_end,
    )
)
_LAST_RATE = (
    select(invoice_lines.c.tax_rate)
    .where(invoice_lines.c.service_id == service_terms.c.service_id, invoice_lines.c.inclusive)
    .order_by(invoice_lines.c.invoice_id.desc(), invoice_lines.c.position)
    .limit(1)
    .scalar_subquery()
)
_TERMS = (
    select(
        service_terms.c.service_id,
        service_terms.c.from_on,
        service_terms.c.months,
        service_terms.c.price_minor,
        products.c.tax_included,
        case((products.c.tax_included, _LAST_RATE), else_=None).label("tax_rate"),
    )
    .join(products, products.c.id == service_terms.c.product_id)
    .where(service_terms.c.months != ONE_TIME)
    .order_by(service_terms.c.service_id, service_terms.c.from_on, service_terms.c.id)
)
_SERVICES = (
    select(
        services.c.id,
        services.c.customer_id,
        services.c.currency,
        services.c.started_on,
        services.c.anchor_on,
        services.c.ended_on,
        services.c.cancel_on,
        services.c.suspended_on,
        *discounts.COLUMNS,
    )
    .outerjoin(billing_accounts, billing_accounts.c.customer_id == services.c.customer_id)
    .where(services.c.state != State.PENDING.value)
    .where(or_(billing_accounts.c.billed_elsewhere.is_(None), billing_accounts.c.billed_elsewhere.is_(False)))
    .order_by(services.c.id)
)
