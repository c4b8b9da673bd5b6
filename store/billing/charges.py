"""Rows of charges: what of a saved card is wanted, how far it is, and for which invoices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, bindparam, case, func, insert, select, true, update

from mailgate.billing.payment.allocation import Allocation
from store.engine import transaction
from store.post import leases
from store.rows import Rows, insert_row
from store.schema import charge_invoices, charges


class State(StrEnum):
    """How a charge stands."""

    NEW = "new"  # the provider has not heard of it
    MADE = "made"  # it has, and no money moves
    PROCESSING = "processing"
    IN_DOUBT = "in-doubt"  # it is not known what came of the last call: it is looked up, and nothing is sent anew
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # declined, or refused by the provider: `code` says which
    WANTS_CUSTOMER = "wants-customer"  # the bank wants to see the card's owner, who got a link
    CANCELLED = "cancelled"  # before any money moved: there was nothing to pay any more


REFUSED = "refused"
"""The code of a charge that the provider would not take, for a reason that no customer can mend."""

UNDER_WAY = (State.NEW, State.MADE, State.PROCESSING, State.IN_DOUBT)
"""One of an account and currency at a time; a partial unique index keeps it."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as it stands."""

    id: int
    customer_id: int
    provider: str
    currency: str
    amount_minor: int
    payment_method_id: int
    attempt: int
    asked_by: str
    state: State
    made_at: datetime
    provider_id: str | None = None
    code: str = ""
    ended_at: datetime | None = None
    again_at: datetime | None = None
    payment_id: int | None = None
    due_at: datetime | None = None
    attempts: int = 0  # looks at it in this state

    @property
    def key(self) -> str:
        """The provider's idempotency key, and the charge's name there."""
        return f"charge-{self.id}"


@dataclass(frozen=True, slots=True)
class Lent:
    """A charge that a worker has for itself until its lease runs out."""

    charge: Charge
    lease: str


_CHARGE = Rows(Charge)
_ADD, _ADD_INVOICES = insert(charges), insert(charge_invoices)
_LEND = leases.lending(charges, when=true())
_UNDER_WAY = charges.c.state.in_([one.value for one in UNDER_WAY])
_OF_CUSTOMERS = select(charges.c.customer_id).where(
    _UNDER_WAY, charges.c.customer_id.in_(bindparam("ids", expanding=True))
)


def add(conn: Connection, charge: Charge, parts: Sequence[Allocation]) -> int:
    """Write down a charge, whose own id does not count, of a locked account; its id."""
    number = insert_row(conn, _ADD, _CHARGE.columns(charge))
    conn.execute(
        _ADD_INVOICES,
        [{"charge_id": number, "invoice_id": one.invoice_id, "amount_minor": one.amount_minor} for one in parts],
    )
    return number


def lend(engine: Engine, charge_id: int, *, now: datetime) -> Lent | None:
    """Give a charge to the caller; None when there is nothing to do, or somebody else does it."""
    with transaction(engine, durable=False) as conn:
        for row in leases.lend(conn, _LEND, (charge_id,), now=now):
            return Lent(_CHARGE.read(row), row["lease"])
    return None


def still_mine(conn: Connection, lent: Lent) -> Charge | None:
    """The charge as it is now; None when somebody else has it meanwhile. The account is locked."""
    query = select(charges).where(charges.c.id == lent.charge.id, charges.c.lease == lent.lease)
    row = conn.execute(query).mappings().first()
    return _CHARGE.read(row) if row else None


def made(conn: Connection, lent: Lent, provider_id: str) -> bool:
    """The provider has made it, and no money moves yet; the caller goes on. False: somebody else has it."""
    mine = update(charges).where(charges.c.id == lent.charge.id, charges.c.lease == lent.lease)
    return conn.execute(mine.values(state=State.MADE.value, provider_id=provider_id)).rowcount == 1


def wait(conn: Connection, lent: Lent, state: State, *, until: datetime, code: str = "") -> None:
    """It is looked at again then. A state that is new begins to count its looks."""
    attempts = lent.charge.attempts if state is lent.charge.state else 0
    _end_lease(conn, lent, state=state.value, due_at=until, attempts=attempts, code=code)


def end(
    conn: Connection,
    lent: Lent,
    state: State,
    *,
    now: datetime,
    code: str = "",
    payment_id: int | None = None,
    again_at: datetime | None = None,
) -> None:
    """It is over; `again_at`: and a charge of its own follows then."""
    values = {"state": state.value, "due_at": None, "code": code, "payment_id": payment_id, "again_at": again_at}
    _end_lease(conn, lent, ended_at=now, **values)


def _end_lease(conn: Connection, lent: Lent, **values: object) -> None:
    mine = update(charges).where(charges.c.id == lent.charge.id, charges.c.lease == lent.lease)
    conn.execute(mine.values(lease=None, **values))


def look_now(conn: Connection, charge_id: int, *, now: datetime) -> bool:
    """Look at it as soon as may be; False when it is over. One that somebody has in hand is left to him."""
    waits = update(charges).where(charges.c.id == charge_id, charges.c.due_at > now, charges.c.lease.is_(None))
    conn.execute(waits.values(due_at=now))
    return conn.execute(select(charges.c.due_at).where(charges.c.id == charge_id)).scalar() is not None


def not_again(conn: Connection, customer_id: int, currency: str | None = None) -> None:
    """What was declined is tried by no charge of its own any more: another one has it, or there is no card."""
    waiting = update(charges).where(charges.c.customer_id == customer_id, charges.c.again_at.is_not(None))
    if currency is not None:
        waiting = waiting.where(charges.c.currency == currency)
    conn.execute(waiting.values(again_at=None))


def again(conn: Connection, *, by: datetime, limit: int) -> tuple[tuple[int, datetime], ...]:
    """Customers of whom a charge that was declined is to be tried once more, and since when."""
    query = select(charges.c.customer_id, charges.c.again_at).where(charges.c.again_at <= by)
    rows = conn.execute(query.order_by(charges.c.again_at, charges.c.id).limit(limit))
    return tuple((row.customer_id, row.again_at) for row in rows)


def to_repeat(conn: Connection, customer_id: int, *, by: datetime) -> tuple[Charge, ...]:
    """The charges of an account that are to be tried once more by now, the newest last."""
    query = select(charges).where(charges.c.customer_id == customer_id, charges.c.again_at <= by)
    return tuple(_CHARGE.read(row) for row in conn.execute(query.order_by(charges.c.id)).mappings())


def with_one_to_repeat(conn: Connection, customer_ids: Iterable[int], *, by: datetime) -> frozenset[int]:
    """Those of these customers who have one."""
    query = select(charges.c.customer_id).where(charges.c.customer_id.in_(list(customer_ids)), charges.c.again_at <= by)
    return frozenset(conn.execute(query.distinct()).scalars())


def attempted(conn: Connection, invoice_ids: Iterable[int], card_id: int) -> frozenset[int]:
    """Those of these invoices that a charge of a card was made for, which did not end before money could move."""
    query = (
        select(charge_invoices.c.invoice_id)
        .join(charges, charges.c.id == charge_invoices.c.charge_id)
        .where(charge_invoices.c.invoice_id.in_(list(invoice_ids)), charges.c.payment_method_id == card_id)
        .where(charges.c.state != State.CANCELLED.value)
    )
    return frozenset(conn.execute(query.distinct()).scalars())


def find(conn: Connection, charge_id: int) -> Charge | None:
    """One by its id."""
    row = conn.execute(select(charges).where(charges.c.id == charge_id)).mappings().first()
    return _CHARGE.read(row) if row else None


def by_provider_id(conn: Connection, provider: str, provider_id: str) -> Charge | None:
    """One by the id that the provider knows it by."""
    query = select(charges).where(charges.c.provider == provider, charges.c.provider_id == provider_id)
    row = conn.execute(query).mappings().first()
    return _CHARGE.read(row) if row else None


def parts(conn: Connection, charge_id: int) -> tuple[Allocation, ...]:
    """What of which invoices it is for."""
    query = select(charge_invoices).where(charge_invoices.c.charge_id == charge_id)
    rows = conn.execute(query.order_by(charge_invoices.c.invoice_id))
    return tuple(Allocation(row.invoice_id, row.amount_minor) for row in rows)


def under_way(conn: Connection, customer_id: int, currency: str) -> Charge | None:
    """The charge of an account that is not over."""
    query = select(charges).where(_UNDER_WAY, charges.c.customer_id == customer_id, charges.c.currency == currency)
    row = conn.execute(query).mappings().first()
    return _CHARGE.read(row) if row else None


def with_one_under_way(conn: Connection, customer_ids: Iterable[int]) -> frozenset[int]:
    """Those of these customers who have a charge that is not over."""
    return frozenset(conn.execute(_OF_CUSTOMERS, {"ids": list(customer_ids)}).scalars())


def listing(
    conn: Connection,
    *,
    state: State | None = None,
    customer_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Charge, ...]:
    """Charges, the newest last."""
    query = select(charges).where(charges.c.id > after).order_by(charges.c.id).limit(limit)
    if state is not None:
        query = query.where(charges.c.state == state.value)
    if customer_id is not None:
        query = query.where(charges.c.customer_id == customer_id)
    return tuple(_CHARGE.read(row) for row in conn.execute(query).mappings())


@dataclass(frozen=True, slots=True)
class Standing:
    """How charges stand at an instant."""

    under_way: int  # in doubt or not
    in_doubt: int
    declined: int  # within the last day
    refused: int  # not taken by the provider, which no customer can mend, within the last day
    oldest_in_doubt_at: datetime | None = None


def standing(conn: Connection, *, now: datetime) -> Standing:
    """Look at all that are under way, and at what has ended within a day."""
    in_doubt, refused = charges.c.state == State.IN_DOUBT.value, charges.c.code == REFUSED
    recent = charges.c.ended_at >= now - timedelta(days=1)
    over = charges.c.state.in_((State.FAILED.value, State.WANTS_CUSTOMER.value))
    row = conn.execute(
        select(
            func.sum(case((_UNDER_WAY, 1), else_=0)),
            func.sum(case((in_doubt, 1), else_=0)),
            func.sum(case((over & recent & ~refused, 1), else_=0)),
            func.sum(case((over & recent & refused, 1), else_=0)),
            func.min(case((in_doubt, charges.c.made_at))),
        ).where(_UNDER_WAY | recent)
    ).one()
    under_way, doubtful, declined, failed = (int(number or 0) for number in row[:4])
    return Standing(under_way, doubtful, declined, failed, oldest_in_doubt_at=row[4])
