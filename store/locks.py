"""Locks that end with their transaction, in the order that everybody keeps: names, accounts, tickets, then other rows.

What a story decides on is locked before it is read. SQLite lets one writer in at a time and needs no lock; there it is
only noted which tickets a story has, so that every test sees a story that forgot to ask (`store.desk.tickets.append`).
"""

import hashlib
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, func, select
from sqlalchemy.sql import column

_tickets: WeakKeyDictionary[Connection, set[int]] = WeakKeyDictionary()

_KEYS = bindparam("the_keys", type_=ARRAY(BigInteger))
_HOLD = select(func.pg_advisory_xact_lock(column("key", BigInteger))).select_from(func.unnest(_KEYS).alias("key"))


def has_one_writer(conn: Connection) -> bool:
    """The whole store is this transaction's until it ends: nothing need be locked."""
    return conn.dialect.name == "sqlite"


def hold(conn: Connection, names: Iterable[str]) -> None:
    """Wait until nobody else holds one of these names, and hold them to the end of the transaction.

    All in one call, before any row is locked: they are taken in the same order by everybody.
    """
    keys = sorted({_key(name) for name in names})
    if keys and not has_one_writer(conn):
        conn.execute(_HOLD, {"the_keys": keys})


def tickets_of(conn: Connection) -> set[int]:
    """The numbers of tickets that this transaction has for itself; a ticket that it opens is one of them."""
    return _tickets.setdefault(conn, set())


def _key(name: str) -> int:
    """64 bits, signed, as PostgreSQL names advisory locks."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
