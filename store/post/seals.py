"""What the signatures of believed mails sign, and which mail had it first: a signed mail counts once, for good."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from store.engine import insert_once
from store.schema import seals, spool

_OWNER = (
    select(seals.c.spool_id, spool.c.ticket_id)
    .join(spool, spool.c.id == seals.c.spool_id)
    .where(seals.c.seal.in_(bindparam("the_seals", expanding=True)), seals.c.spool_id != bindparam("the_id"))
    .order_by(seals.c.spool_id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Original:
    """The mail of which another is a copy, and its ticket."""

    spool_id: int
    ticket_id: int | None


def claim(conn: Connection, spool_id: int, found: Sequence[str]) -> Original | None:
    """Take these seals for a mail, unless another has one of them: then it is a copy of that one.

    They are inserted before they are looked for, so that of two copies that are settled at the same time one waits.
    """
    if not found:
        return None
    insert_once(conn, seals, [{"seal": seal, "spool_id": spool_id} for seal in sorted(found)])
    row = conn.execute(_OWNER, {"the_seals": list(found), "the_id": spool_id}).first()
    return Original(row.spool_id, row.ticket_id) if row else None
