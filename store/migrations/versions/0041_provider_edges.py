"""When a provider's list was last read, and which payments it has not told its fee of."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

FEE_DUE = sa.text("fee_due_at IS NOT NULL")


def upgrade() -> None:
    """Add the columns. A list of which it is not known when it was read is read from its beginning once."""
    op.add_column("provider_looks", sa.Column("read_at", Utc(), nullable=True))
    op.add_column("payments", sa.Column("fee_due_at", Utc(), nullable=True))
    op.create_index(
        "ix_payments_fee_due_at", "payments", ["fee_due_at"], sqlite_where=FEE_DUE, postgresql_where=FEE_DUE
    )
