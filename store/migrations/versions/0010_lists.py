"""Lists that staff answer have rows, mails of ours say what they are about, and proposals are remembered.

What was read back out of the values of templates moves to where it belongs; lists that were sent can still be answered.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LISTS = ("held-alert", "queue")
SINCE = datetime(2020, 1, 1)  # noqa: DTZ001 - as the column has it
"""From here the seconds were counted that numbered a list in the address that answers it."""

_AT_ONCE = 500

outbox = sa.table(
    "outbox",
    *(sa.column(name) for name in ("id", "template", "to_key", "ticket_id", "about_kind", "about_id", "gist")),
    sa.column("created_at", sa.DateTime()),
    sa.column("notice", sa.JSON()),
)
staff = sa.table("staff", sa.column("id"), sa.column("address_key"))
lists = sa.table(
    "lists",
    *(sa.column(name) for name in ("id", "kind", "staff_id", "old_number")),
    sa.column("created_at", sa.DateTime()),
    sa.column("morning", sa.DateTime()),
    sa.column("ids", sa.JSON()),
)
proposals = sa.table("proposals", sa.column("ticket_id"), sa.column("address_key"))


def upgrade() -> None:
    """Make the tables and columns, and fill them from the mails that there are."""
    op.create_table(
        "lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("morning", sa.DateTime(), nullable=True),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("old_number", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_lists_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lists")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_lists_kind_staff_id_morning", "lists", ["kind", "staff_id", "morning"], unique=True)
    op.create_index("ix_lists_kind_created_at", "lists", ["kind", "created_at"])
    op.create_table(
        "proposals",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_proposals_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "address_key", name=op.f("pk_proposals")),
    )
    op.add_column("outbox", sa.Column("about_kind", sa.String(), nullable=True))
    op.add_column("outbox", sa.Column("about_id", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("gist", sa.String(length=64), nullable=True))
    conn = op.get_bind()
    conn.execute(
        sa.update(outbox)
        .where(outbox.c.ticket_id.is_not(None), outbox.c.template != "collision")
        .values(about_kind="ticket", about_id=outbox.c.ticket_id)
    )
    _number_lists(conn)
    _name_what_is_held(conn)
    _remember_gists(conn)
    _remember_proposals(conn)


def _number_lists(conn: sa.Connection) -> None:
    members = {row.address_key: row.id for row in conn.execute(sa.select(staff))}
    mornings: set[tuple[str, int, datetime]] = set()  # an earlier version could write one twice
    for row in _rows(conn, outbox.c.template.in_(LISTS)):
        values = row.notice["values"]
        ids = values.get("ids" if row.template == "held-alert" else "numbers")
        if ids is None or row.to_key not in members:  # erased, or of somebody whose row has another address now
            continue
        morning = (row.template, members[row.to_key], row.created_at)
        is_first = bool(values.get("daily")) and morning not in mornings
        mornings.add(morning)
        kept = {
            "kind": row.template,
            "staff_id": members[row.to_key],
            "created_at": row.created_at,
            # The hour of that day is not known here; that it was written is what counts.
            "morning": row.created_at if is_first else None,
            "ids": ids,
            "old_number": int((row.created_at - SINCE).total_seconds()) * len(LISTS) + LISTS.index(row.template),
        }
        list_id = conn.execute(sa.insert(lists).values(kept).returning(lists.c.id)).scalar_one()
        conn.execute(sa.update(outbox).where(outbox.c.id == row.id).values(about_kind="list", about_id=list_id))


def _name_what_is_held(conn: sa.Connection) -> None:
    for row in _rows(conn, outbox.c.template == "collision"):
        mail_id = row.notice["values"].get("mail_id")
        if mail_id is not None:
            conn.execute(sa.update(outbox).where(outbox.c.id == row.id).values(about_kind="mail", about_id=mail_id))


def _remember_gists(conn: sa.Connection) -> None:
    """What went back to a writer within the last day must not go back again, though the program is a new one."""
    for row in _rows(conn, outbox.c.template.in_(("returned", "decided"))):
        values = row.notice["values"]
        words = [values.get("text")] if row.template == "returned" else [values.get("obstacle"), *_lines(values)]
        if all(isinstance(one, str) for one in words):
            gist = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
            conn.execute(sa.update(outbox).where(outbox.c.id == row.id).values(gist=gist))


def _lines(values: dict[str, Any]) -> list[str]:
    return [one["line"] for one in values.get("misread") or values.get("lines") or []]


def _remember_proposals(conn: sa.Connection) -> None:
    some = sa.cast(outbox.c.notice, sa.String).contains('"proposed": [{', autoescape=True)
    seen: set[tuple[int, str]] = set()
    for row in _rows(
        conn, outbox.c.template.in_(("acknowledgement", "proposal")), outbox.c.ticket_id.is_not(None), some
    ):
        seen.update((row.ticket_id, _key(one["words"])) for one in row.notice["values"]["proposed"])
    if seen:
        conn.execute(sa.insert(proposals), [{"ticket_id": number, "address_key": key} for number, key in sorted(seen)])


def _key(address: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in address)


def _rows(conn: sa.Connection, *which: Any) -> Iterator[Any]:
    """Rows of the outbox, so many at a time: a store may have millions."""
    last = 0
    while rows := _part(conn, last, which):
        yield from rows
        last = rows[-1].id


def _part(conn: sa.Connection, last: int, which: Sequence[Any]) -> Sequence[Any]:
    query = sa.select(outbox).where(outbox.c.id > last, *which).order_by(outbox.c.id).limit(_AT_ONCE)
    return conn.execute(query).all()
