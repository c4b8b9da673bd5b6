"""Signed mails are known by what was signed, for good: whatever is added to a copy, it stays a copy."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Mails of before are known by their digests alone, for as long as these count."""
    op.create_table(
        "seals",
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("spool_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["spool_id"], ["spool.id"], name=op.f("fk_seals_spool_id")),
        sa.PrimaryKeyConstraint("seal", name=op.f("pk_seals")),
    )
