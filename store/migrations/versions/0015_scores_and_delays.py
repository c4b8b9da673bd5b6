"""Failures against an address are counted, and staff are told once of a mail that is long on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: nothing was counted, nobody was told."""
    op.add_column("suppressions", sa.Column("score", sa.Float(), nullable=False, server_default="0"))
    op.add_column("suppressions", sa.Column("scored_at", sa.DateTime(), nullable=True))
    op.add_column("outbox", sa.Column("late_told_at", sa.DateTime(), nullable=True))
