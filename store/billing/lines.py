"""Rows of the lines and taxes of documents; nothing of them ever changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from mailgate.billing.document.invoice import Reckoned
from store.rows import Rows
from store.schema import invoice_lines, invoice_taxes


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document, as it was issued."""

    invoice_id: int
    position: int
    kind: str
    sort: str
    service_id: int | None
    text: str
    period_start: date | None
    period_end: date | None  # the day after the last
    amount_minor: int
    inclusive: bool
    net_minor: int
    tax_minor: int
    tax_rate: str
    tax_category: str
    tax_name: str
    tax_reason: str
    original_id: int | None  # the invoice of which it gives something back


_LINE = Rows(Line)


def add(conn: Connection, together: Sequence[tuple[int, Reckoned]]) -> None:
    """Write the lines and taxes of documents, by their ids."""
    lines = [row for number, reckoned in together for row in _lines(number, reckoned)]
    if lines:
        conn.execute(insert(invoice_lines), lines)
    of_groups = [row for number, reckoned in together for row in _taxes(number, reckoned)]
    if of_groups:
        conn.execute(insert(invoice_taxes), of_groups)


def as_issued(invoice_id: int, reckoned: Reckoned) -> tuple[Line, ...]:
    """The lines of a document that has just been issued, as `of` reads them."""
    return tuple(Line(**row) for row in _lines(invoice_id, reckoned))


def of(conn: Connection, invoice_id: int) -> tuple[Line, ...]:
    """The lines of a document in their order."""
    query = select(invoice_lines).where(invoice_lines.c.invoice_id == invoice_id).order_by(invoice_lines.c.position)
    return tuple(_LINE.read(row) for row in conn.execute(query).mappings())


def ids_with(conn: Connection, service_id: int) -> tuple[int, ...]:
    """The documents that have a line of a service, in the order of their issue."""
    query = select(invoice_lines.c.invoice_id).where(invoice_lines.c.service_id == service_id).distinct()
    return tuple(conn.execute(query.order_by(invoice_lines.c.invoice_id)).scalars())


def taxes(conn: Connection, invoice_id: int) -> tuple[Mapping[str, Any], ...]:
    """The tax groups of a document: category, rate, name, net_minor, tax_minor."""
    query = select(invoice_taxes).where(invoice_taxes.c.invoice_id == invoice_id).order_by(invoice_taxes.c.position)
    return tuple(dict(row) for row in conn.execute(query).mappings())


def taxes_as_issued(invoice_id: int, reckoned: Reckoned) -> tuple[Mapping[str, Any], ...]:
    """The same of its tax groups, as `taxes` reads them."""
    return tuple(_taxes(invoice_id, reckoned))


def _lines(number: int, reckoned: Reckoned) -> Iterable[dict[str, Any]]:
    for position, line in enumerate(reckoned.lines, 1):
        charge = line.charge
        yield {
            "invoice_id": number,
            "position": position,
            "kind": charge.kind.value,
            "sort": charge.sort,
            "service_id": charge.service_id,
            "text": charge.text,
            "period_start": charge.period.start if charge.period else None,
            "period_end": charge.period.end if charge.period else None,
            "amount_minor": charge.amount_minor,
            "inclusive": charge.taxed.inclusive,
            "net_minor": line.net_minor,
            "tax_minor": line.tax_minor,
            "tax_rate": charge.rate.text,
            "tax_category": charge.category,
            "tax_name": charge.taxed.name,
            "tax_reason": charge.taxed.reason,
            "original_id": charge.original_id,
        }


def _taxes(number: int, reckoned: Reckoned) -> Iterable[dict[str, Any]]:
    for position, tax in enumerate(reckoned.taxes, 1):
        yield {
            "invoice_id": number,
            "position": position,
            "category": tax.category,
            "rate": tax.rate.text,
            "name": tax.name,
            "net_minor": tax.net_minor,
            "tax_minor": tax.tax_minor,
        }
