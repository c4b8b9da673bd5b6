"""Mails of staff to many customers."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, text

from store.schema.columns import Number, Utc, metadata

announcements = Table(
    "announcements",
    metadata,
    Column("id", Number, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("spool_id", ForeignKey("spool.id"), nullable=False, unique=True),  # the mail: what it says goes out once
    Column("desk", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("contact_ids", JSON, nullable=False),  # whom it goes to, in order, frozen when it began
    Column("sent", Integer, nullable=False),  # so many of them have had their turn
    Column("due_at", Utc),  # of the next ones; null: it has come to its end
    Column("created_at", Utc, nullable=False),
    Index(
        "ix_announcements_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
