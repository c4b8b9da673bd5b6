"""What an export holds of a customer's money: services, documents as issued, payments, promises, and the journal."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.offer.discount import Discount
from mailgate.billing.offer.product import cycle_word
from mailgate.billing.service import Service
from store.billing import catalogue, invoices, ledger, payments, promises, services
from store.billing.invoices import Issued
from store.billing.promises import Promise

Named = tuple[str, Any]
"""The name of a file, and what stands in it as JSON."""

AT_ONCE = 500

_SHOWN = ("id", "method", "reference", "currency", "amount_minor", "received_on", "recorded_at")


def money(conn: Connection, customer_id: int) -> Iterator[Named]:
    """The files, in their order."""
    yield "services.json", [_service(conn, one) for one in services.listing(conn, customer_id=customer_id)]
    rows = []
    for one in _documents(conn, customer_id):
        name = f"documents/{one.kind.value}-{one.id}.json"
        yield name, json.loads(one.model)
        rows.append({**_about(one), "document": name})
    yield "documents.json", rows
    received = payments.listing(conn, customer_id=customer_id)
    yield "payments.json", [{name: asdict(one)[name] for name in _SHOWN} for one in received]
    yield "promises.json", [_promise(conn, one) for one in promises.listing(conn, customer_id)]
    yield "journal.json", list(_journal(conn, customer_id))


def _promise(conn: Connection, one: Promise) -> dict[str, Any]:
    number = invoices.get(conn, one.invoice_id).number if one.invoice_id is not None else None
    by = one.said_by.partition(" <")[0]  # a colleague's address is not the customer's to have
    said = {"kind": one.kind, "until_on": one.until_on, "said_at": one.said_at, "said_by": by}
    return {"invoice": number, **said, "ended_at": one.ended_at, "outcome": one.outcome}


def _service(conn: Connection, one: Service) -> dict[str, Any]:
    product = catalogue.product(conn, one.product_id)
    billed = [
        {"period_start": each.period.start, "period_end": each.period.last, "price_minor": each.price_minor}
        for each in services.billed(conn, one.id)
    ]
    return {
        "id": one.id,
        "sku": product.sku if product else None,
        "name": one.name,
        "domain": one.domain,
        "parent": one.parent_id,
        "cycle": cycle_word(one.months),
        "price_minor": one.price_on(one.billed_through),
        "list_minor": one.price_minor,
        "promotion": _promotion(one.discount) if one.discount else None,
        "currency": one.currency,
        "options": dict(one.options),
        "state": one.state,
        "started_on": one.started_on,
        "ended_on": one.ended_on,
        "billed": billed,
    }


def _promotion(one: Discount) -> dict[str, Any]:
    found = {"code": one.code, "percent": one.percent or None, "amount_minor": one.amount_minor or None}
    return {**found, "until": one.last_on}


def _documents(conn: Connection, customer_id: int) -> Iterator[Issued]:
    for kind in DocumentKind:
        after = 0
        while found := invoices.listing(conn, kind, customer_id=customer_id, after=after, limit=AT_ONCE):
            yield from found
            after = found[-1].id


def _about(one: Issued) -> dict[str, Any]:
    names = ("kind", "number", "issued_on", "due_on", "state", "currency", "net_minor", "tax_minor")
    return {name: getattr(one, name) for name in (*names, "total_minor", "open_minor", "sha256")}


def _journal(conn: Connection, customer_id: int) -> Iterator[dict[str, Any]]:
    after = 0
    while found := ledger.listing(conn, customer_id=customer_id, after=after, limit=AT_ONCE):
        for one in found:
            entries = [{"account": entry.account, "amount_minor": entry.amount_minor} for entry in one.entries]
            about = {"id": one.id, "date": one.on_date, "kind": one.kind, "currency": one.currency}
            yield {**about, "entries": entries}
        after = found[-1].id
