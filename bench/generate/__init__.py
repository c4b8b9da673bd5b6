"""Fills a store with made-up tickets in bulk: years of mail in minutes, for the benchmarks and for trying things out.

The rows are those that the flows would have written: every mail with its bytes, digest and disposition, every notice
with its composed bytes. The same seed makes the same store, but for what the store's own key signs. Nobody else may
write to the store meanwhile. A file is inserted into, a server is sent the rows by COPY.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, select, update

from bench.generate.history import YEARS
from bench.generate.making import Made, make, make_aside
from bench.generate.rows import Beginning, Home, Size, insert, newest_ids, number_on
from mailgate.mail.address_token import Key
from store import keys, people
from store.engine import transaction
from store.schema import contacts, customers

__all__ = ["Home", "Size", "generate", "has_customers"]

MAKE_ASIDE_FROM = 3000
"""Tickets from which on a second process pays: it makes the next rows up while these are written."""

CACHE_KIB, USUAL_CACHE_KIB = 256 * 1024, 2000
"""SQLite's own cache: with the usual one it writes the pages of a large transaction several times."""

_WROTE = update(contacts).where(contacts.c.id == bindparam("contact")).values(active_at=bindparam("wrote_at"))


def has_customers(conn: Connection) -> bool:
    """Somebody is registered: this may be a store that matters."""
    return conn.execute(select(customers.c.id).limit(1)).first() is not None


def generate(engine: Engine, size: Size, home: Home, *, now: datetime) -> None:
    """Add tickets with their customers and mails; the newest is of `now`, the oldest of two years before.

    Raises ValueError for a size that cannot be.
    """
    if not 0 < size.tickets <= size.messages:
        raise ValueError("there is at least one ticket, and at least one message for each")
    with transaction(engine) as conn:
        staff = people.list_staff(conn) or (
            people.add_staff(conn, "Bart Jones", "bart@hosting.example", now=now - YEARS),
        )
        beginning = Beginning(newest_ids(conn), tuple(staff), Key(*keys.signing(conn)))
    making = make_aside if size.tickets >= MAKE_ASIDE_FROM else make
    made: Iterator[Made] = making(size, home, beginning, now)
    for some in made:
        with transaction(engine, durable=some.is_last) as conn:  # the last commit makes the earlier ones durable too
            _cache(conn, USUAL_CACHE_KIB if some.is_last else CACHE_KIB)
            insert(conn, some.batches)
            if some.is_last:
                conn.execute(_WROTE, [{"contact": contact, "wrote_at": at} for contact, at in some.wrote_at.items()])
                number_on(conn)


def _cache(conn: Connection, kibibytes: int) -> None:
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(f"PRAGMA cache_size=-{kibibytes}")
