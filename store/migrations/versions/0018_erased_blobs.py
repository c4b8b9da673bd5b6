"""Large blobs that were just erased: who had them ready before must prepare them anew."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it is empty but for the minutes after an erasure."""
    op.create_table(
        "erased_blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("erased_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_erased_blobs")),
    )
