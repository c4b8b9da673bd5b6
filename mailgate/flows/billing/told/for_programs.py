"""Services and documents as programs get them: what `--json` prints, and what hooks are told."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailgate.billing.document.invoice import DocumentKind, is_late
from mailgate.billing.draft import is_billed
from mailgate.billing.offer.discount import Discount
from mailgate.billing.offer.product import cycle_word
from mailgate.billing.period import local_date
from mailgate.billing.service import Service
from mailgate.flows.billing.books import Books
from store.billing import credited, invoices, lines, payments
from store.billing.invoices import Issued
from store.billing.lines import Line

Values = dict[str, object]


def service_row(conn: Connection, books: Books, one: Service) -> Values:
    """A service in a list; its customer by the number."""
    next_due = one.billed_through if one.is_recurring and is_billed(one, books.rhythm) else None
    if next_due and one.cancel_on and next_due >= one.cancel_on:
        next_due = None
    return {
        "id": one.id,
        "customer": one.customer_id,
        "sku": books.product(conn, one.product_id).sku,
        "name": one.name,
        "state": one.state.value,
        "cycle": cycle_word(one.months),
        "next_due_on": _day(next_due),
        "amount_minor": one.price_on(one.billed_through),
        "currency": one.currency,
        "list_minor": one.price_minor,
        "promotion": promotion(one.discount_on(one.billed_through), one.months),
    }


def service_object(conn: Connection, books: Books, one: Service) -> Values:
    """A service with all that is known of it, but for the days that were billed."""
    return {
        **service_row(conn, books, one),
        "domain": one.domain,
        "parent": one.parent_id,
        "options": dict(one.options),
        "started_on": one.started_on.isoformat(),
        "ends_on": _day(one.cancel_on),
        "ended_on": _day(one.ended_on),
        "suspended_on": _day(one.suspended_on),
        "suspended_for": one.suspended_for,
        "reason": one.reason,
        "next_price_on": _day(one.next_on),
        "next_price_minor": one.by_next_terms().price_on(one.next_on) if one.next_on else None,
        "external_id": one.external_id,
    }


def promotion(one: Discount | None, months: int) -> Mapping[str, object] | None:
    """What makes a cycle cheaper; `until` is the last day on which a period may begin."""
    if one is None:
        return None
    return {
        "code": one.code,
        "percent": one.percent or None,
        "amount_minor": one.amount_off(months) or None,
        "until": _day(one.last_on),
    }


def document_row(one: Issued, now: datetime) -> Values:
    """A document in a list; its customer by the number."""
    today = local_date(now, ZoneInfo(one.zone))
    return {
        "number": one.number,
        "kind": one.kind.value,
        "state": one.state.value,
        "customer": one.customer_id,
        "issued_on": one.issued_on.isoformat(),
        "due_on": one.due_on.isoformat(),
        "net_minor": one.net_minor,
        "tax_minor": one.tax_minor,
        "total_minor": one.total_minor,
        "open_minor": one.open_minor,
        "currency": one.currency,
        "late": one.kind is DocumentKind.INVOICE and is_late(one.state, one.due_on, today=today),
    }


def document_object(conn: Connection, one: Issued, now: datetime) -> Values:
    """A document with all that is known of it."""
    return {
        **document_row(one, now),
        "reference": one.reference,
        **_content(lines.of(conn, one.id), lines.taxes(conn, one.id)),
        "payments": [_settled(conn, settled) for settled in invoices.settled(conn, one.id)],
        "credit_notes": [note.number for note in credited.notes(conn, one.id)],
        "originals": list(invoices.numbers(conn, credited.originals(conn, one.id)).values()),
        "sha256": one.sha256,
    }


def fresh_document(
    one: Issued, of_it: Iterable[Line], taxes: Iterable[Mapping[str, Any]], originals: Iterable[str], now: datetime
) -> Values:
    """The same of one that was issued in this transaction: nothing is set against it yet, and nothing is read."""
    return {
        **document_row(one, now),
        "reference": one.reference,
        **_content(of_it, taxes),
        "payments": [],
        "credit_notes": [],
        "originals": list(originals),
        "sha256": one.sha256,
    }


def _content(of_it: Iterable[Line], taxes: Iterable[Mapping[str, Any]]) -> Values:
    of_taxes = ("category", "rate", "name", "net_minor", "tax_minor")
    return {
        "lines": [_line(line) for line in of_it],
        "taxes": [{key: tax[key] for key in of_taxes} for tax in taxes],
    }


def _line(line: Line) -> Values:
    last = line.period_end - timedelta(days=1) if line.period_end else None
    return {
        "kind": line.kind,
        "text": line.text,
        "service": line.service_id,
        "period_start": _day(line.period_start),
        "period_end": _day(last),
        "net_minor": line.net_minor,
        "tax_rate": line.tax_rate,
        "tax_category": line.tax_category,
        "tax_minor": line.tax_minor,
        "gross_minor": line.net_minor + line.tax_minor,
    }


def _settled(conn: Connection, one: invoices.Settled) -> Values:
    found: Values = {
        "source": one.source,
        "amount_minor": one.amount_minor,
        "at": one.made_at,
        "id": one.source_id,
        "method": one.source,
        "reference": None,
    }
    if one.source == "payment" and one.source_id is not None:
        payment = payments.get(conn, one.source_id)
        found |= {
            "method": payment.method,
            "reference": payment.reference,
            "received_on": _day(payment.received_on),
        }
    return found


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
