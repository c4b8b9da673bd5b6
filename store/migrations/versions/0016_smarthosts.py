"""Smarthosts that do not answer are left alone for a while, by all workers alike."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it is empty while all is well."""
    op.create_table(
        "smarthosts",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("rests_until", Utc(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_smarthosts")),
    )
