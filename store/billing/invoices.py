"""Rows of documents as they were issued: only what is open of them changes, and what settles it stands beside them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, bindparam, case, exists, func, insert, select, update

from mailgate.billing.document.frozen import Frozen, Heading
from mailgate.billing.document.invoice import DocumentKind, DocumentState, Reckoned
from mailgate.billing.dunning import CREATED
from mailgate.billing.payment.allocation import Allocation, OpenInvoice
from store.billing import lines
from store.rows import Rows
from store.schema import allocations, dunning_steps, invoices

_OPEN = and_(
    invoices.c.kind == DocumentKind.INVOICE.value,
    invoices.c.state == DocumentState.ISSUED.value,
    invoices.c.open_minor > 0,
)
_ADD = insert(invoices).returning(invoices.c.id, sort_by_parameter_order=True)
_LOWER = (
    update(invoices)
    .where(invoices.c.id == bindparam("the_id"), invoices.c.open_minor >= bindparam("the_amount"))
    .values(open_minor=invoices.c.open_minor - bindparam("the_amount"))
)
_OPEN_OF = (
    select(invoices)
    .where(_OPEN, invoices.c.customer_id == bindparam("the_customer"))
    .order_by(invoices.c.due_on, invoices.c.id)
)
_OPEN_OF_SEVERAL = (
    select(invoices)
    .where(_OPEN, invoices.c.customer_id.in_(bindparam("ids", expanding=True)))
    .order_by(invoices.c.due_on, invoices.c.id)
)
_GET = select(invoices).where(invoices.c.id == bindparam("the_id"))
_OF_IDS = invoices.c.id.in_(bindparam("ids", expanding=True))
_SEVERAL = select(invoices).where(_OF_IDS).order_by(invoices.c.id)
_SETTLED_BY = (
    select(allocations)
    .where(allocations.c.invoice_id == bindparam("the_id"), allocations.c.reversed_at.is_(None))
    .order_by(allocations.c.id)
)
_DONE = (
    update(invoices)
    .where(_OF_IDS, invoices.c.open_minor == 0, invoices.c.state == DocumentState.ISSUED.value)
    .values(state=bindparam("new_state"), settled_at=bindparam("the_instant"), step_at=None)
)
_WAS_BROUGHT = exists().where(dunning_steps.c.invoice_id == invoices.c.id, dunning_steps.c.step == CREATED.name)
# The ladder has nothing more to do, unless it has still to bring an invoice that was paid at once.
_PAID = _DONE.values(step_at=case((_WAS_BROUGHT, None), else_=invoices.c.step_at))
_ALLOCATE = insert(allocations).returning(allocations.c.id, sort_by_parameter_order=True)


@dataclass(frozen=True, slots=True)
class Issued:
    """A document as it stands."""

    id: int
    kind: DocumentKind
    number: str
    customer_id: int
    currency: str
    issued_on: date
    issued_at: datetime
    due_on: date
    zone: str
    language: str
    original_id: int | None  # the invoice of which alone it gives something back
    run_id: int | None
    state: DocumentState
    net_minor: int
    tax_minor: int
    total_minor: int
    open_minor: int
    reference: str
    model: str
    sha256: str
    settled_at: datetime | None
    step_at: datetime | None = None  # when the ladder looks at it next; None: no more


@dataclass(frozen=True, slots=True)
class Settled:
    """So much was set against an invoice."""

    id: int
    invoice_id: int
    source: str
    source_id: int | None
    amount_minor: int
    made_at: datetime
    reversed_at: datetime | None


@dataclass(frozen=True, slots=True)
class New:
    """A document that is issued now."""

    heading: Heading
    frozen: Frozen
    reckoned: Reckoned
    year: int
    serial: int
    customer_id: int
    zone: str
    original_id: int | None = None
    run_id: int | None = None
    step_at: datetime | None = None  # when the ladder looks at it first, if something of it is open


_ISSUED, _SETTLED = Rows(Issued), Rows(Settled)


def add(conn: Connection, together: Sequence[New], *, now: datetime) -> list[int]:
    """Write documents with their lines and taxes; returns their ids in the same order."""
    if not together:
        return []
    ids = [int(one) for one in conn.execute(_ADD, [_document(one, now) for one in together]).scalars()]
    lines.add(conn, [(number, one.reckoned) for number, one in zip(ids, together, strict=True)])
    return ids


def as_issued(invoice_id: int, new: New, *, now: datetime) -> Issued:
    """A document that has just been written, as `get` reads it."""
    return _ISSUED.read({"id": invoice_id, **_document(new, now)})


def find(conn: Connection, number: str, kind: DocumentKind = DocumentKind.INVOICE) -> Issued | None:
    """A document by its number; None when there is none of this kind."""
    query = select(invoices).where(invoices.c.number == number, invoices.c.kind == kind.value)
    row = conn.execute(query).mappings().first()
    return _ISSUED.read(row) if row else None


def customers_of(conn: Connection, numbers: Collection[str]) -> tuple[int, ...]:
    """Whose invoices have these numbers, ascending; numbers of none are left out."""
    query = select(invoices.c.customer_id).where(
        invoices.c.number.in_(list(numbers)), invoices.c.kind == DocumentKind.INVOICE.value
    )
    return tuple(conn.execute(query.distinct().order_by(invoices.c.customer_id)).scalars()) if numbers else ()


def get(conn: Connection, invoice_id: int) -> Issued:
    """A document by its id. Raises LookupError."""
    row = conn.execute(_GET, {"the_id": invoice_id}).mappings().first()
    if row is None:
        raise LookupError(f"there is no document {invoice_id}")
    return _ISSUED.read(row)


def several(conn: Connection, ids: Collection[int]) -> tuple[Issued, ...]:
    """Documents by their ids, ascending; of an id that there is none of, nothing."""
    if not ids:
        return ()
    return tuple(map(_ISSUED.read, conn.execute(_SEVERAL, {"ids": list(ids)}).mappings()))


def listing(
    conn: Connection,
    kind: DocumentKind = DocumentKind.INVOICE,
    *,
    customer_id: int | None = None,
    state: DocumentState | None = None,
    run_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Issued, ...]:
    """Documents of a kind in the order of their issue."""
    query = select(invoices).where(invoices.c.kind == kind.value, invoices.c.id > after)
    if customer_id is not None:
        query = query.where(invoices.c.customer_id == customer_id)
    if state is not None:
        query = query.where(invoices.c.state == state.value)
    if run_id is not None:
        query = query.where(invoices.c.run_id == run_id)
    return tuple(_ISSUED.read(row) for row in conn.execute(query.order_by(invoices.c.id).limit(limit)).mappings())


def numbers(conn: Connection, ids: Collection[int]) -> dict[int, str]:
    """The numbers of documents, by their ids."""
    if not ids:
        return {}
    query = select(invoices.c.id, invoices.c.number).where(invoices.c.id.in_(list(ids)))
    return {row.id: row.number for row in conn.execute(query)}


def first_day(conn: Connection, ids: Collection[int]) -> date | None:
    """The day on which the first of these documents was issued; None where there are none."""
    if not ids:
        return None
    return conn.execute(select(func.min(invoices.c.issued_on)).where(invoices.c.id.in_(list(ids)))).scalar()


def taxed_in(conn: Connection, *, since: date) -> tuple[str, ...]:
    """The currencies of documents with tax that were issued on a day or later."""
    query = select(invoices.c.currency).where(invoices.c.issued_on >= since, invoices.c.tax_minor != 0)
    return tuple(conn.execute(query.distinct().order_by(invoices.c.currency)).scalars())


def settled(conn: Connection, invoice_id: int) -> tuple[Settled, ...]:
    """What was set against an invoice, and stands."""
    return tuple(map(_SETTLED.read, conn.execute(_SETTLED_BY, {"the_id": invoice_id}).mappings()))


def open_of(
    conn: Connection, customer_id: int, currency: str | None = None, *, due_by: date | None = None
) -> tuple[Issued, ...]:
    """Invoices of an account of which something is open, oldest due first; only those due by a day."""
    query = _OPEN_OF
    if currency is not None:
        query = query.where(invoices.c.currency == currency)
    if due_by is not None:
        query = query.where(invoices.c.due_on <= due_by)
    return tuple(map(_ISSUED.read, conn.execute(query, {"the_customer": customer_id}).mappings()))


def open_of_several(conn: Connection, customer_ids: Collection[int]) -> dict[int, list[Issued]]:
    """By account: invoices of which something is open, oldest due first."""
    found: dict[int, list[Issued]] = {}
    for row in conn.execute(_OPEN_OF_SEVERAL, {"ids": list(customer_ids)}).mappings():
        found.setdefault(row["customer_id"], []).append(_ISSUED.read(row))
    return found


def to_settle(found: Iterable[Issued]) -> tuple[OpenInvoice, ...]:
    """The same as the rule of allocation takes them."""
    return tuple(OpenInvoice(one.id, one.due_on, one.open_minor) for one in found)


def settle(
    conn: Connection,
    together: Sequence[Allocation],
    *,
    source: str,
    source_id: int | None,
    now: datetime,
    to: DocumentState = DocumentState.PAID,
) -> list[int]:
    """Set amounts against invoices, which the caller has locked; one of which nothing is open then is paid.

    `to`: the state of what is settled by something else than money. Returns the ids of the allocations.
    """
    if not together:
        return []
    rows = [{"the_id": one.invoice_id, "the_amount": one.amount_minor} for one in together]
    if conn.execute(_LOWER, rows).rowcount != len(rows):
        raise AssertionError("an invoice has less open than was read under the account's lock")
    ids = [one.invoice_id for one in together]
    done = _PAID if to is DocumentState.PAID else _DONE
    conn.execute(done, {"ids": ids, "new_state": to.value, "the_instant": now})
    values = [
        {
            "invoice_id": one.invoice_id,
            "source": source,
            "source_id": source_id,
            "amount_minor": one.amount_minor,
            "made_at": now,
        }
        for one in together
    ]
    return [int(one) for one in conn.execute(_ALLOCATE, values).scalars()]


def close(conn: Connection, invoice_id: int, state: DocumentState, *, now: datetime) -> None:
    """Nothing of it is open any more, for another reason than money."""
    conn.execute(
        update(invoices)
        .where(invoices.c.id == invoice_id)
        .values(state=state.value, open_minor=0, settled_at=now, step_at=None)
    )


def reverse(conn: Connection, invoice_id: int, *, now: datetime) -> None:
    """What was set against an invoice is so no longer."""
    conn.execute(
        update(allocations)
        .where(allocations.c.invoice_id == invoice_id, allocations.c.reversed_at.is_(None))
        .values(reversed_at=now)
    )


def _document(one: New, now: datetime) -> dict[str, object]:
    heading, total = one.heading, one.reckoned.total_minor
    is_open = heading.kind is DocumentKind.INVOICE and total > 0
    return {
        "kind": heading.kind.value,
        "series_year": one.year,
        "serial": one.serial,
        "number": heading.number,
        "customer_id": one.customer_id,
        "currency": heading.currency,
        "issued_on": heading.issued_on,
        "issued_at": now,
        "due_on": heading.due_on,
        "zone": one.zone,
        "language": heading.language,
        "original_id": one.original_id,
        "run_id": one.run_id,
        # A credit note is settled by what it is set against; an invoice of nothing has nothing to settle.
        "state": (DocumentState.ISSUED if is_open else DocumentState.PAID).value,
        "net_minor": one.reckoned.net_minor,
        "tax_minor": one.reckoned.tax_minor,
        "total_minor": total,
        "open_minor": total if is_open else 0,
        "reference": one.frozen.reference,
        "model": one.frozen.model,
        "sha256": one.frozen.sha256,
        "settled_at": None if is_open else now,
        "step_at": one.step_at if is_open else None,
    }
