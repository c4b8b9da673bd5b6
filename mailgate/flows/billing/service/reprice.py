"""Services of older versions of a product move to what the newest costs, each from a renewal that is not billed yet.

A move is kept with the service and takes place when a run bills the first period that it is for: what begins before is
billed at the old price, however late. To ask again for the same day changes nothing, so a command that was cut short is
given once more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from mailgate.billing.offer.product import Product
from mailgate.billing.repricing import Stays, repriced
from mailgate.billing.service import Service, checked_day
from mailgate.flows.billing.service.add import for_sale
from store.billing import accounts, catalogue, services
from store.engine import reading, transact

AT_ONCE = 100
"""Services that are moved in one transaction: mail that comes in meanwhile does not wait for all of them."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A service as it was, and with what it will cost."""

    before: Service
    after: Service


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A service that keeps its price, and why."""

    service: Service
    why: str


@dataclass(frozen=True, slots=True)
class Repriced:
    """What became of the services of a product."""

    moved: tuple[Moved, ...]
    left_alone: tuple[LeftAlone, ...]
    same: int  # that are sold so already, or do not renew any more


Result = Moved | LeftAlone | None


@dataclass(frozen=True, slots=True)
class _To:
    """What services move to, and from when."""

    product_id: int
    product: Product
    from_on: date


def reprice(engine: Engine, sku: str, from_on: date, *, dry_run: bool, by: str, now: datetime) -> Repriced:
    """Move what is sold as `sku` to the newest version, from each service's first unbilled renewal on or after a day.

    Raises NotSold when nothing is sold by that name now, NotPossible for a day that cannot be meant.
    """
    checked_day(from_on)
    with reading(engine) as conn:
        to = _To(*for_sale(conn, sku), from_on)
    found: list[Result] = []
    after = 0
    while batch := _batch(engine, sku, after):
        after = batch[-1].id
        found += _tried(engine, batch, to) if dry_run else _done(engine, batch, to, by=by, now=now)
    moved = tuple(one for one in found if isinstance(one, Moved))
    left_alone = tuple(one for one in found if isinstance(one, LeftAlone))
    return Repriced(moved, left_alone, len(found) - len(moved) - len(left_alone))


def _batch(engine: Engine, sku: str, after: int) -> Sequence[Service]:
    with reading(engine) as conn:
        return services.sold_as_sku(conn, sku, after=after, limit=AT_ONCE)


def _tried(engine: Engine, batch: Sequence[Service], to: _To) -> list[Result]:
    with reading(engine) as conn:
        return list(_judged(conn, batch, to))


def _done(engine: Engine, batch: Sequence[Service], to: _To, *, by: str, now: datetime) -> list[Result]:
    def story(conn: Connection) -> list[Result]:
        accounts.lock(conn, {one.customer_id for one in batch})
        here = [services.get(conn, one.id) for one in batch]  # as they are under the lock
        results = list(_judged(conn, here, to))
        for one in results:
            if isinstance(one, Moved):
                services.drop_next_terms(conn, one.before)
                services.write(conn, one.after)
                if one.after.next_on is not None:
                    services.add_terms(conn, one.after.by_next_terms(), from_on=one.after.next_on, now=now, by=by)
        return results

    return transact(engine, story)


def _judged(conn: Connection, batch: Sequence[Service], to: _To) -> Iterator[Result]:
    olds: dict[int, Product] = {}
    for one in batch:
        old = olds.get(one.product_id) or catalogue.product(conn, one.product_id)
        assert old is not None
        olds[one.product_id] = old
        result = repriced(one, old, to.product, to.product_id, from_on=to.from_on)
        if isinstance(result, Stays):
            yield LeftAlone(one, result.why)
        else:
            yield Moved(one, result) if result else None
