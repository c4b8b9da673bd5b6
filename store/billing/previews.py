"""Rows of what staff were told of the next day's billing, of what lay in it, and of who let it go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from store.engine import insert_new
from store.rows import insert_row
from store.schema import invoices, preview_items, previews, services


class Kind(StrEnum):
    """What comes."""

    INVOICE = "invoice"  # a run issues it
    CHARGE = "charge"  # of a saved card
    MAIL = "mail"  # a reminder
    WARNING = "warning"  # a reminder that names what follows, which no skipping leaves out
    SUSPENSION = "suspension"
    END = "end"
    # what would come, if nobody had held it back:
    HELD_ACCOUNT = "held-account"  # invoices of it
    HELD_INVOICE = "held-invoice"


HELD = (Kind.HELD_ACCOUNT, Kind.HELD_INVOICE)


def may_bring_any(conn: Connection) -> bool:
    """Something was ever sold here, so that there may be anything to come."""
    return any(conn.execute(select(table.c.id).limit(1)).first() for table in (services, invoices))


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `key` is the same on every evening on which it is still to come."""

    id: int
    preview_id: int
    kind: Kind
    key: str
    customer_id: int
    day: date  # of the account
    currency: str
    amount_minor: int
    invoice_ids: tuple[int, ...] = ()
    step: str = ""  # of the ladder


@dataclass(frozen=True, slots=True)
class Preview:
    """One evening's."""

    id: int
    evening: datetime
    for_day: date
    items: int
    go_at: datetime | None
    go_by: str


def add(conn: Connection, evening: datetime, for_day: date, *, items: int, now: datetime) -> int | None:
    """Begin this evening's; None when there is one."""
    return insert_new(conn, previews, {"evening": evening, "for_day": for_day, "item_count": items, "made_at": now})


def add_item(conn: Connection, preview_id: int, item: Item) -> int:
    """Keep a line, whose own ids do not count; its number."""
    return insert_row(conn, insert(preview_items), _row(preview_id, item))


def add_items(conn: Connection, preview_id: int, together: Sequence[Item]) -> None:
    """Keep lines that no mail names, so that they are known the next evening."""
    if together:
        conn.execute(insert(preview_items), [_row(preview_id, one) for one in together])


def was_made(conn: Connection, evening: datetime) -> bool:
    """This evening's, or a later one's, is there."""
    return conn.execute(select(previews.c.id).where(previews.c.evening >= evening).limit(1)).first() is not None


def newest(conn: Connection) -> Preview | None:
    """The last that was made."""
    row = conn.execute(select(previews).order_by(previews.c.evening.desc()).limit(1)).mappings().first()
    return None if row is None else _preview(row)


def item(conn: Connection, item_id: int) -> Item | None:
    """One line."""
    row = conn.execute(select(preview_items).where(preview_items.c.id == item_id)).mappings().first()
    return None if row is None else _item(row)


def items(conn: Connection, preview_id: int) -> tuple[Item, ...]:
    """All lines of one, in their order."""
    query = select(preview_items).where(preview_items.c.preview_id == preview_id).order_by(preview_items.c.id)
    return tuple(map(_item, conn.execute(query).mappings()))


def say_go(conn: Connection, preview_id: int, *, by: str, now: datetime) -> bool:
    """Let it go on; False when somebody has said so before."""
    this = previews.c.id == preview_id, previews.c.go_at.is_(None)
    return conn.execute(update(previews).where(*this).values(go_at=now, go_by=by)).rowcount == 1


def may_go_on(conn: Connection, day: date) -> bool:
    """Somebody let a day go on, or a later one; or nothing was to come."""
    may = (previews.c.go_at.is_not(None)) | (previews.c.item_count == 0)
    query = select(func.count()).select_from(previews).where(previews.c.for_day >= day, may)
    return bool(conn.execute(query).scalar_one())


def _row(preview_id: int, item: Item) -> dict[str, object]:
    values = {name: getattr(item, name) for name in ("kind", "key", "customer_id", "day", "currency", "amount_minor")}
    return values | {"preview_id": preview_id, "invoice_ids": " ".join(map(str, item.invoice_ids)), "step": item.step}


def _preview(row: RowMapping) -> Preview:
    return Preview(row["id"], row["evening"], row["for_day"], row["item_count"], row["go_at"], row["go_by"])


def _item(row: RowMapping) -> Item:
    numbers: Sequence[str] = row["invoice_ids"].split()
    return Item(
        row["id"],
        row["preview_id"],
        Kind(row["kind"]),
        row["key"],
        row["customer_id"],
        row["day"],
        row["currency"],
        row["amount_minor"],
        tuple(map(int, numbers)),
        row["step"],
    )
