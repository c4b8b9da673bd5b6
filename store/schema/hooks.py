"""What programs of the operator's are told: a row for each event and each of them that hears of it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, text

from store.schema.columns import Number, Utc, metadata

hook_calls = Table(
    "hook_calls",
    metadata,
    Column("id", Number, primary_key=True),
    Column("hook_key", String, nullable=False),  # which of the settings it is for
    Column("hook_name", String, nullable=False),
    Column("event_id", String, nullable=False),  # one for all who hear of the event
    Column("event", String, nullable=False),
    Column("subject", String, nullable=False),  # what it is about, "ticket:7": its events are told one after the other
    Column("customer_id", ForeignKey("customers.id")),
    Column("body", Text, nullable=False),  # JSON, the same bytes in each attempt
    Column("state", String, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc),  # null: it is over
    Column("not_before", Utc),  # it is called then or later; null: at once
    Column("lease", String),
    Column("attempts", Integer, nullable=False),
    Column("last_reply", Text, nullable=False, server_default=""),
    Column("ended_at", Utc),
    Column("told_at", Utc),  # staff have heard that it fails
    Index(
        "ix_hook_calls_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_hook_calls_hook_key_subject",
        "hook_key",
        "subject",
        "id",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_hook_calls_ended_at", "ended_at"),
    Index("ix_hook_calls_customer_id", "customer_id"),
    Index("uq_hook_calls_event_id_hook_key", "event_id", "hook_key", unique=True),
    sqlite_autoincrement=True,
)
