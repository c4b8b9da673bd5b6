"""What was done about invoices that wait for money, and what customers have said about when it comes."""

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, String, Table, text

from store.schema.columns import Number, Utc, metadata

_RUNNING = text("ended_at IS NULL")

dunning_steps = Table(
    "dunning_steps",  # written with the mails of the step, in one transaction: each step of an invoice is done once
    metadata,
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True),
    Column("step", String, primary_key=True),
    Column("due_on", Date, nullable=False),  # the account's day
    Column("done_at", Utc, nullable=False),
    Column("outcome", String, nullable=False),
    Column("outbox_ids", JSON, nullable=False),  # its mails, also those to further readers since
)

promises = Table(
    "promises",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("invoice_id", ForeignKey("invoices.id"), index=True),  # None: whatever is open of the account
    Column("kind", String, nullable=False),  # paid, deferred, extended or held
    Column("until_on", Date, nullable=False),  # the last of the account's days on which the ladder rests
    Column("said_at", Utc, nullable=False),
    Column("said_by", String, nullable=False),
    Column("spool_id", ForeignKey("spool.id"), index=True),  # the mail that said it
    Column("ended_at", Utc),  # null: it runs
    Column("outcome", String, nullable=False, server_default=""),
    Index("ix_promises_customer_id_said_at", "customer_id", "said_at"),
    Index("ix_promises_running", "customer_id", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    sqlite_autoincrement=True,
)
