"""Keys of our DKIM signatures: a pair is made, then published, then signs, until the next pair takes its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, func, insert, null, select, update

from mailgate.mail.signing_key import Algorithm, SigningKey, record_text
from store.schema import signing_keys


class KeyState(StrEnum):
    """Where a key is in its life."""

    WAITING = "waiting"  # for its record in the DNS
    SIGNING = "signing"
    RETIRED = "retired"  # its private half is gone; the record stays for mail that is still on its way


_WAITS = signing_keys.c.enabled_at.is_(None) & signing_keys.c.retired_at.is_(None)
_SIGNS = signing_keys.c.enabled_at.is_not(None) & signing_keys.c.retired_at.is_(None)
_SIGNING = select(signing_keys).where(_SIGNS).order_by(signing_keys.c.id)
_WAITING = select(signing_keys).where(_WAITS).order_by(signing_keys.c.id)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is shown: never its private half."""

    selector: str
    algorithm: Algorithm
    public: bytes
    created_at: datetime
    enabled_at: datetime | None
    retired_at: datetime | None

    @property
    def state(self) -> KeyState:
        """Where it is in its life."""
        if self.retired_at is not None:
            return KeyState.RETIRED
        return KeyState.WAITING if self.enabled_at is None else KeyState.SIGNING

    @property
    def record(self) -> str:
        """The text of its TXT record."""
        return record_text(self.algorithm, self.public)


def next_number(conn: Connection) -> int:
    """The generation that comes next; a selector is never used for a second key."""
    return int(conn.execute(select(func.count()).select_from(signing_keys)).scalar_one()) // 2 + 1


def add(conn: Connection, pair: Sequence[SigningKey], *, now: datetime) -> None:
    """Keep a new pair, which waits."""
    for key in pair:
        values = {"selector": key.selector, "algorithm": key.algorithm, "private": key.private, "public": key.public}
        conn.execute(insert(signing_keys).values(**values, created_at=now))


def signing(conn: Connection) -> tuple[SigningKey, ...]:
    """The keys that sign now; none where mail leaves unsigned."""
    return _read(conn, _SIGNING)


def waiting(conn: Connection) -> tuple[SigningKey, ...]:
    """The keys that could sign next."""
    return _read(conn, _WAITING)


def enable(conn: Connection, *, now: datetime) -> None:
    """Those that wait, if any do, sign from now on; those that did are retired, their private halves forgotten."""
    if not waiting(conn):
        return
    conn.execute(update(signing_keys).where(_SIGNS).values(retired_at=now, private=null()))
    conn.execute(update(signing_keys).where(_WAITS).values(enabled_at=now))


def disable(conn: Connection, *, now: datetime) -> None:
    """Nothing is signed from now on, and nothing waits to: all keys are retired."""
    conn.execute(update(signing_keys).where(_SIGNS | _WAITS).values(retired_at=now, private=null()))


def listing(conn: Connection) -> tuple[KeyRow, ...]:
    """All keys that there ever were, oldest first."""
    return tuple(
        KeyRow(row.selector, Algorithm(row.algorithm), row.public, row.created_at, row.enabled_at, row.retired_at)
        for row in conn.execute(select(signing_keys).order_by(signing_keys.c.id))
    )


def _read(conn: Connection, query: Select[Any]) -> tuple[SigningKey, ...]:
    rows = conn.execute(query)
    return tuple(SigningKey(row.selector, Algorithm(row.algorithm), row.private, row.public) for row in rows)
