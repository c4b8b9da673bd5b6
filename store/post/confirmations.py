"""Rows of confirmations: asked once, answered once. A nonce is stored as its digest."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, case, delete, func, insert, select, update

from mailgate.confirmation import Confirmation, ConfirmKind, ConfirmState
from store.schema import confirmations


def add(conn: Connection, nonce: int, **values: Any) -> Confirmation:
    """Insert an open question; `values` are the other columns."""
    values |= {"nonce_sha256": _digest(nonce), "state": ConfirmState.OPEN, "returned": False}
    conn.execute(insert(confirmations).values(**values))
    added = with_nonce(conn, nonce)
    assert added is not None
    return added


def withdraw(conn: Connection, confirmation_id: int) -> None:
    """The question could not be put, so it never was."""
    conn.execute(delete(confirmations).where(confirmations.c.id == confirmation_id))


def show(conn: Connection, confirmation_id: int) -> Confirmation | None:
    """One question, whatever became of it."""
    row = conn.execute(select(confirmations).where(confirmations.c.id == confirmation_id)).mappings().one_or_none()
    return _confirmation(row) if row else None


def with_nonce(conn: Connection, nonce: int) -> Confirmation | None:
    """The question that the nonce was made for."""
    query = select(confirmations).where(confirmations.c.nonce_sha256 == _digest(nonce))
    row = conn.execute(query).mappings().first()
    return _confirmation(row) if row else None


def same_open(
    conn: Connection,
    kind: ConfirmKind,
    values: Mapping[str, str],
    *,
    ticket_id: int | None,
    contact_id: int | None,
    staff_id: int | None,
    now: datetime,
) -> bool:
    """The same question was put to the same person, and may still be answered."""
    query = select(confirmations).where(
        confirmations.c.kind == kind,
        confirmations.c.ticket_id == ticket_id,
        confirmations.c.contact_id == contact_id,
        confirmations.c.staff_id == staff_id,
        *_still_open(now),
    )
    return any(row["details"] == dict(values) for row in conn.execute(query).mappings())


def counts(
    conn: Connection, *, customer_id: int | None, staff_id: int | None, since: datetime, now: datetime
) -> tuple[int, int]:
    """How many questions of one account are open, and how many were asked since then."""
    still_open = case((_still_open(now)[0] & _still_open(now)[1], 1), else_=0)
    asked = case((confirmations.c.asked_at > since, 1), else_=0)
    query = select(func.coalesce(func.sum(still_open), 0), func.coalesce(func.sum(asked), 0)).where(
        confirmations.c.customer_id == customer_id, confirmations.c.staff_id == staff_id
    )
    open_now, recent = conn.execute(query).one()
    return int(open_now), int(recent)


def finish(conn: Connection, confirmation_id: int, state: ConfirmState, *, spool_id: int | None, now: datetime) -> bool:
    """Answer an open question, or let it expire; False when that was done before."""
    was_open = (confirmations.c.id == confirmation_id, confirmations.c.state == ConfirmState.OPEN)
    done = conn.execute(
        update(confirmations).where(*was_open).values(state=state, answered_at=now, answer_spool_id=spool_id)
    )
    return done.rowcount == 1


def mark_returned(conn: Connection, confirmation_id: int) -> None:
    """An unclear answer goes back to its writer, who gets no second chance of that kind."""
    conn.execute(update(confirmations).where(confirmations.c.id == confirmation_id).values(returned=True))


def expired(conn: Connection, *, at: datetime, limit: int) -> Sequence[tuple[int, datetime]]:
    """Ids of open questions whose time is over, and since when, the oldest first."""
    query = (
        select(confirmations.c.id, confirmations.c.expires_at)
        .where(confirmations.c.state == ConfirmState.OPEN, confirmations.c.expires_at <= at)
        .order_by(confirmations.c.expires_at, confirmations.c.id)
        .limit(limit)
    )
    return [(row.id, row.expires_at) for row in conn.execute(query)]


def _still_open(now: datetime) -> tuple[Any, Any]:
    return confirmations.c.state == ConfirmState.OPEN, confirmations.c.expires_at > now


def _digest(nonce: int) -> str:
    return hashlib.sha256(nonce.to_bytes(8, "big")).hexdigest()


def _confirmation(row: RowMapping) -> Confirmation:
    return Confirmation(
        id=row["id"],
        kind=ConfirmKind(row["kind"]),
        values=row["details"],
        statement=row["statement"],
        cost=row["cost"],
        customer_id=row["customer_id"],
        contact_id=row["contact_id"],
        staff_id=row["staff_id"],
        ticket_id=row["ticket_id"],
        spool_id=row["spool_id"],
        evidence=row["evidence"],
        state=ConfirmState(row["state"]),
        returned=row["returned"],
        asked_at=row["asked_at"],
        expires_at=row["expires_at"],
    )
