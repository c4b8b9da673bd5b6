"""Services as pages show them: what customers have and had. What they cost is left out for whoever sees no money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.offer.discount import counting, price_on
from mailgate.billing.offer.product import Kind, cycle_word
from mailgate.billing.service import ENDED, State
from store.billing import discounts
from store.schema import billed_periods, invoice_lines, invoices, products, services
from store.views.paging import Listing, Page, Turn
from store.views.weight import fitting_lines, line

_FIRST = 2**40
"""Added to the number of what is current, so that it comes before all that is past."""

_MOST_ADD_ONS = 50


@dataclass(frozen=True, slots=True)
class Cheaper:
    """The promotion that counts for the next cycle: a percentage, as text, or an amount."""

    code: str
    percent: str  # "" for an amount
    amount_minor: int
    last_on: date | None  # the last day on which a period may begin; None: it never ends


@dataclass(frozen=True, slots=True)
class Cost:
    """What a service costs."""

    amount_minor: int  # of a whole cycle, less its promotion: what the next one costs
    currency: str
    tax_included: bool
    cheaper: Cheaper | None = None


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service in a list."""

    id: int
    customer_id: int
    name: str
    product: str
    kind: Kind
    domain: str  # "" for none
    parent_id: int | None
    parent: str  # the name of the service that an add-on is for
    state: State
    cycle: str  # the word for it
    started_on: date
    billed_through: date  # the first day that is not billed
    ends_on: date | None  # its last day, when it was cancelled to the end of a period
    ended_on: date | None
    suspended_on: date | None
    cost: Cost | None

    @property
    def is_recurring(self) -> bool:
        """It renews."""
        return self.cycle != "one-time"

    def next_due(self, bill_suspended: bool) -> date | None:
        """When the next of its invoices is due; None for what does not renew now. What rests may be billed as well."""
        renews = self.state is State.ACTIVE or (bill_suspended and self.state is State.SUSPENDED)
        if not self.is_recurring or not renews:
            return None
        return None if self.ends_on and self.billed_through > self.ends_on else self.billed_through


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How many there are of an option."""

    name: str
    count: int
    included: int


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """One service with what belongs to it."""

    line: ServiceLine
    description: str
    limits: tuple[tuple[str, str], ...]  # what is included, in words
    options: tuple[OptionCount, ...]
    add_ons: tuple[ServiceLine, ...]


@dataclass(frozen=True, slots=True)
class LastPaid:
    """What was billed last for a service, and whether it is paid."""

    number: str
    amount_minor: int  # with tax
    currency: str
    is_paid: bool


def listing(
    conn: Connection, customer_id: int, turn: Turn, *, state: State | None, domains: bool, money: bool
) -> Page[ServiceLine]:
    """A page of a customer's services: what is current first, and in both the newest first.

    `domains`: of those alone; otherwise of all else.
    """
    values = {"the_customer": customer_id, "the_state": state}
    page = _LISTINGS[domains, state is not None].page(conn, turn, **values)
    return page if money else replace(page, rows=tuple(replace(one, cost=None) for one in page.rows))


def current(conn: Connection, customer_id: int, *, limit: int, money: bool) -> tuple[ServiceLine, ...]:
    """What a customer has now, domains too, the newest first."""
    rows = conn.execute(_CURRENT, {"the_customer": customer_id, "most": limit}).mappings()
    found = (_line(row) for row in rows)
    return tuple(one if money else replace(one, cost=None) for one in found)


def renewing(conn: Connection, customer_id: int, *, limit: int) -> tuple[ServiceLine, ...]:
    """What renews next, the soonest first."""
    rows = conn.execute(_RENEWING, {"the_customer": customer_id, "most": limit}).mappings()
    return tuple(_line(row) for row in rows)


def count(conn: Connection, customer_id: int, *, limit: int) -> int:
    """How many services a customer has now; `limit` means that many or more."""
    return conn.execute(_COUNT, {"the_customer": customer_id, "most": limit}).scalar_one()


def find(conn: Connection, service_id: int, *, customer_id: int | None, money: bool) -> ServiceDetail | None:
    """One service; None when there is none with this number, or it is not this customer's."""
    query = _BY_ID if customer_id is None else _BY_ID.where(services.c.customer_id == customer_id)
    row = conn.execute(query, {"the_id": service_id}).mappings().first()
    if row is None:
        return None
    add_ons = conn.execute(_ADD_ONS, {"the_id": service_id}).mappings()
    found = [one if money else replace(one, cost=None) for one in map(_line, (row, *add_ons))]
    included = {one["name"]: one["included"] for one in row["product_options"]}
    return ServiceDetail(
        line=found[0],
        description=row["description"],
        limits=tuple((str(name), str(limit)) for name, limit in row["limits"]),
        options=tuple(OptionCount(name, many, included.get(name, 0)) for name, many in row["options"]),
        add_ons=tuple(found[1:]),
    )


def last_paid(conn: Connection, numbers: Sequence[int]) -> Mapping[int, LastPaid]:
    """What was billed last for each of these services; nothing for one that no document bills."""
    rows = conn.execute(_LAST_PAID, {"ids": list(numbers)}).mappings() if numbers else ()
    return {
        row["service_id"]: LastPaid(
            row["number"], row["amount_minor"], row["currency"], row["state"] == DocumentState.PAID.value
        )
        for row in rows
    }


def _line(row: RowMapping) -> ServiceLine:
    cancel_on = row["cancel_on"]
    return ServiceLine(
        id=row["number"],
        customer_id=row["customer_id"],
        name=line(row["name"]),
        product=line(row["product"]),
        kind=Kind(row["kind"]),
        domain=line(row["domain"]),
        parent_id=row["parent_id"],
        parent=line(row["parent"]),
        state=State(row["state"]),
        cycle=cycle_word(row["months"]),
        started_on=row["started_on"],
        billed_through=row["billed_through"],
        ends_on=date.fromordinal(cancel_on.toordinal() - 1) if cancel_on else None,
        ended_on=row["ended_on"],
        suspended_on=row["suspended_on"],
        cost=_cost(row),
    )


def _cost(row: RowMapping) -> Cost:
    begins_on, months, promised = row["billed_through"], row["months"], discounts.read(row)
    cheaper = None
    if (found := counting(promised, begins_on)) is not None:
        cheaper = Cheaper(found.code, found.percent, found.amount_off(months), found.last_on)
    return Cost(
        price_on(begins_on, row["price_minor"], months, promised), row["currency"], row["tax_included"], cheaper
    )


def _that_fit(rows: Sequence[ServiceLine]) -> int:
    return fitting_lines([(row.name, row.product, row.domain, row.parent) for row in rows])


_PARENT = services.alias("parent")
_IS_PAST = services.c.state.in_([state.value for state in ENDED])
_CURRENT_FIRST: ColumnElement[int] = (
    case((_IS_PAST, literal(0, BigInteger)), else_=literal(_FIRST, BigInteger)) + services.c.id
)
_SERVICE = (
    select(
        _CURRENT_FIRST.label("id"),
        services.c.id.label("number"),
        services.c.customer_id,
        services.c.name,
        services.c.domain,
        services.c.parent_id,
        _PARENT.c.name.label("parent"),
        services.c.state,
        services.c.months,
        services.c.price_minor,
        services.c.currency,
        services.c.started_on,
        services.c.billed_through,
        services.c.cancel_on,
        services.c.ended_on,
        services.c.suspended_on,
        *discounts.COLUMNS,
        products.c.name.label("product"),
        products.c.kind,
        products.c.tax_included,
    )
    .join(products, products.c.id == services.c.product_id)
    .outerjoin(_PARENT, _PARENT.c.id == services.c.parent_id)
)
_THEIRS = services.c.customer_id == bindparam("the_customer")
_IS_DOMAIN = products.c.kind == Kind.DOMAIN.value
_OF_STATE = services.c.state == bindparam("the_state")
_LISTINGS = {
    (domains, of_state): Listing(
        _SERVICE.where(
            _THEIRS, _IS_DOMAIN if domains else products.c.kind != Kind.DOMAIN.value, *([_OF_STATE] if of_state else [])
        ),
        _line,
        id=_CURRENT_FIRST,
        fits=_that_fit,
    )
    for domains in (False, True)
    for of_state in (False, True)
}
_CURRENT = _SERVICE.where(_THEIRS, ~_IS_PAST).order_by(services.c.id.desc()).limit(bindparam("most"))
_RENEWING = (
    _SERVICE.where(_THEIRS, services.c.state == State.ACTIVE.value, services.c.months > 0)
    .where(or_(services.c.cancel_on.is_(None), services.c.cancel_on > services.c.billed_through))
    .order_by(services.c.billed_through, services.c.id)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(
    select(services.c.id).where(_THEIRS, ~_IS_PAST).limit(bindparam("most")).subquery()
)
_BY_ID = _SERVICE.add_columns(
    services.c.options, products.c.description, products.c.limits, products.c.options.label("product_options")
).where(services.c.id == bindparam("the_id"))
_ADD_ONS = (
    _SERVICE.where(services.c.parent_id == bindparam("the_id")).order_by(_CURRENT_FIRST.desc()).limit(_MOST_ADD_ONS)
)

_LATER = billed_periods.alias("later")
_LAST_PAID = (
    select(
        billed_periods.c.service_id,
        invoices.c.number,
        invoices.c.currency,
        invoices.c.state,
        (invoice_lines.c.net_minor + invoice_lines.c.tax_minor).label("amount_minor"),
    )
    .join(invoices, invoices.c.id == billed_periods.c.invoice_id)
    .join(
        invoice_lines,
        and_(
            invoice_lines.c.invoice_id == billed_periods.c.invoice_id,
            invoice_lines.c.position == billed_periods.c.position,
        ),
    )
    .where(
        billed_periods.c.service_id.in_(bindparam("ids", expanding=True)),
        billed_periods.c.released_at.is_(None),
        ~select(_LATER.c.id)
        .where(
            _LATER.c.service_id == billed_periods.c.service_id,
            _LATER.c.released_at.is_(None),
            _LATER.c.invoice_id.is_not(None),
            _LATER.c.period_start > billed_periods.c.period_start,
        )
        .exists(),
    )
)
