"""Numbers of 64 bits where rows are many, and who fetches a folder where several processes could.

SQLite's numbers have 64 bits already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NUMBERS = {
    "askees": ("id", "confirmation_id", "answer_spool_id"),
    "attachments": ("entry_id",),
    "confirmations": ("id", "ticket_id", "spool_id", "replaced_by"),
    "entries": ("id", "ticket_id", "spool_id"),
    "lessons": ("id", "spool_id"),
    "lists": ("id",),
    "message_ids": ("ticket_id",),
    "outbox": ("id", "ticket_id", "entry_id", "about_id"),
    "participants": ("ticket_id",),
    "proposals": ("ticket_id",),
    "search_documents": ("id", "row_id", "ticket_id"),
    "search_marks": ("row_id",),
    "seals": ("spool_id",),
    "spool": ("id", "ticket_id"),
    "staff_acts": ("id", "ticket_id", "entry_id", "last_entry_id"),
    "tickets": ("id", "linked_to", "merged_into"),
    "unsent": ("id",),
}


def upgrade() -> None:
    """Each table is written anew once, with all its numbers, and each sequence counts as far as they do."""
    op.add_column("imap_folders", sa.Column("fetcher", sa.String()))
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in _NUMBERS.items():
        changes = ", ".join(f"ALTER COLUMN {column} TYPE BIGINT" for column in columns)
        op.execute(f"ALTER TABLE {table} {changes}")
        if "id" in columns:
            op.execute(f"ALTER SEQUENCE {table}_id_seq AS BIGINT")
