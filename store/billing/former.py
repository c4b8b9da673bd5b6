"""What is left with providers whom the settings name no more, by its ids."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from mailgate.billing.refund import RefundState
from store.billing.charges import UNDER_WAY
from store.billing.offers import OfferStanding
from store.schema import charges, offers, refunds

_CHARGES = charges.c.state.in_([state.value for state in UNDER_WAY])
_NOT_KNOWN = (RefundState.WANTED, RefundState.IN_DOUBT, RefundState.PENDING)
_REFUNDS = refunds.c.state.in_([state.value for state in _NOT_KNOWN])
_LINKS = offers.c.due_at.is_not(None) & or_(
    offers.c.state.in_([OfferStanding.OPEN.value, OfferStanding.CLOSING.value]),
    offers.c.is_under_way,
    (offers.c.state == OfferStanding.WANTED.value) & (offers.c.attempts > 0),
)


@dataclass(frozen=True, slots=True)
class Left:
    """What one of them has."""

    provider: str
    charges: Sequence[int] = ()  # that are not over
    refunds: Sequence[int] = ()  # of which it is not known whether they have arrived
    links: Sequence[int] = ()  # that may be paid, or were, and the money takes days


def left(conn: Connection, provider: str) -> tuple[Left, ...]:
    """All that is left with others than this one, by who has it."""
    found = [_of(conn, table, which, provider) for table, which in _TABLES]
    names = sorted({name for by_name in found for name in by_name})
    return tuple(Left(name, *(by_name.get(name, ()) for by_name in found)) for name in names)


_TABLES: tuple[tuple[Table, ColumnElement[bool]], ...] = (
    (charges, _CHARGES),
    (refunds, _REFUNDS & (refunds.c.provider != "")),
    (offers, _LINKS),
)


def _of(conn: Connection, table: Table, which: ColumnElement[bool], provider: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    query = select(table.c.provider, table.c.id).where(which, table.c.provider != provider)
    for row in conn.execute(query.order_by(table.c.id)):
        found.setdefault(row.provider, []).append(row.id)
    return found
