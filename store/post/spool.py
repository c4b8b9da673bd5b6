"""Accepted messages: one row each, from the 250 to their disposition and after it for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from mailgate.mail.address import address_key
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from mailgate.mail.envelope import Door, Envelope
from mailgate.mail.sender.evidence import Evidence, Level
from store import locks
from store.post import leases
from store.rows import Rows, insert_row
from store.schema import blobs, spool, suppressions

DUPLICATE_WINDOW = timedelta(days=30)

_HELD_BY = (spool.c.id == bindparam("the_id"), spool.c.lease == bindparam("the_lease"))
_ADD = insert(spool)
_WAITING = select(spool.c.id).where(spool.c.disposition == Disposition.WAITING).limit(1)
_LEND = leases.lending(spool, when=spool.c.disposition == Disposition.WAITING)
_WRITE_LENT = update(spool).where(*_HELD_BY)
_WITH_DIGEST = select(spool.c.id).where(spool.c.digest == bindparam("the_digest")).limit(1)
_COPY = (
    select(spool.c.id, spool.c.ticket_id)
    .where(
        spool.c.digest == bindparam("the_digest"),
        spool.c.id != bindparam("the_id"),
        spool.c.received_at >= bindparam("the_since"),
        spool.c.disposition != Disposition.DUPLICATE,
    )
    .order_by(spool.c.id)
    .limit(1)
    .subquery()
)
_MET = union_all(
    select(_COPY), select(literal(None), literal(None)).where(suppressions.c.address_key == bindparam("the_key"))
)


@dataclass(frozen=True, slots=True)
class Met:
    """What was known before a message came: the first like it with its ticket, and of its author's address."""

    copy_of: int | None
    ticket_id: int | None
    is_suppressed: bool  # a mail server said that it takes no mail


@dataclass(frozen=True, slots=True)
class Lent:
    """A message that a worker has for itself until its lease runs out."""

    spool_id: int
    lease: str
    envelope: Envelope
    sha256: str
    attempts: int  # this one included
    released: bool  # a person let it out of quarantine
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message, and what was found in it."""

    disposition: Disposition
    reason: str | None = None
    ticket_id: int | None = None
    evidence: Evidence | None = None
    spam_score: float | None = None
    author: str | None = None  # `Name <address>`, as written
    subject: str | None = None
    message_id: str | None = None
    digest: str | None = None
    held_for: int | None = None  # the staff member who wrote it and alone decides


@dataclass(frozen=True, slots=True)
class Accepted:
    """One row as lists and `mailgate inbox show` read it."""

    id: int
    received_at: datetime
    door: Door
    peer: str | None
    reverse_path: str | None
    forward_paths: tuple[str, ...]
    sha256: str
    size: int
    outcome: Outcome
    finished_at: datetime | None
    attempts: int
    last_error: str | None
    decided_by: str | None  # who released or refused it


def add(conn: Connection, envelope: Envelope, sha256: str) -> int:
    """Insert a message whose blob is recorded in the same transaction; returns its id."""
    return _add(conn, envelope, sha256, {"due_at": envelope.received_at + leases.SWEEP_GRACE})


def add_settled(conn: Connection, envelope: Envelope, sha256: str, outcome: Outcome) -> int:
    """The same for one whose disposition is known: nobody will look at it again."""
    return _add(conn, envelope, sha256, {**_outcome(outcome), "finished_at": envelope.received_at, "due_at": None})


def tickets_of(conn: Connection, digests: Sequence[str]) -> Mapping[str, int | None]:
    """Those of these digests of which a message was settled here, and its ticket."""
    query = select(spool.c.digest, spool.c.ticket_id).where(spool.c.digest.in_(digests)).order_by(spool.c.id.desc())
    return {row.digest: row.ticket_id for row in conn.execute(query)}


def _add(conn: Connection, envelope: Envelope, sha256: str, more: Mapping[str, object]) -> int:
    values = {
        **_ENVELOPE.columns(envelope),
        "sha256": sha256,
        "attempts": 0,
        "released": False,
        "disposition": Disposition.WAITING,
        **more,
    }
    return insert_row(conn, _ADD, values)


def lend(conn: Connection, spool_ids: Sequence[int], *, now: datetime) -> tuple[Lent, ...]:
    """Give those of these messages that wait to the caller, the attempt counted."""
    return tuple(_LENT.read(row, spool_id=row["id"]) for row in leases.lend(conn, _LEND, spool_ids, now=now))


def finish(conn: Connection, lent: Lent, outcome: Outcome, *, now: datetime) -> bool:
    """Give the message its disposition; False when the lease was lost, and then nothing may be written beside it."""
    values = {**_outcome(outcome), "finished_at": now, "due_at": None, "lease": None}
    return conn.execute(_WRITE_LENT, {"the_id": lent.spool_id, "the_lease": lent.lease, **values}).rowcount == 1


def _outcome(outcome: Outcome) -> Mapping[str, object]:
    evidence = outcome.evidence
    return {
        **_OUTCOME.columns(outcome),
        "evidence": evidence.level if evidence else None,
        "evidence_reasons": list(evidence.reasons) if evidence else None,
    }


def give_back(conn: Connection, lent: Lent, *, error: str, due_at: datetime, counted: bool) -> None:
    """The attempt failed: keep why, try again at `due_at`. It is not counted when the message was not to blame."""
    attempts = spool.c.attempts if counted else spool.c.attempts - 1
    conn.execute(
        update(spool)
        .where(spool.c.id == lent.spool_id, spool.c.lease == lent.lease)
        .values(lease=None, due_at=due_at, last_error=error, attempts=attempts)
    )


def release(conn: Connection, spool_id: int, *, by: str, now: datetime) -> bool:
    """Send a held or quarantined message back to be processed; False when it is neither."""
    done = conn.execute(
        update(spool)
        .where(spool.c.id == spool_id, spool.c.disposition.in_(AWAITING_REVIEW))
        .values(
            disposition=Disposition.WAITING,
            released=True,
            decided_by=by,
            attempts=0,
            due_at=now,
            lease=None,
            finished_at=None,
        )
    )
    return done.rowcount == 1


def refuse(conn: Connection, spool_id: int, *, by: str, reason: str, now: datetime) -> bool:
    """End a held or quarantined message as refused; False when it is neither. Its bytes stay."""
    done = conn.execute(
        update(spool)
        .where(spool.c.id == spool_id, spool.c.disposition.in_(AWAITING_REVIEW))
        .values(disposition=Disposition.REFUSED, decided_by=by, reason=reason, finished_at=now)
    )
    return done.rowcount == 1


def quarantine(conn: Connection, spool_id: int, *, by: str, staff_id: int) -> bool:
    """A message that was let in is spam after all; False when it is held as that already. Who says so decides on."""
    done = conn.execute(
        update(spool)
        .where(spool.c.id == spool_id, spool.c.disposition != Disposition.QUARANTINED)
        .values(disposition=Disposition.QUARANTINED, decided_by=by, reason=f"spam, says {by}", held_for=staff_id)
    )
    return done.rowcount == 1


def met(conn: Connection, digest: str, author: str, *, before: Lent) -> Met:
    """Look for a processed message with the same digest, not older than the window, and at what is held of its author.

    Both at once: it is asked for each mail, and hardly ever found.
    """
    since = before.envelope.received_at - DUPLICATE_WINDOW
    given = {"the_digest": digest, "the_id": before.spool_id, "the_since": since}
    rows = conn.execute(_MET, {**given, "the_key": address_key(author) if author else ""}).all()
    copy_of, ticket_id = next(((row.id, row.ticket_id) for row in rows if row.id is not None), (None, None))
    return Met(copy_of, ticket_id, any(row.id is None for row in rows))


def has_digest(conn: Connection, digest: str) -> bool:
    """The same message was settled here, however long ago."""
    return conn.execute(_WITH_DIGEST, {"the_digest": digest}).first() is not None


def is_waiting(conn: Connection) -> bool:
    """A mail has no disposition yet."""
    return conn.execute(_WAITING).first() is not None


def show(conn: Connection, spool_id: int) -> Accepted | None:
    """One accepted message; None when there is no such id."""
    row = conn.execute(_rows().where(spool.c.id == spool_id)).mappings().first()
    return _ACCEPTED.read(row) if row else None


def lock(conn: Connection, spool_id: int) -> None:
    """Wait until nobody else decides on this message, and have it until the commit."""
    if not locks.has_one_writer(conn):
        conn.execute(select(spool.c.id).where(spool.c.id == spool_id).with_for_update(key_share=True))


def listing(
    conn: Connection,
    *,
    dispositions: Sequence[Disposition] = (),
    after: int = 0,
    limit: int | None = None,
    finished_after: datetime | None = None,
    for_all: bool = False,
) -> tuple[Accepted, ...]:
    """Accepted messages behind id `after`, newest last; `for_all`: without those on which one person alone decides."""
    query = _rows().where(spool.c.id > after)
    if dispositions:
        query = query.where(spool.c.disposition.in_(dispositions))
    if finished_after is not None:
        query = query.where(spool.c.finished_at > finished_after)
    if for_all:
        query = query.where(spool.c.held_for.is_(None))
    rows = conn.execute(query.order_by(spool.c.id).limit(limit)).mappings()
    return tuple(_ACCEPTED.read(row) for row in rows)


def newest_of(conn: Connection, address: str, *, among: int) -> Accepted | None:
    """Of the last `among` settled mails the newest whose From names this address and whose domain was judged.

    Spam and mails of programs are none, nor is a yes to a question, which proves a mailbox.
    """
    author = func.lower(spool.c.author)
    query = _rows().where(
        spool.c.id > last_id(conn) - among,
        or_(author == address.lower(), author.endswith(f"<{address.lower()}>", autoescape=True)),
        spool.c.disposition.not_in((Disposition.WAITING, Disposition.QUARANTINED, Disposition.AUTOMATIC)),
        spool.c.evidence != Level.CONFIRMED,
    )
    row = conn.execute(query.order_by(spool.c.id.desc()).limit(1)).mappings().first()
    return _ACCEPTED.read(row) if row else None


def newest_without_ticket(conn: Connection, disposition: Disposition, *, limit: int) -> tuple[Accepted, ...]:
    """Of the last `limit` mails that ended so, those that are in no ticket, newest first."""
    of_these = select(spool.c.id).where(spool.c.disposition == disposition).order_by(spool.c.id.desc()).limit(limit)
    query = _rows().where(spool.c.id.in_(of_these), spool.c.ticket_id.is_(None)).order_by(spool.c.id.desc())
    return tuple(_ACCEPTED.read(row) for row in conn.execute(query).mappings())


def held_for(conn: Connection, staff_id: int, ticket_id: int) -> tuple[int, ...]:
    """The mails on a ticket that are held for their writer alone, oldest first."""
    query = select(spool.c.id).where(
        spool.c.held_for == staff_id, spool.c.ticket_id == ticket_id, spool.c.disposition == Disposition.HELD
    )
    return tuple(conn.execute(query.order_by(spool.c.id)).scalars())


def last_id(conn: Connection) -> int:
    """The id of the newest mail; 0 when there is none."""
    return conn.execute(select(func.max(spool.c.id))).scalar() or 0


def _rows() -> Select[Any]:
    return select(spool, blobs.c.size).join(blobs, blobs.c.sha256 == spool.c.sha256)


def _evidence(row: RowMapping) -> Evidence | None:
    level = row["evidence"]
    return Evidence(Level(level), tuple(row["evidence_reasons"] or ())) if level else None


_ENVELOPE = Rows(Envelope)
_OUTCOME = Rows(Outcome, evidence=_evidence)
_LENT = Rows(Lent, given=("spool_id",), envelope=_ENVELOPE.read)
_ACCEPTED = Rows(Accepted, outcome=_OUTCOME.read)
