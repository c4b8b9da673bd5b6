"""Series of numbers: a row for each kind and year, raised in the transaction that issues, so that none is missing."""

from datetime import date

from sqlalchemy import Connection, func, select, update

from mailgate.errors import Permanent
from store.engine import insert_once
from store.schema import series


class ClockWentBack(Permanent):
    """A number would be dated before the last one of its series: a clock was, or is, wrong."""


def take(conn: Connection, kind: str, count: int, *, on: date) -> int:
    """The first of so many numbers in a row, for documents of this day. Whoever takes next waits for the commit.

    Raises ClockWentBack.
    """
    latest = last_on(conn, kind)
    if latest is not None and latest > on:
        raise ClockWentBack(
            f"today is {on}, but the last {kind} is of {latest}: numbers would not rise with their dates"
        )
    insert_once(conn, series, {"kind": kind, "year": on.year, "last": 0, "last_on": on})
    raised = (
        update(series)
        .where(series.c.kind == kind, series.c.year == on.year, series.c.last_on <= on)
        .values(last=series.c.last + count, last_on=on)
        .returning(series.c.last)
    )
    last = conn.execute(raised).scalar()
    if last is None:  # while it waited, somebody with a later day went first
        raise ClockWentBack(f"today is {on}, and a {kind} of a later day was issued just now")
    return int(last) - count + 1


def last_days(conn: Connection) -> dict[str, date]:
    """The days of the newest numbers, by kind."""
    query = select(series.c.kind, func.max(series.c.last_on)).group_by(series.c.kind).order_by(series.c.kind)
    return {row[0]: row[1] for row in conn.execute(query)}


def last_on(conn: Connection, kind: str) -> date | None:
    """The day of the newest number of this kind."""
    return conn.execute(select(func.max(series.c.last_on)).where(series.c.kind == kind)).scalar()
