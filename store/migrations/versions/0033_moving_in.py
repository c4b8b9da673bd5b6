"""A hook may be told on a later day; what came along with customers of an older system, and who was told of the move."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add a column and two tables. Whoever was told of the move before has been told, by the same mail's older name."""
    op.add_column("hook_calls", sa.Column("not_before", Utc(), nullable=True))
    op.create_table(
        "opening_balances",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", Utc(), nullable=False),
        sa.Column("booked_by", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_opening_balances_amount_minor")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_opening_balances_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_balances")),
        sa.UniqueConstraint("customer_id", "currency", name=op.f("uq_opening_balances_customer_id_currency")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "move_notices",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("told_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_move_notices_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_move_notices")),
    )
    op.execute(
        "INSERT INTO move_notices (customer_id, wave, told_at) SELECT customer_id, 0, min(created_at) FROM outbox "
        "WHERE template = 'migrated' AND customer_id IS NOT NULL GROUP BY customer_id"
    )
    op.execute("UPDATE outbox SET template = 'account-migrated' WHERE template = 'migrated'")
