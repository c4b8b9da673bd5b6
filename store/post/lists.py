"""The lists that staff get by mail: what each names, in its order. Its number stands in the address that answers it.

A list of each morning is written once for each of the staff, whoever looks and how many look at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, or_, select

from mailgate.letters.kind import Template
from store.engine import insert_new
from store.schema import lists


@dataclass(frozen=True, slots=True)
class StaffList:
    """One list, as one of the staff got it."""

    id: int
    kind: Template
    staff_id: int
    created_at: datetime
    morning: datetime | None  # the hour that it is for; None: it was asked for, or tells what is new
    ids: tuple[int, ...]  # of held mails, or tickets


def add(
    conn: Connection, kind: Template, staff_id: int, ids: Sequence[int], *, morning: datetime | None, now: datetime
) -> int | None:
    """Number a list that is about to be sent; None when this morning's was written."""
    values = {"kind": kind, "staff_id": staff_id, "created_at": now, "morning": morning, "ids": list(ids)}
    return insert_new(conn, lists, values)


def find(conn: Connection, number: int, staff_id: int) -> StaffList | None:
    """The list that an address of his names. Until their rows were made lists were numbered otherwise."""
    named = or_(lists.c.id == number, lists.c.old_number == number)
    query = select(lists).where(lists.c.staff_id == staff_id, named).order_by(lists.c.id.desc()).limit(1)
    row = conn.execute(query).mappings().first()
    return _staff_list(row) if row else None


def last(conn: Connection, kind: Template) -> datetime | None:
    """When a list of this kind was last written."""
    return conn.execute(select(func.max(lists.c.created_at)).where(lists.c.kind == kind)).scalar()


def since(conn: Connection, kind: Template, at: datetime) -> tuple[StaffList, ...]:
    """The lists of one kind that were written since then, oldest first."""
    query = select(lists).where(lists.c.kind == kind, lists.c.created_at >= at).order_by(lists.c.id)
    return tuple(_staff_list(row) for row in conn.execute(query).mappings())


def was_written(conn: Connection, kind: Template, morning: datetime) -> bool:
    """Somebody has got the list of this morning."""
    query = select(lists.c.id).where(lists.c.kind == kind, lists.c.morning >= morning).limit(1)
    return conn.execute(query).first() is not None


def _staff_list(row: RowMapping) -> StaffList:
    return StaffList(
        row["id"], Template(row["kind"]), row["staff_id"], row["created_at"], row["morning"], tuple(row["ids"])
    )
