"""What is searched, and the articles."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from store.schema.columns import Number, Utc, metadata

search_documents = Table(
    "search_documents",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String, nullable=False),
    Column("row_id", Number, nullable=False),  # of the entry, mail, customer or article that it was made from
    Column("ticket_id", Number, index=True),
    Column("customer_id", Integer),
    Column("at", Utc, nullable=False),
    Column("has_file", Boolean, nullable=False),
    Column("people", Text, nullable=False),  # words of who wrote it, or of whose it is
    Column("words", Text, nullable=False),  # normalised; what the full-text index is made of (store.search)
    Index("uq_search_documents_kind_row_id", "kind", "row_id", unique=True),
    Index("ix_search_documents_kind_at_id", "kind", "at", "id"),
    sqlite_autoincrement=True,
)

search_marks = Table(  # rows that are not in the index yet, or are no longer what it says
    "search_marks",
    metadata,
    Column("kind", String, primary_key=True),
    Column("row_id", Number, primary_key=True, autoincrement=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("markdown", Text, nullable=False),
    Column("changed_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)
