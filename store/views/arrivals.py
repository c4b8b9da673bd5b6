"""How mails came in and what was thought of them: for staff alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, select

from store.schema import spool
from store.views.weight import line


@dataclass(frozen=True, slots=True)
class Arrival:
    """One accepted mail, without its bytes."""

    id: int
    received_at: datetime
    door: str
    peer: str | None
    helo: str | None
    tls: bool
    reverse_path: str | None
    forward_paths: tuple[str, ...]
    evidence: str | None
    reasons: tuple[str, ...]
    spam_score: float | None
    author: str
    subject: str
    message_id: str | None


ARRIVAL = select(
    spool.c.id,
    spool.c.received_at,
    spool.c.door,
    spool.c.peer,
    spool.c.helo,
    spool.c.tls,
    spool.c.reverse_path,
    spool.c.forward_paths,
    spool.c.evidence,
    spool.c.evidence_reasons,
    spool.c.spam_score,
    spool.c.author,
    spool.c.subject,
    spool.c.message_id,
)
"""What `arrival_in` reads."""

_SOME = ARRIVAL.where(spool.c.id.in_(bindparam("spool_ids", expanding=True)))


def arrivals(conn: Connection, spool_ids: Iterable[int]) -> Mapping[int, Arrival]:
    """The arrivals with these ids, by id."""
    rows = conn.execute(_SOME, {"spool_ids": list(set(spool_ids))}).mappings()
    return {row["id"]: arrival_in(row) for row in rows}


def arrival_in(row: RowMapping) -> Arrival:
    """How the mail of a spool row came in."""
    return Arrival(
        id=row["id"],
        received_at=row["received_at"],
        door=row["door"],
        peer=row["peer"],
        helo=row["helo"],
        tls=row["tls"],
        reverse_path=row["reverse_path"],
        forward_paths=tuple(row["forward_paths"]),
        evidence=row["evidence"],
        reasons=tuple(row["evidence_reasons"] or ()),
        spam_score=row["spam_score"],
        author=line(row["author"]),
        subject=line(row["subject"]),
        message_id=row["message_id"],
    )
