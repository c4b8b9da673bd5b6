"""How a customer stands, by one question: it is asked for each mail that staff are told of."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Integer, String, bindparam, cast, literal, null, select, union_all
from sqlalchemy.engine import Connection

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.ledger.accounts import CREDIT
from mailgate.billing.service import ENDED, State
from store.schema import balances, invoices, services

_SERVICE, _OPEN, _CREDIT = "service", "open", "credit"
_WHO = bindparam("customer_id", type_=Integer)
_ALIVE = tuple(state.value for state in State if state not in ENDED)
_NOTHING = cast(literal(""), String)

_ALL = union_all(
    select(
        literal(_SERVICE).label("what"),
        services.c.id,
        services.c.name,
        services.c.state,
        services.c.billed_through.label("on_date"),
        services.c.months.label("number"),
    ).where(services.c.customer_id == _WHO, services.c.state.in_(_ALIVE)),
    select(
        literal(_OPEN), invoices.c.id, invoices.c.number, invoices.c.currency, invoices.c.due_on, invoices.c.open_minor
    ).where(
        invoices.c.customer_id == _WHO,
        invoices.c.kind == DocumentKind.INVOICE.value,
        invoices.c.state == DocumentState.ISSUED.value,
    ),
    select(
        literal(_CREDIT),
        cast(null(), Integer),
        _NOTHING,
        balances.c.currency,
        cast(null(), Date),
        balances.c.amount_minor,
    ).where(balances.c.customer_id == _WHO, balances.c.account == CREDIT, balances.c.amount_minor != 0),
)


@dataclass(frozen=True, slots=True)
class Has:
    """A service that has not ended."""

    name: str
    state: State
    billed_through: date
    is_recurring: bool


@dataclass(frozen=True, slots=True)
class Owes:
    """An invoice of which something is open."""

    number: str
    currency: str
    due_on: date
    open_minor: int


@dataclass(frozen=True, slots=True)
class Glance:
    """What a customer has, owes (oldest due first), and has with us in each currency."""

    services: tuple[Has, ...]
    open: tuple[Owes, ...]
    credit: tuple[tuple[str, int], ...]


def glance(conn: Connection, customer_id: int) -> Glance:
    """How a customer stands now, without a lock."""
    rows = sorted(conn.execute(_ALL, {"customer_id": customer_id}).all(), key=lambda row: row.id or 0)
    return Glance(
        tuple(Has(row.name, State(row.state), row.on_date, row.number > 0) for row in rows if row.what == _SERVICE),
        tuple(
            sorted(
                (Owes(row.name, row.state, row.on_date, row.number) for row in rows if row.what == _OPEN),
                key=lambda one: one.due_on,
            )
        ),
        tuple(sorted((row.state, -row.number) for row in rows if row.what == _CREDIT)),
    )
