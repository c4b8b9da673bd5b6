"""Who asked for a link, what it really asks for, and whether money is on its way by it."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns."""
    op.add_column("offers", sa.Column("asks_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("offers", sa.Column("contact_id", sa.Integer(), nullable=True))
    op.add_column("offers", sa.Column("spool_id", NUMBER, nullable=True))
    op.add_column("offers", sa.Column("is_under_way", sa.Boolean(), nullable=False, server_default=sa.text("false")))
