"""Services that are not billed until somebody says so: what is held back of an account leaves the rest alone."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("services", sa.Column("hold_until", sa.Date(), nullable=True))
    op.add_column("services", sa.Column("hold_by", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("services", "hold_by")
    op.drop_column("services", "hold_until")
