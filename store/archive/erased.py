"""Large blobs that were just erased: for a while nobody may name them anew.

Whoever prepared one before its object was removed would otherwise record a row without an object. He is told to come
again, and prepares it anew, when all who could have prepared it before are done.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from store.engine import insert_once
from store.schema import blobs, erased_blobs

WHILE = timedelta(minutes=15)
"""Far longer than any mail takes from `prepare` to `add`, with what the clocks of several hosts may differ."""

_AT_ONCE = 500

_JUST_ERASED = select(erased_blobs.c.sha256).where(
    erased_blobs.c.sha256 == bindparam("the_sha256"), erased_blobs.c.erased_at > bindparam("since")
)


def bury(conn: Connection, digests: Sequence[str], *, now: datetime | None = None) -> tuple[str, ...]:
    """Mark those of these large blobs that have no row; their objects may go once this is committed. Returns them.

    `now`: by the clock of this host, for it is about processes.
    """
    at = now or datetime.now(UTC)
    conn.execute(delete(erased_blobs).where(erased_blobs.c.erased_at < at - WHILE))
    buried: list[str] = []
    for some in _parts(sorted(set(digests))):
        named = set(conn.execute(select(blobs.c.sha256).where(blobs.c.sha256.in_(some))).scalars())
        for sha256 in some:
            if sha256 not in named and _is_alone(conn, sha256):
                buried.append(sha256)
    for some in _parts(buried):
        conn.execute(delete(erased_blobs).where(erased_blobs.c.sha256.in_(some)))
        conn.execute(insert(erased_blobs), [{"sha256": sha256, "erased_at": at} for sha256 in some])
    return tuple(buried)


def was_just_erased(conn: Connection, sha256: str) -> bool:
    """To be asked after its row was inserted: that waits for whoever is just burying it."""
    return conn.execute(_JUST_ERASED, {"the_sha256": sha256, "since": datetime.now(UTC) - WHILE}).first() is not None


def _is_alone(conn: Connection, sha256: str) -> bool:
    """No other transaction is just adding it: a row of ours waits for theirs, as theirs would for ours."""
    insert_once(conn, blobs, {"sha256": sha256, "size": -1, "content": None})
    ours = delete(blobs).where(blobs.c.sha256 == sha256, blobs.c.size == -1)
    return conn.execute(ours).rowcount == 1


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(values), _AT_ONCE):
        yield values[begin : begin + _AT_ONCE]
