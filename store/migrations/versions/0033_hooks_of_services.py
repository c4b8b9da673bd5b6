"""A hook may be told of something on a later day: what is left of a service that has ended is kept until then."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("hook_calls", sa.Column("not_before", Utc(), nullable=True))
