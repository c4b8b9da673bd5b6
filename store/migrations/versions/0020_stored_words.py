"""PostgreSQL keeps the words of a document as it searches them, rather than making them anew for each that it looks at.

SQLite's index has always kept them.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that PostgreSQL fills by itself, and the index on it in place of the one on an expression."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "ALTER TABLE search_documents"
        " ADD COLUMN vector tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED"
    )
    op.execute("DROP INDEX ix_search_documents_words")
    op.execute("CREATE INDEX ix_search_documents_vector ON search_documents USING gin (vector)")
