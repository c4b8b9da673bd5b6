"""Rows of services: what customers have, on which terms, and which of their days are billed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from mailgate.billing.change import Billed
from mailgate.billing.document.invoice import TaxedAs
from mailgate.billing.period import Span
from mailgate.billing.service import ENDED, Service, State
from mailgate.billing.tax.groups import read_rate
from mailgate.errors import MailgateError
from store.billing import discounts
from store.rows import Rows, insert_row
from store.schema import billed_periods, invoice_lines, products, service_terms, services

_SERVICE = Rows(Service, discount=discounts.read)
_ALIVE = tuple(state.value for state in State if state not in ENDED)
_OF_ACCOUNTS = (
    select(services)
    .where(services.c.customer_id.in_(bindparam("ids", expanding=True)), services.c.state.in_(_ALIVE))
    .order_by(services.c.customer_id, services.c.id)
)
_ADVANCE = (
    update(services)
    .where(services.c.id == bindparam("the_id"), services.c.billed_through == bindparam("the_start"))
    .values(billed_through=bindparam("the_end"))
)
_HAVE_NEXT_TERMS = (
    select(services.c.id)
    .where(services.c.id.in_(bindparam("ids", expanding=True)), services.c.next_on.is_not(None))
    .limit(1)
)
_RENEW_TERMS = (
    update(services)
    .where(services.c.id == bindparam("the_id"), services.c.next_on <= bindparam("the_start"))
    .values(
        product_id=services.c.next_product_id,
        price_minor=services.c.next_price_minor,
        options=services.c.next_options,
        next_on=None,
        next_product_id=None,
        next_price_minor=None,
        next_options=[],
    )
)
_OF_LINE = ("text", "sort", "inclusive", "tax_rate", "tax_category", "tax_name", "tax_reason")
_LINE = [invoice_lines.c[name] for name in _OF_LINE]
_PERIODS = (
    select(billed_periods, *_LINE, func.coalesce(invoice_lines.c.original_id, billed_periods.c.invoice_id).label("of"))
    .outerjoin(
        invoice_lines,
        (invoice_lines.c.invoice_id == billed_periods.c.invoice_id)
        & (invoice_lines.c.position == billed_periods.c.position),
    )
    .where(billed_periods.c.released_at.is_(None))
    .order_by(billed_periods.c.service_id, billed_periods.c.period_start)
)


class Overtaken(MailgateError):
    """Somebody else has billed the same days meanwhile: the whole is done again."""


@dataclass(frozen=True, slots=True)
class Advance:
    """The days of a service from `start` to `end` are billed."""

    service_id: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Claim:
    """Billed days, with the line that bills them."""

    service_id: int
    period: Span
    cycle: Span
    price_minor: int
    invoice_id: int | None
    position: int


def add(conn: Connection, service: Service, *, now: datetime, by: str) -> Service:
    """Write down a new service, whose own id does not count, and its first terms; returns it with its id."""
    number = insert_row(conn, insert(services), {**_columns(service), "created_at": now})
    found = get(conn, number)
    add_terms(conn, found, from_on=service.started_on, now=now, by=by)
    return found


def add_terms(conn: Connection, service: Service, *, from_on: date, now: datetime, by: str) -> None:
    """Keep on what it is sold from a day on; former terms stay."""
    values = {
        "service_id": service.id,
        "from_on": from_on,
        "product_id": service.product_id,
        "months": service.months,
        "price_minor": service.price_minor,
        "options": [list(option) for option in service.options],
        "agreed_at": now,
        "agreed_by": by,
    }
    conn.execute(insert(service_terms), values)


def drop_next_terms(conn: Connection, service: Service) -> None:
    """Terms that were agreed and have not begun are put off or taken back."""
    if service.next_on is None:
        return
    is_this = service_terms.c.service_id == service.id
    is_next = service_terms.c.from_on == service.next_on
    conn.execute(delete(service_terms).where(is_this, is_next, service_terms.c.product_id == service.next_product_id))


def on_former_terms(conn: Connection, service: Service) -> Service:
    """The service as it was sold on the first day that nothing bills any more, and its terms of now as the next.

    Itself where its terms of now counted on that day already.
    """
    query = select(service_terms).where(service_terms.c.service_id == service.id).order_by(service_terms.c.id.desc())
    agreed = conn.execute(query).all()
    then = next((one for one in agreed if one.from_on <= service.billed_through), None)
    if then is None or service.next_on is not None or not agreed or agreed[0].from_on <= service.billed_through:
        return service
    if (agreed[0].product_id, agreed[0].months) != (service.product_id, then.months):
        return service
    return replace(
        service,
        product_id=then.product_id,
        price_minor=then.price_minor,
        options=tuple(map(tuple, then.options)),
        next_on=agreed[0].from_on,
        next_product_id=service.product_id,
        next_price_minor=service.price_minor,
        next_options=service.options,
    )


def find(conn: Connection, service_id: int) -> Service | None:
    """A service; None when there is none of this number."""
    row = conn.execute(select(services).where(services.c.id == service_id)).mappings().first()
    return _SERVICE.read(row) if row else None


def find_external(conn: Connection, external_id: str) -> Service | None:
    """The service that had this id in an older system."""
    row = conn.execute(select(services).where(services.c.external_id == external_id)).mappings().first()
    return _SERVICE.read(row) if row else None


def get(conn: Connection, service_id: int) -> Service:
    """The same of an id that was read from a row of ours. Raises LookupError."""
    service = find(conn, service_id)
    if service is None:
        raise LookupError(f"there is no service {service_id}")
    return service


def of_accounts(conn: Connection, customer_ids: Iterable[int]) -> dict[int, list[Service]]:
    """The services of these customers that have not ended."""
    found: dict[int, list[Service]] = {}
    for row in conn.execute(_OF_ACCOUNTS, {"ids": list(customer_ids)}).mappings():
        found.setdefault(row["customer_id"], []).append(_SERVICE.read(row))
    return found


def listing(
    conn: Connection,
    *,
    customer_id: int | None = None,
    state: State | None = None,
    parent_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Service, ...]:
    """Services in the order in which they were added."""
    query = select(services).where(services.c.id > after).order_by(services.c.id).limit(limit)
    if customer_id is not None:
        query = query.where(services.c.customer_id == customer_id)
    if state is not None:
        query = query.where(services.c.state == state.value)
    if parent_id is not None:
        query = query.where(services.c.parent_id == parent_id)
    return tuple(_SERVICE.read(row) for row in conn.execute(query).mappings())


def write(conn: Connection, service: Service) -> None:
    """Write a service as it is now; its account is locked by the caller."""
    conn.execute(update(services).where(services.c.id == service.id).values(**_columns(service)))


def hold(conn: Connection, service_ids: Collection[int], until: date | None, *, by: str) -> None:
    """Keep these of an account, which this transaction has locked, out of runs through a day; None: no longer."""
    these = services.c.id.in_(list(service_ids))
    conn.execute(update(services).where(these).values(hold_until=until, hold_by=by if until else ""))


def held(conn: Connection, until: date) -> frozenset[tuple[int, str]]:
    """Of whom something is held back until a day, and in which currency."""
    query = select(services.c.customer_id, services.c.currency).where(services.c.hold_until == until)
    rows = conn.execute(query.where(services.c.state.in_(_ALIVE)).distinct())
    return frozenset((row.customer_id, row.currency) for row in rows)


def advance(conn: Connection, together: Sequence[Advance]) -> None:
    """Win these days: each service must be billed up to the start still. Raises Overtaken: then nothing may stay."""
    if not together:
        return
    rows = [{"the_id": one.service_id, "the_start": one.start, "the_end": one.end} for one in together]
    if conn.execute(_ADVANCE, rows).rowcount != len(rows):
        raise Overtaken("a period was billed by somebody else")


def renew_terms(conn: Connection, begun: Mapping[int, date]) -> None:
    """Newer terms are those of a service, once a period is billed that begins on their day or later; the days by id."""
    if not begun or conn.execute(_HAVE_NEXT_TERMS, {"ids": list(begun)}).first() is None:
        return
    conn.execute(_RENEW_TERMS, [{"the_id": number, "the_start": start} for number, start in begun.items()])


def claim(conn: Connection, together: Sequence[Claim]) -> None:
    """Keep which days were billed by which lines."""
    if together:
        conn.execute(insert(billed_periods), [_row(one) for one in together])


def billed(conn: Connection, service_id: int, *, not_over_on: date | None = None) -> tuple[Billed, ...]:
    """The billed days of a service, in their order, as their documents say; only those that end after a day."""
    query = _PERIODS.where(billed_periods.c.service_id == service_id)
    if not_over_on is not None:
        query = query.where(billed_periods.c.period_end > not_over_on)
    return tuple(_billed(row) for row in conn.execute(query).all())


def billed_by(conn: Connection, invoice_id: int) -> tuple[tuple[int, Billed], ...]:
    """What one document bills: the service, and its days."""
    query = _PERIODS.where(billed_periods.c.invoice_id == invoice_id)
    return tuple((row.service_id, _billed(row)) for row in conn.execute(query).all())


def cut(conn: Connection, one: Billed, *, end: date, now: datetime) -> None:
    """Billed days end earlier; at their start they are free again as a whole."""
    values: Mapping[str, object] = {"released_at": now} if end <= one.period.start else {"period_end": end}
    conn.execute(update(billed_periods).where(billed_periods.c.id == one.id).values(**values))


def sold_as_sku(conn: Connection, sku: str, *, after: int, limit: int) -> tuple[Service, ...]:
    """Services that have not ended and are sold as a product, in whatever version, behind an id, ascending."""
    query = (
        select(services)
        .join(products, products.c.id == services.c.product_id)
        .where(products.c.sku == sku, services.c.state.in_(_ALIVE), services.c.id > after)
        .order_by(services.c.id)
        .limit(limit)
    )
    return tuple(_SERVICE.read(row) for row in conn.execute(query).mappings())


def _columns(service: Service) -> dict[str, object]:
    return {**_SERVICE.columns(service), **discounts.columns(service.discount)}


def _row(one: Claim) -> dict[str, object]:
    return {
        "service_id": one.service_id,
        "period_start": one.period.start,
        "period_end": one.period.end,
        "cycle_start": one.cycle.start,
        "cycle_end": one.cycle.end,
        "price_minor": one.price_minor,
        "invoice_id": one.invoice_id,
        "position": one.position,
    }


def _billed(row: Any) -> Billed:
    taxed = None
    if row.tax_rate is not None:
        taxed = TaxedAs(row.inclusive, read_rate(row.tax_rate), row.tax_category, row.tax_name, row.tax_reason)
    return Billed(
        row.id,
        Span(row.period_start, row.period_end),
        Span(row.cycle_start, row.cycle_end),
        row.price_minor,
        row.invoice_id,
        row.position,
        row.text or "",
        row.sort or "",
        taxed,
        row.of,
    )
