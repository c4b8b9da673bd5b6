"""What programs of the operator's are told of what happens."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "hook_calls",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("hook_key", sa.String(), nullable=False),
        sa.Column("hook_name", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_reply", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("told_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_hook_calls_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_calls")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_hook_calls_due_at", "hook_calls", ["due_at"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index(
        "ix_hook_calls_hook_key_subject",
        "hook_calls",
        ["hook_key", "subject", "id"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_hook_calls_ended_at", "hook_calls", ["ended_at"], unique=False)
    op.create_index("ix_hook_calls_customer_id", "hook_calls", ["customer_id"], unique=False)
    op.create_index("uq_hook_calls_event_id_hook_key", "hook_calls", ["event_id", "hook_key"], unique=True)
