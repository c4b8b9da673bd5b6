"""What was cut from a mail's text stands beside what was kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of older mails the raw bytes have it."""
    op.add_column("entries", sa.Column("cut_away", sa.Text(), nullable=True))
