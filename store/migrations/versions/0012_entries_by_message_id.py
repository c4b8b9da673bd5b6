"""Entries are found by the Message-ID of their mail, which is kept nowhere else."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_IS_MAIL = sa.text("message_id IS NOT NULL")


def upgrade() -> None:
    """Make the index; ids that were kept by themselves stay there and say the same."""
    op.create_index(
        "ix_entries_message_id", "entries", ["message_id"], sqlite_where=_IS_MAIL, postgresql_where=_IS_MAIL
    )
