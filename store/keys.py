"""Signing keys of address tokens: the newest signs, retired ones verify until their tokens have expired."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from mailgate.errors import Permanent
from store import locks
from store.schema import keys

SECRET_BYTES = 32
MAX_KID = 255  # one octet in the token


_ALL = select(keys.c.kid, keys.c.secret)
_NEWEST = _ALL.order_by(keys.c.kid.desc()).limit(1)


class KeysUsedUp(Permanent):
    """256 keys have been made; their ids cannot be used again while old tokens may be about."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as `mailgate keys list` shows it: never its secret."""

    kid: int
    created_at: datetime
    retired_at: datetime | None


def signing(conn: Connection) -> tuple[int, bytes]:
    """Id and secret of the key that signs now: the newest."""
    row = conn.execute(_NEWEST).one()
    return row.kid, row.secret


def verifying(conn: Connection) -> Mapping[int, bytes]:
    """All keys by id."""
    return {row.kid: row.secret for row in conn.execute(_ALL)}


def rotate(conn: Connection, *, now: datetime) -> int:
    """Make a new signing key and retire the others: they verify what they signed. Returns the new id."""
    locks.hold(conn, ("keys",))
    newest = conn.execute(select(func.max(keys.c.kid))).scalar()
    kid = 1 if newest is None else newest + 1
    if kid > MAX_KID:
        raise KeysUsedUp("all 255 key ids are used; remove keys whose tokens have long expired")
    conn.execute(update(keys).where(keys.c.retired_at.is_(None)).values(retired_at=now))
    conn.execute(insert(keys).values(kid=kid, secret=secrets.token_bytes(SECRET_BYTES), created_at=now))
    return kid


def listing(conn: Connection) -> tuple[KeyRow, ...]:
    """All keys, oldest first."""
    rows = conn.execute(select(keys.c.kid, keys.c.created_at, keys.c.retired_at).order_by(keys.c.kid))
    return tuple(KeyRow(row.kid, row.created_at, row.retired_at) for row in rows)
