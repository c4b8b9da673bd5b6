"""Rows of charges: what of a saved card is wanted, how far it is, and for which invoices."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, insert, or_, select, true, update

from mailgate.billing.payment.allocation import Allocation
from store.post import leases
from store.rows import Rows, insert_row
from store.schema import charge_invoices, charges, invoices


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

ENDED_BY_HAND = "ended by hand"
"""What the code of a charge begins with that staff have ended."""

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
_SEVERAL = select(charges).where(charges.c.id.in_(bindparam("ids", expanding=True)))
_PUT = update(charges).where(charges.c.id == bindparam("the_id"), charges.c.lease == bindparam("the_lease"))
_PARTS = (
    select(charge_invoices)
    .where(charge_invoices.c.charge_id.in_(bindparam("ids", expanding=True)))
    .order_by(charge_invoices.c.charge_id, charge_invoices.c.invoice_id)
)
_NOT_WANTED = (
    select(charge_invoices.c.charge_id)
    .join(invoices, invoices.c.id == charge_invoices.c.invoice_id)
    .where(charge_invoices.c.charge_id.in_(bindparam("ids", expanding=True)))
    .where(invoices.c.open_minor < charge_invoices.c.amount_minor)
)
_LEND = leases.lending(charges, when=true())
_UNDER_WAY = charges.c.state.in_([one.value for one in UNDER_WAY])
_UNDER_WAY_OF = select(charges).where(
    _UNDER_WAY, charges.c.customer_id == bindparam("the_customer"), charges.c.currency == bindparam("the_currency")
)
_TO_REPEAT = (
    select(charges)
    .where(charges.c.customer_id.in_(bindparam("ids", expanding=True)), charges.c.again_at <= bindparam("the_instant"))
    .order_by(charges.c.id)
)
_NOT_AGAIN = (
    update(charges)
    .where(charges.c.customer_id == bindparam("the_customer"), charges.c.again_at.is_not(None))
    .values(again_at=None)
)
_ATTEMPTED = (
    select(charge_invoices.c.invoice_id, charges.c.payment_method_id)
    .join(charges, charges.c.id == charge_invoices.c.charge_id)
    .where(charge_invoices.c.invoice_id.in_(bindparam("ids", expanding=True)))
    .where(charges.c.state != State.CANCELLED.value)
    .distinct()
)
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


def lend(conn: Connection, charge_ids: Collection[int], *, now: datetime) -> dict[int, Lent]:
    """Give charges of locked accounts to the caller; left out is what is not to be done, or somebody else does."""
    rows = leases.lend(conn, _LEND, list(charge_ids), now=now) if charge_ids else ()
    return {row["id"]: Lent(_CHARGE.read(row), row["lease"]) for row in rows}


def not_wanted(conn: Connection, charge_ids: Collection[int]) -> frozenset[int]:
    """Those of which something is not open any more, so far as they pay it: it was paid, cancelled or credited."""
    return frozenset(conn.execute(_NOT_WANTED, {"ids": list(charge_ids)}).scalars()) if charge_ids else frozenset()


def still_mine(conn: Connection, lent: Collection[Lent]) -> dict[int, Charge]:
    """Charges of locked accounts as they are now, without those that somebody else has meanwhile."""
    leases_of = {one.charge.id: one.lease for one in lent}
    rows = conn.execute(_SEVERAL, {"ids": list(leases_of)}).mappings()
    return {row["id"]: _CHARGE.read(row) for row in rows if row["lease"] == leases_of[row["id"]]}


def made(conn: Connection, lent: Lent, provider_id: str) -> bool:
    """The provider has made it, and no money moves yet; the caller goes on. False: somebody else has it."""
    return _put(conn, lent, state=State.MADE.value, provider_id=provider_id)


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
    is_left: bool = False,
) -> None:
    """It is over; `again_at`: and a charge of its own follows then. `is_left`: the provider is to cancel it still."""
    values = {"state": state.value, "due_at": None, "code": code, "payment_id": payment_id, "again_at": again_at}
    if is_left:
        values |= {"due_at": now, "attempts": 0}
    _end_lease(conn, lent, ended_at=now, **values)


def is_cancelled(conn: Connection, lent: Lent) -> None:
    """One that is over is so at the provider, too: nobody looks at it any more."""
    _end_lease(conn, lent, due_at=None)


def end_by_hand(conn: Connection, charge_id: int, *, code: str, now: datetime) -> bool:
    """Staff say that one under way is over; False when a worker has it. Whether money has moved is not known."""
    is_free = or_(charges.c.lease.is_(None), charges.c.due_at <= now)
    over = {"state": State.FAILED.value, "code": code, "ended_at": now, "due_at": None, "lease": None}
    return (
        conn.execute(update(charges).where(charges.c.id == charge_id, _UNDER_WAY, is_free).values(over)).rowcount == 1
    )


def _end_lease(conn: Connection, lent: Lent, **values: object) -> None:
    _put(conn, lent, lease=None, **values)


def _put(conn: Connection, lent: Lent, **values: object) -> bool:
    return conn.execute(_PUT, {"the_id": lent.charge.id, "the_lease": lent.lease, **values}).rowcount == 1


def look_now(conn: Connection, charge_id: int, *, now: datetime) -> bool:
    """Look at it as soon as may be; False when it is over. One that somebody has in hand is left to him."""
    this = charges.c.id == charge_id, _UNDER_WAY
    conn.execute(update(charges).where(*this, charges.c.due_at > now, charges.c.lease.is_(None)).values(due_at=now))
    return conn.execute(select(charges.c.id).where(*this)).first() is not None


def not_again(conn: Connection, customer_id: int, currency: str | None = None) -> None:
    """What was declined is tried by no charge of its own any more: another one has it, or there is no card."""
    waiting = _NOT_AGAIN if currency is None else _NOT_AGAIN.where(charges.c.currency == currency)
    conn.execute(waiting, {"the_customer": customer_id})


def try_again(conn: Connection, charge_id: int, *, at: datetime) -> None:
    """What was declined is tried once more then, of what is due of its account by that time."""
    conn.execute(update(charges).where(charges.c.id == charge_id).values(again_at=at))


def last_of(conn: Connection, invoice_id: int) -> Charge | None:
    """The newest charge that was made for an invoice."""
    query = select(charges).join(charge_invoices, charge_invoices.c.charge_id == charges.c.id)
    found = query.where(charge_invoices.c.invoice_id == invoice_id).order_by(charges.c.id.desc()).limit(1)
    row = conn.execute(found).mappings().first()
    return _CHARGE.read(row) if row else None


def again(conn: Connection, *, by: datetime, limit: int) -> tuple[tuple[int, datetime], ...]:
    """Customers of whom a charge that was declined is to be tried once more, and since when."""
    query = select(charges.c.customer_id, charges.c.again_at).where(charges.c.again_at <= by)
    rows = conn.execute(query.order_by(charges.c.again_at, charges.c.id).limit(limit))
    return tuple((row.customer_id, row.again_at) for row in rows)


def to_repeat(conn: Connection, customer_ids: Iterable[int], *, by: datetime) -> dict[int, list[Charge]]:
    """By account: charges that are to be tried once more by now, the newest last."""
    found: dict[int, list[Charge]] = {}
    for row in conn.execute(_TO_REPEAT, {"ids": list(customer_ids), "the_instant": by}).mappings():
        found.setdefault(row["customer_id"], []).append(_CHARGE.read(row))
    return found


def attempted(conn: Connection, invoice_ids: Collection[int]) -> frozenset[tuple[int, int]]:
    """Which of these invoices a charge of which card was made for, that did not end before money could move."""
    if not invoice_ids:
        return frozenset()
    rows = conn.execute(_ATTEMPTED, {"ids": list(invoice_ids)})
    return frozenset((row.invoice_id, row.payment_method_id) for row in rows)


def find(conn: Connection, charge_id: int) -> Charge | None:
    """One by its id."""
    return several(conn, (charge_id,)).get(charge_id)


def several(conn: Connection, charge_ids: Collection[int]) -> dict[int, Charge]:
    """Those with these ids."""
    return {row["id"]: _CHARGE.read(row) for row in conn.execute(_SEVERAL, {"ids": list(charge_ids)}).mappings()}


def by_provider_id(conn: Connection, provider: str, provider_id: str) -> Charge | None:
    """One by the id that the provider knows it by."""
    query = select(charges).where(charges.c.provider == provider, charges.c.provider_id == provider_id)
    row = conn.execute(query).mappings().first()
    return _CHARGE.read(row) if row else None


def parts(conn: Connection, charge_id: int) -> tuple[Allocation, ...]:
    """What of which invoices it is for."""
    rows = conn.execute(_PARTS, {"ids": [charge_id]})
    return tuple(Allocation(row.invoice_id, row.amount_minor) for row in rows)


def under_way(conn: Connection, customer_id: int, currency: str) -> Charge | None:
    """The charge of an account that is not over."""
    found = conn.execute(_UNDER_WAY_OF, {"the_customer": customer_id, "the_currency": currency})
    row = found.mappings().first()
    return _CHARGE.read(row) if row else None


def at_work(conn: Connection) -> bool:
    """Is one under way that no answer is waited for: which the provider has not heard of, or has just made?"""
    moves = charges.c.state.in_((State.NEW.value, State.MADE.value))
    return conn.execute(select(charges.c.id).where(charges.c.due_at.is_not(None), moves).limit(1)).first() is not None


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
