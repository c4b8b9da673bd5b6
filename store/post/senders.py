"""Strangers whose mail staff want: an address stands here, and its verified mail opens tickets without being held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from mailgate.mail.address import address_key, parse_mailbox
from store.engine import insert_once
from store.schema import allowed_senders

_ALLOWED = select(allowed_senders.c.address_key)


@dataclass(frozen=True, slots=True)
class AllowedSender:
    """One address, who let it in, and when."""

    address: str
    allowed_by: str
    at: datetime


def allow(conn: Connection, address: str, *, by: str, now: datetime) -> AllowedSender:
    """Let this address in from now on; one that is in already stays as it is. Raises BadAddress."""
    parse_mailbox(address)
    key = address_key(address)
    values = {"address_key": key, "address": address, "allowed_by": by, "allowed_at": now}
    insert_once(conn, allowed_senders, values)
    row = conn.execute(select(allowed_senders).where(allowed_senders.c.address_key == key)).one()
    return AllowedSender(row.address, row.allowed_by, row.allowed_at)


def is_allowed(conn: Connection, address: str) -> bool:
    """Staff want mail from this address."""
    return conn.execute(_ALLOWED.where(allowed_senders.c.address_key == address_key(address))).first() is not None


def listing(conn: Connection) -> Sequence[AllowedSender]:
    """All of them, in the order of their addresses."""
    rows = conn.execute(select(allowed_senders).order_by(allowed_senders.c.address_key))
    return [AllowedSender(row.address, row.allowed_by, row.allowed_at) for row in rows]


def remove(conn: Connection, address: str) -> bool:
    """Mail from this address is held again; False when it was not allowed."""
    done = conn.execute(delete(allowed_senders).where(allowed_senders.c.address_key == address_key(address)))
    return done.rowcount == 1
