"""Rows of promises: until when the ladder rests, because a customer said that money comes, or staff gave time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from mailgate.billing.promise import Ended, PromiseKind
from store.rows import Rows, insert_row
from store.schema import promises


@dataclass(frozen=True, slots=True)
class Promise:
    """What was said about when an invoice is paid, or whatever is open of the account."""

    id: int
    customer_id: int
    invoice_id: int | None  # None: all that is open
    kind: PromiseKind
    until_on: date  # the last of the account's days on which the ladder rests
    said_at: datetime
    said_by: str
    spool_id: int | None = None  # the mail that said it
    ended_at: datetime | None = None  # None: it runs
    outcome: Ended | None = None

    def covers(self, invoice_id: int) -> bool:
        """It is about this invoice of the account, perhaps among others."""
        return self.invoice_id in (None, invoice_id)


def _outcome(row: RowMapping) -> Ended | None:
    word = row["outcome"]
    return Ended(word) if word else None


_PROMISE = Rows(Promise, outcome=_outcome)
_RUNNING = (
    select(promises)
    .where(promises.c.customer_id.in_(bindparam("ids", expanding=True)), promises.c.ended_at.is_(None))
    .order_by(promises.c.id)
)
_RUNNING_ON = _RUNNING.where(promises.c.until_on >= bindparam("the_day"))


def add(conn: Connection, promise: Promise) -> int:
    """Write down a promise, whose own id does not count, of a locked account; its id."""
    return insert_row(conn, insert(promises), _PROMISE.columns(promise))


def running(conn: Connection, customer_ids: Iterable[int], on: date | None = None) -> dict[int, list[Promise]]:
    """Promises of these customers that nobody has ended; those whose last day is not over on one.

    `rests_until` says what they come to for an invoice.
    """
    ids = {"ids": list(customer_ids)}
    rows = conn.execute(_RUNNING, ids) if on is None else conn.execute(_RUNNING_ON, {**ids, "the_day": on})
    found: dict[int, list[Promise]] = {}
    for row in rows.mappings():
        found.setdefault(row["customer_id"], []).append(_PROMISE.read(row))
    return found


def told(conn: Connection, customer_id: int) -> tuple[Promise, ...]:
    """Those that run and that the customer knows of."""
    return tuple(one for one in running(conn, (customer_id,)).get(customer_id, ()) if one.kind is not PromiseKind.HELD)


def held(conn: Connection, until: date) -> tuple[Promise, ...]:
    """What staff hold back until a day."""
    query = select(promises).where(promises.c.kind == PromiseKind.HELD.value, promises.c.ended_at.is_(None))
    rows = conn.execute(query.where(promises.c.until_on == until).order_by(promises.c.id)).mappings()
    return tuple(map(_PROMISE.read, rows))


def rests_until(theirs: Iterable[Promise], invoice_id: int) -> date | None:
    """The last day on which the ladder rests for an invoice, by the promises of its account; None: it does not."""
    return max((one.until_on for one in theirs if one.covers(invoice_id)), default=None)


def listing(conn: Connection, customer_id: int, *, invoice_id: int | None = None) -> tuple[Promise, ...]:
    """All promises of a customer in the order in which they were made; those that cover an invoice."""
    query = select(promises).where(promises.c.customer_id == customer_id)
    found = (_PROMISE.read(row) for row in conn.execute(query.order_by(promises.c.id)).mappings())
    return tuple(one for one in found if invoice_id is None or one.covers(invoice_id))


def end(conn: Connection, promise_ids: Sequence[int], outcome: Ended, *, now: datetime) -> None:
    """These run no longer; one that has ended before stays as it was."""
    if promise_ids:
        these = promises.c.id.in_(list(promise_ids)), promises.c.ended_at.is_(None)
        conn.execute(update(promises).where(*these).values(ended_at=now, outcome=outcome.value))


def count_since(conn: Connection, customer_id: int, kind: PromiseKind, since: datetime) -> int:
    """How many promises of a kind a customer has made since an instant."""
    query = select(func.count()).select_from(promises).where(promises.c.customer_id == customer_id)
    return int(conn.execute(query.where(promises.c.kind == kind.value, promises.c.said_at >= since)).scalar_one())
