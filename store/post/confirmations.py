"""Rows of confirmations and of those who are asked: each answers once. A nonce is stored as its digest."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, case, delete, func, insert, or_, select, update

from mailgate.confirmation import (
    KINDS,
    Answer,
    Askee,
    Confirmation,
    ConfirmKind,
    ConfirmState,
    Line,
    Needed,
    QuestionClass,
    Says,
    Statement,
    Whom,
)
from mailgate.mail.address import address_key
from store.rows import Rows, insert_row
from store.schema import askees, confirmations, contacts, staff


def add(
    conn: Connection,
    asked: Mapping[str, Any],
    whom: Sequence[tuple[Whom, int]],
    *,
    statement: Statement,
    needed: Needed,
) -> Confirmation:
    """Insert an open question to these people, each with his nonce; `asked` are the other columns."""
    values = {**asked, "statement": _stored(statement), "needed": needed, "state": ConfirmState.OPEN}
    number = insert_row(conn, insert(confirmations), values)
    for one, nonce in whom:
        own = None if one.statement is None else _stored(one.statement)
        row = {"contact_id": one.contact_id, "staff_id": one.staff_id, "address": one.address, "statement": own}
        row |= {"confirmation_id": number, "nonce_sha256": _digest(nonce), "returned": False}
        conn.execute(insert(askees).values(**row))
    added = show(conn, number)
    assert added is not None
    return added


def withdraw(conn: Connection, confirmation_id: int) -> None:
    """The question could not be put, so it never was."""
    conn.execute(delete(askees).where(askees.c.confirmation_id == confirmation_id))
    conn.execute(delete(confirmations).where(confirmations.c.id == confirmation_id))


def show(conn: Connection, confirmation_id: int) -> Confirmation | None:
    """One question, whatever became of it."""
    row = conn.execute(select(confirmations).where(confirmations.c.id == confirmation_id)).mappings().one_or_none()
    return _confirmation(conn, row) if row else None


def lock(conn: Connection, confirmation_id: int) -> Confirmation | None:
    """The same, and nobody else changes it or an answer to it before the end of the transaction."""
    query = select(confirmations.c.id).where(confirmations.c.id == confirmation_id).with_for_update()
    return show(conn, confirmation_id) if conn.execute(query).first() else None


def asked_with(conn: Connection, nonce: int) -> Confirmation | None:
    """The question that the nonce was made for, as it was a moment ago."""
    row = _made_for(conn, nonce)
    return show(conn, row.confirmation_id) if row else None


def with_nonce(conn: Connection, nonce: int) -> tuple[Confirmation, Askee] | None:
    """The question that the nonce was made for, locked, and whom it was made for."""
    row = _made_for(conn, nonce)
    asked = lock(conn, row.confirmation_id) if row else None
    if row is None or asked is None:
        return None
    return asked, next(one for one in asked.askees if one.id == row.id)


def _made_for(conn: Connection, nonce: int) -> Row[Any, Any] | None:
    mine = or_(askees.c.nonce_sha256 == _digest(nonce), askees.c.again_sha256 == _digest(nonce))
    return conn.execute(select(askees.c.id, askees.c.confirmation_id).where(mine)).first()


def newest(conn: Connection, asked: Confirmation) -> Confirmation:
    """What the question was replaced by, in the end."""
    while asked.replaced_by is not None:
        later = lock(conn, asked.replaced_by)
        assert later is not None
        asked = later
    return asked


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
    """The same person asked for the same, and that may still be answered."""
    query = select(confirmations.c.details).where(
        confirmations.c.kind == kind,
        confirmations.c.ticket_id == ticket_id,
        confirmations.c.contact_id == contact_id,
        confirmations.c.staff_id == staff_id,
        *_still_open(now),
    )
    return any(details == dict(values) for details in conn.execute(query).scalars())


def was_asked_about(conn: Connection, spool_id: int) -> bool:
    """This mail called for a question, whatever became of that."""
    return conn.execute(select(confirmations.c.id).where(confirmations.c.spool_id == spool_id)).first() is not None


def open_about(conn: Connection, kind: ConfirmKind, *, now: datetime) -> frozenset[int]:
    """The mails that questions of this kind are about, and that may still be answered."""
    query = select(confirmations.c.spool_id).where(confirmations.c.kind == kind, *_still_open(now))
    return frozenset(conn.execute(query).scalars())


def counts(
    conn: Connection,
    of: QuestionClass,
    *,
    customer_id: int | None,
    staff_id: int | None,
    since: datetime,
    now: datetime,
) -> tuple[int, int]:
    """How many questions of a class are open, and how many were asked since then.

    A staff member's are his own, whatever account they are about; all others are their account's.
    """
    whose = (
        confirmations.c.staff_id == staff_id
        if staff_id is not None
        else (confirmations.c.customer_id == customer_id) & confirmations.c.staff_id.is_(None)
    )
    still_open = case((_still_open(now)[0] & _still_open(now)[1], 1), else_=0)
    asked = case((confirmations.c.asked_at > since, 1), else_=0)
    query = select(func.coalesce(func.sum(still_open), 0), func.coalesce(func.sum(asked), 0)).where(
        whose, confirmations.c.kind.in_([kind for kind, rules in KINDS.items() if rules.of is of])
    )
    open_now, recent = conn.execute(query).one()
    return int(open_now), int(recent)


def answer(conn: Connection, askee_id: int, said: Answer, *, spool_id: int, now: datetime) -> None:
    """Keep what somebody answered, and in which mail."""
    values = {"answer": said, "answered_at": now, "answer_spool_id": spool_id}
    conn.execute(update(askees).where(askees.c.id == askee_id).values(**values))


def end(conn: Connection, confirmation_id: int, state: ConfirmState, *, replaced_by: int | None = None) -> bool:
    """End an open question; False when it had ended before, and then nothing may follow from it."""
    was_open = (confirmations.c.id == confirmation_id, confirmations.c.state == ConfirmState.OPEN)
    ended = conn.execute(update(confirmations).where(*was_open).values(state=state, replaced_by=replaced_by))
    return ended.rowcount == 1


def mark_returned(conn: Connection, askee_id: int) -> None:
    """An unclear answer goes back to its writer, who gets no second chance of that kind."""
    conn.execute(update(askees).where(askees.c.id == askee_id).values(returned=True))


def send_again(conn: Connection, askee_id: int, nonce: int) -> None:
    """A further nonce, for a copy of the question: that of the first mail stays good, that of an earlier copy not."""
    conn.execute(update(askees).where(askees.c.id == askee_id).values(again_sha256=_digest(nonce)))


def is_asked(conn: Connection, confirmation_id: int, address: str) -> bool:
    """Whoever reads this address now is among those whom the question is put to."""
    key = address_key(address)
    query = select(askees.c.address, contacts.c.address_key, staff.c.address_key).select_from(
        askees.outerjoin(contacts, contacts.c.id == askees.c.contact_id).outerjoin(
            staff, staff.c.id == askees.c.staff_id
        )
    )
    for row in conn.execute(query.where(askees.c.confirmation_id == confirmation_id)):
        if key in (row[1], row[2]) or (row[0] is not None and address_key(row[0]) == key):
            return True
    return False


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


def _stored(statement: Statement) -> list[dict[str, Any]]:
    return [{"says": line.says, "given": dict(line.given)} for line in statement]


def _statement(stored: Iterable[Mapping[str, Any]]) -> Statement:
    return tuple(Line(Says(line["says"]), line["given"]) for line in stored)


def _whom(row: RowMapping) -> Whom:
    own = None if row["statement"] is None else _statement(row["statement"])
    return Whom(row["contact_id"], row["staff_id"], row["address"], own)


_ASKEES = Rows(Askee, whom=_whom)
_CONFIRMATIONS = Rows(
    Confirmation,
    given=("askees",),
    values=lambda row: row["details"],
    statement=lambda row: _statement(row["statement"]),
)


def _confirmation(conn: Connection, row: RowMapping) -> Confirmation:
    people = select(askees).where(askees.c.confirmation_id == row["id"]).order_by(askees.c.id)
    asked = tuple(_ASKEES.read(one) for one in conn.execute(people).mappings())
    return _CONFIRMATIONS.read(row, askees=asked)
