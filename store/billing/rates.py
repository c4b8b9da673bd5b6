"""Rates of exchange, by which the tax of a document in another currency is told in the company's own."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from store.rows import Rows
from store.schema import exchange_rates


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of a currency are one of `home`, from a day on."""

    home: str
    currency: str
    since_on: date
    rate: str  # a decimal
    recorded_at: datetime
    recorded_by: str


_RATE = Rows(Rate)


def add(conn: Connection, rate: Rate) -> None:
    """Write a rate down. One of the same day gives way to it: documents keep the one that they were issued with."""
    same = (
        exchange_rates.c.home == rate.home,
        exchange_rates.c.currency == rate.currency,
        exchange_rates.c.since_on == rate.since_on,
    )
    conn.execute(delete(exchange_rates).where(*same))
    conn.execute(insert(exchange_rates).values({name: getattr(rate, name) for name in Rate.__slots__}))


def valid(conn: Connection, home: str, currency: str, on: date) -> Rate | None:
    """The rate of a day: the newest that is not after it. None where none is on record."""
    query = select(exchange_rates).where(
        exchange_rates.c.home == home, exchange_rates.c.currency == currency, exchange_rates.c.since_on <= on
    )
    row = conn.execute(query.order_by(exchange_rates.c.since_on.desc()).limit(1)).mappings().first()
    return None if row is None else _RATE.read(row)


def listing(conn: Connection) -> tuple[Rate, ...]:
    """All of them, by currency, the newest first."""
    order = exchange_rates.c.currency, exchange_rates.c.home, exchange_rates.c.since_on.desc()
    return tuple(_RATE.read(row) for row in conn.execute(select(exchange_rates).order_by(*order)).mappings())
