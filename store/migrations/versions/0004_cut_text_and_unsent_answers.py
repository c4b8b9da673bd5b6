"""What was cut from a mail's text stands beside what was kept; answers that a budget kept back are remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column (of older mails the raw bytes have that text) and the table."""
    op.add_column("entries", sa.Column("cut_away", sa.Text(), nullable=True))
    op.create_table(
        "unsent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsent")),
    )
    op.create_index(op.f("ix_unsent_at"), "unsent", ["at"])
