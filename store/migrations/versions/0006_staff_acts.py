"""Staff work tickets by mail: what they did and may take back, answers held for their writers, and absences."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table and three columns."""
    op.create_table(
        "staff_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("last_entry_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("outbox_ids", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_staff_acts_ticket_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_acts_staff_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_staff_acts_entry_id")),
        sa.ForeignKeyConstraint(["last_entry_id"], ["entries.id"], name=op.f("fk_staff_acts_last_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_acts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_staff_acts_ticket_id_id", "staff_acts", ["ticket_id", "id"])
    # In words of both databases: Alembic would make the table anew on SQLite, for the sake of the constraint.
    held_for = "INTEGER CONSTRAINT fk_spool_held_for REFERENCES staff (id)"
    op.execute(f"ALTER TABLE spool ADD COLUMN held_for {held_for}")
    op.add_column("staff", sa.Column("away_until", sa.DateTime(), nullable=True))
    op.add_column("tickets", sa.Column("thread_index", sa.String(), nullable=True))
