"""Search: documents with their full-text index, marks of what is to be indexed, and articles of the knowledge base."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The index holds no text of its own. Documents are added and deleted, never changed.
SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search_documents', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER search_documents_added AFTER INSERT ON search_documents BEGIN INSERT INTO search_index(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents BEGIN INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.id, old.words); END",
)
POSTGRESQL_INDEX = (
    "CREATE INDEX ix_search_documents_words ON search_documents USING gin (to_tsvector('simple', words))",
)
# Marked, not indexed: the sweep does that in small pieces while mail is taken.
MARK_WHAT_IS_THERE = (
    "INSERT INTO search_marks (kind, row_id) SELECT 'ticket', id FROM entries WHERE kind <> 'event'",
    "INSERT INTO search_marks (kind, row_id) SELECT 'mail', id FROM outbox WHERE text IS NOT NULL",
    "INSERT INTO search_marks (kind, row_id) SELECT 'customer', id FROM customers",
)


def upgrade() -> None:
    """Make the tables and the index, and mark every row that there is."""
    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("has_file", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_search_documents_kind_row_id", "search_documents", ["kind", "row_id"], unique=True)
    op.create_index("ix_search_documents_kind_at_id", "search_documents", ["kind", "at", "id"])
    op.create_index(op.f("ix_search_documents_ticket_id"), "search_documents", ["ticket_id"])
    op.create_table(
        "search_marks",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "row_id", name=op.f("pk_search_marks")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("slug", name=op.f("uq_articles_slug")),
        sqlite_autoincrement=True,
    )
    index = POSTGRESQL_INDEX if op.get_bind().dialect.name == "postgresql" else SQLITE_INDEX
    for statement in (*index, *MARK_WHAT_IS_THERE):
        op.execute(statement)
