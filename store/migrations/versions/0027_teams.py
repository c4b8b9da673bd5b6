"""Who hears of a ticket: staff who wrote on it, follow or mute it, work at its desk; its priority and tags."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_AT_ONCE = 500

_WROTE = sa.text(
    "SELECT ticket_id, staff_id, min(id) AS first FROM entries"
    " WHERE staff_id IS NOT NULL AND kind <> 'event' AND ticket_id > :after AND ticket_id <= :most"
    " GROUP BY ticket_id, staff_id ORDER BY first"
)
_LAST = sa.text("SELECT max(id) FROM tickets")
_SET = sa.text("UPDATE tickets SET staff_ids = :ids WHERE id = :number").bindparams(sa.bindparam("ids", type_=sa.JSON))


def upgrade() -> None:
    """Add the columns, and write down who has written on the tickets there are."""
    for name in ("staff_ids", "followers", "muted_by", "left_by", "tags"):
        op.add_column("tickets", sa.Column(name, sa.JSON(none_as_null=True), nullable=True))
    op.add_column("tickets", sa.Column("alarmed_at", Utc(), nullable=True))
    op.add_column("tickets", sa.Column("priority", sa.String(), nullable=True))
    for name in ("desks", "hours"):
        op.add_column("staff", sa.Column(name, sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "announcements",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("spool_id", NUMBER, nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact_ids", sa.JSON(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["spool_id"], ["spool.id"], name=op.f("fk_announcements_spool_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_announcements_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("spool_id", name=op.f("uq_announcements_spool_id")),
        sqlite_autoincrement=True,
    )
    going_on = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_announcements_due_at", "announcements", ["due_at"], sqlite_where=going_on, postgresql_where=going_on
    )
    conn = op.get_bind()
    last = conn.execute(_LAST).scalar() or 0
    for after in range(0, last, _AT_ONCE):
        wrote = defaultdict(list)
        for row in conn.execute(_WROTE, {"after": after, "most": after + _AT_ONCE}):
            wrote[row.ticket_id].append(row.staff_id)
        if wrote:
            conn.execute(_SET, [{"number": number, "ids": ids} for number, ids in wrote.items()])
