"""Rows of links by which somebody pays at the provider's, or gives a card there.

An invoice has at most one that is wanted or open. Rows change under the lock of their account; what a worker writes
names its lease besides, so nothing is taken for done that another one does anew.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, Update, and_, bindparam, case, func, insert, or_, select, true, update

from store.engine import transaction
from store.post import leases
from store.rows import Rows
from store.schema import offers


class OfferStanding(StrEnum):
    """How a link stands with us."""

    WANTED = "wanted"  # the provider is to make it
    OPEN = "open"  # somebody may pay by it
    CLOSING = "closing"  # nobody shall any more, and the provider is to be told
    COMPLETED = "completed"
    CLOSED = "closed"
    FAILED = "failed"  # there is none, and `why` says why


_PAYABLE = (OfferStanding.WANTED.value, OfferStanding.OPEN.value)
_STANDS = (*_PAYABLE, OfferStanding.FAILED.value)


@dataclass(frozen=True, slots=True)
class Offered:
    """A link, as it stands."""

    id: int
    kind: str  # of `OfferKind`: a store knows no provider's words
    customer_id: int
    invoice_id: int | None
    provider: str
    currency: str  # "" for a card
    amount_minor: int  # that is to be paid
    state: OfferStanding
    made_at: datetime
    due_at: datetime | None
    contact_id: int | None = None  # who asked for it
    spool_id: int | None = None  # in which mail
    asks_minor: int = 0  # of the amount, once it is made
    is_under_way: bool = False
    provider_id: str | None = None
    url: str = ""
    why: str = ""
    expires_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Lent:
    """A row that a worker has for itself until its lease runs out."""

    offer: Offered
    lease: str = field(repr=False)


_OFFERED = Rows(Offered)
_ADD = insert(offers).returning(offers.c.id, sort_by_parameter_order=True)
_LEND = leases.lending(offers, when=true())
_OPEN_OF = (
    select(offers)
    .where(
        offers.c.invoice_id.in_(bindparam("ids", expanding=True)),
        offers.c.state == OfferStanding.OPEN.value,
        offers.c.is_under_way.is_(False),
    )
    .order_by(offers.c.id)
)
_STANDING_OF = (
    select(offers)
    .where(
        offers.c.customer_id == bindparam("the_customer"),
        offers.c.invoice_id.is_not(None),
        offers.c.state.in_(_STANDS),
    )
    .order_by(offers.c.id)
)
_NEVER_BEGUN = and_(offers.c.state == OfferStanding.WANTED.value, offers.c.attempts == 0)
_SWITCH_OFF = (
    update(offers)
    .where(offers.c.id.in_(bindparam("ids", expanding=True)), offers.c.state.in_(_PAYABLE))
    .values(
        state=case((_NEVER_BEGUN, OfferStanding.CLOSED.value), else_=OfferStanding.CLOSING.value),
        due_at=case(
            (_NEVER_BEGUN, None),
            (offers.c.lease.is_(None), bindparam("the_instant", type_=offers.c.due_at.type)),
            else_=offers.c.due_at,
        ),
    )
)


def add(conn: Connection, together: Sequence[Offered]) -> list[int]:
    """Write down links that are wanted, whose own ids do not count; their ids in the same order."""
    if not together:
        return []
    return [int(one) for one in conn.execute(_ADD, [_OFFERED.columns(one) for one in together]).scalars()]


def get(conn: Connection, offer_id: int) -> Offered:
    """A link by its id. Raises LookupError."""
    row = conn.execute(select(offers).where(offers.c.id == offer_id)).mappings().first()
    if row is None:
        raise LookupError(f"there is no link {offer_id}")
    return _OFFERED.read(row)


def standing_of(conn: Connection, customer_id: int) -> dict[int, Offered]:
    """By invoice of an account: the link that is wanted or open, else the last that there could not be."""
    found: dict[int, Offered] = {}
    for row in conn.execute(_STANDING_OF, {"the_customer": customer_id}).mappings():
        one = _OFFERED.read(row)
        before = found.get(one.invoice_id or 0)
        if before is None or before.state is OfferStanding.FAILED:
            found[one.invoice_id or 0] = one
    return found


def open_of(conn: Connection, invoice_ids: Collection[int]) -> dict[int, Offered]:
    """By invoice: the link by which it can be paid now."""
    if not invoice_ids:
        return {}
    return {
        row["invoice_id"]: _OFFERED.read(row) for row in conn.execute(_OPEN_OF, {"ids": list(invoice_ids)}).mappings()
    }


def wanted_of(conn: Connection, invoice_ids: Iterable[int]) -> dict[int, Offered]:
    """By invoice: a link that is still to be made."""
    query = select(offers).where(
        offers.c.invoice_id.in_(list(invoice_ids)), offers.c.state == OfferStanding.WANTED.value
    )
    return {row["invoice_id"]: _OFFERED.read(row) for row in conn.execute(query).mappings()}


def lacking(conn: Connection, invoice_ids: Collection[int]) -> frozenset[int]:
    """Those of these invoices of which no link is wanted or open, nor is known not to be had."""
    query = select(offers.c.invoice_id).where(offers.c.invoice_id.in_(list(invoice_ids)), offers.c.state.in_(_STANDS))
    return frozenset(invoice_ids) - frozenset(conn.execute(query).scalars()) if invoice_ids else frozenset()


def asked_open(conn: Connection, customer_id: int, kind: str, *, asked_by: int | None) -> tuple[Offered, ...]:
    """What an account's contact asked for that is still wanted or open: cards, deposits."""
    query = select(offers).where(
        offers.c.customer_id == customer_id,
        offers.c.kind == kind,
        offers.c.contact_id.is_(None) if asked_by is None else offers.c.contact_id == asked_by,
        offers.c.state.in_(_PAYABLE),
    )
    return tuple(_OFFERED.read(row) for row in conn.execute(query.order_by(offers.c.id)).mappings())


def count_asked(conn: Connection, customer_id: int, *, since: datetime) -> int:
    """How many links somebody of this account has asked for since an instant."""
    query = select(func.count()).where(
        offers.c.customer_id == customer_id, offers.c.invoice_id.is_(None), offers.c.made_at > since
    )
    return int(conn.execute(query).scalar_one())


def listing(
    conn: Connection,
    *,
    customer_id: int | None = None,
    kind: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> tuple[Offered, ...]:
    """Links in the order in which they were wanted."""
    query = select(offers).where(offers.c.id > after)
    if customer_id is not None:
        query = query.where(offers.c.customer_id == customer_id)
    if kind is not None:
        query = query.where(offers.c.kind == kind)
    return tuple(_OFFERED.read(row) for row in conn.execute(query.order_by(offers.c.id).limit(limit)).mappings())


def switch_off(conn: Connection, offer_ids: Collection[int], *, now: datetime) -> None:
    """Nobody shall pay by these any more; the provider is told at once. One that was never begun is simply closed."""
    if not offer_ids:
        return
    conn.execute(_SWITCH_OFF, {"ids": list(offer_ids), "the_instant": now})


def ask_for(conn: Connection, offer_id: int, *, contact_id: int, spool_id: int | None) -> None:
    """Somebody waits for a link that is still to be made."""
    conn.execute(update(offers).where(offers.c.id == offer_id).values(contact_id=contact_id, spool_id=spool_id))


def overdue(conn: Connection, *, now: datetime, closing_by: datetime, limit: int) -> Sequence[tuple[int, datetime]]:
    """Ids of links that somebody should look at now, and since when; those to be closed, of which that was earlier."""
    is_to_close = offers.c.state == OfferStanding.CLOSING.value
    query = select(offers.c.id, offers.c.due_at).where(
        offers.c.due_at <= now, or_(~is_to_close, offers.c.due_at <= closing_by)
    )
    return [(row.id, row.due_at) for row in conn.execute(query.order_by(offers.c.due_at, offers.c.id).limit(limit))]


def lend(engine: Engine, offer_id: int, *, now: datetime) -> Lent | None:
    """Give a row to the caller and count the attempt; None when there is nothing to do or somebody has it."""
    with transaction(engine, durable=True) as conn:
        for row in leases.lend(conn, _LEND, (offer_id,), now=now):
            return Lent(_OFFERED.read(row), row["lease"])
    return None


def again(engine: Engine, lent: Lent, *, due_at: datetime) -> None:
    """Nothing has changed: look again then. What was switched off meanwhile is looked at at once."""
    with transaction(engine, durable=False) as conn:
        state = conn.execute(select(offers.c.state).where(offers.c.id == lent.offer.id).with_for_update()).scalar_one()
        is_as_before = state == lent.offer.state.value
        conn.execute(_mine(lent).values(lease=None, due_at=due_at if is_as_before else lent.offer.made_at))


def put(conn: Connection, lent: Lent, one: Offered) -> bool:
    """Write down how it stands, and give the row back; False when another worker has it by now."""
    return conn.execute(_mine(lent).values(**_OFFERED.columns(one) | {"lease": None})).rowcount == 1


def under_way(conn: Connection, customer_ids: Iterable[int]) -> set[int]:
    """Those of these customers of whom somebody has paid by a link, and the money takes some days."""
    query = select(offers.c.customer_id).where(
        offers.c.customer_id.in_(list(customer_ids)), offers.c.is_under_way, offers.c.due_at.is_not(None)
    )
    return set(conn.execute(query.distinct()).scalars())


def look_now(conn: Connection, provider: str, provider_ids: Collection[str], *, now: datetime) -> int:
    """The provider says that something has happened to these; how many of them are ours."""
    known = and_(offers.c.provider == provider, offers.c.provider_id.in_(list(provider_ids)))
    return conn.execute(
        update(offers)
        .where(known, offers.c.lease.is_(None), or_(offers.c.due_at.is_(None), offers.c.due_at > now))
        .values(due_at=now)
    ).rowcount


def _mine(lent: Lent) -> Update:
    return update(offers).where(offers.c.id == lent.offer.id, offers.c.lease == lent.lease)
