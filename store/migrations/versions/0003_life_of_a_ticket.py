"""The life of a ticket: deadlines, merging, what an event was, and addresses that take no mail."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXED = (["silent_since", "warned_at"], ["wait_until"], ["merged_into"])


def upgrade() -> None:
    """Add what the deadlines go by; the silence of a ticket that is answered already counts from its last change."""
    for name in ("silent_since", "warned_at", "wait_until"):
        op.add_column("tickets", sa.Column(name, sa.DateTime(), nullable=True))
    # In words of both databases: Alembic would make the table anew on SQLite, for the sake of the constraint.
    alias = "INTEGER CONSTRAINT fk_tickets_merged_into_tickets REFERENCES tickets (id)"
    op.execute(f"ALTER TABLE tickets ADD COLUMN merged_into {alias}")
    for columns in _INDEXED:
        there = sa.text(f"{columns[0]} IS NOT NULL")
        name = f"ix_tickets_{'_'.join(columns)}"
        op.create_index(name, "tickets", columns, sqlite_where=there, postgresql_where=there)
    op.execute("UPDATE tickets SET silent_since = updated_at WHERE state = 'answered'")
    op.add_column("entries", sa.Column("event", sa.String(), nullable=True))
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address_key", name=op.f("pk_suppressions")),
    )
