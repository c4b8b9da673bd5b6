"""What staff were told of the next day's billing; accounts that are not billed until somebody says so."""

import sqlalchemy as sa
from alembic import op

from store.schema.columns import Utc

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables and the columns."""
    op.create_table(
        "previews",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("evening", Utc(), nullable=False),
        sa.Column("for_day", sa.Date(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("go_at", Utc(), nullable=True),
        sa.Column("go_by", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
        sa.UniqueConstraint("evening", name=op.f("uq_previews_evening")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "preview_items",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("preview_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("invoice_ids", sa.Text(), server_default="", nullable=False),
        sa.Column("step", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["preview_id"], ["previews.id"], name=op.f("fk_preview_items_preview_id_previews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview_items")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_preview_items_preview_id"), "preview_items", ["preview_id"])
    op.add_column("billing_accounts", sa.Column("hold_until", sa.Date(), nullable=True))
    op.add_column("billing_accounts", sa.Column("hold_by", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("billing_accounts", "hold_by")
    op.drop_column("billing_accounts", "hold_until")
    op.drop_table("preview_items")
    op.drop_table("previews")
