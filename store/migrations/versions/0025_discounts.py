"""A service keeps the promotion that it was sold with."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: until now nothing was sold with a promotion."""
    for column in (
        sa.Column("promotion", sa.String(), nullable=True),
        sa.Column("discount_percent", sa.String(), server_default="", nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("discount_months", sa.Integer(), server_default="0", nullable=False),
        sa.Column("discount_products", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("discount_until", sa.Date(), nullable=True),
    ):
        op.add_column("services", column)
