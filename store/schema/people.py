"""Customers, contacts, staff, and the strangers who are let in or cannot be reached."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from store.schema.columns import Number, Utc, metadata

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("country", String(2)),
    Column("currency", String(3), nullable=False),
    Column("timezone", String, nullable=False),
    Column("language", String, nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),  # raised: all sign-in links and sessions end
    Column("created_at", Utc, nullable=False),
    Column("removed_at", Utc),  # no longer a customer; the row stays, since history refers to it
    Column("external_id", String),  # its name in the system that it was moved from
    Index("uq_customers_external_id", "external_id", unique=True),
    sqlite_autoincrement=True,
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("address_key", String, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("active_at", Utc, nullable=False),  # last mail; of several accounts with one address the latest is meant
    Column("gets_files", Boolean, nullable=False, server_default=text("true")),  # of invoices; else a link
    Column("removed_at", Utc),  # found by no address any more; whoever registers it again revives the row
    Index("uq_contacts_address_key_customer_id", "address_key", "customer_id", unique=True),
    sqlite_autoincrement=True,
)

customer_notes = Table(  # of staff, for staff alone
    "customer_notes",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("spool_id", ForeignKey("spool.id")),  # the mail that brought it
    Column("author", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("address_key", String, nullable=False, unique=True),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("created_at", Utc, nullable=False),
    Column("away_until", Utc),
    Column("desks", JSON(none_as_null=True)),  # whose tickets they hear of while these are nobody's; null: all
    Column("hours", JSON(none_as_null=True)),  # in which they work; null: day and night
    Column("removed_at", Utc),  # as of contacts
    sqlite_autoincrement=True,
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("erased_at", Utc, nullable=False),
    Column("erased_by", String, nullable=False),
    sqlite_autoincrement=True,
)

allowed_senders = Table(
    "allowed_senders",
    metadata,
    Column("address_key", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("allowed_by", String, nullable=False),
    Column("allowed_at", Utc, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_key", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("reason", Text, nullable=False),  # what the mail server said
    Column("since", Utc, nullable=False),
    Column("until", Utc, nullable=False),  # in the past: nothing but a score
    Column("score", Float, nullable=False, server_default="0"),  # of failures that count, as of `scored_at`
    Column("scored_at", Utc),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String, nullable=False),
    Column("details", JSON, nullable=False),  # frozen when it was asked
    Column("statement", JSON, nullable=False),  # the lines that were read, as values
    Column("cost", String, nullable=False),
    Column("needed", String, nullable=False, server_default="all"),  # or the first who answers
    Column("customer_id", ForeignKey("customers.id")),  # whose account it is about
    Column("contact_id", ForeignKey("contacts.id")),  # who asks for it, in the account's budget
    Column("staff_id", ForeignKey("staff.id")),  # the same, in a budget of his own
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("spool_id", ForeignKey("spool.id"), nullable=False),  # the mail that asked for it
    Column("evidence", String, nullable=False),
    Column("state", String, nullable=False),
    Column("replaced_by", ForeignKey("confirmations.id")),  # the question that an edit made of it
    Column("asked_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Index("ix_confirmations_customer_id_asked_at", "customer_id", "asked_at"),
    Index("ix_confirmations_staff_id_asked_at", "staff_id", "asked_at"),
    Index("ix_confirmations_state_expires_at", "state", "expires_at"),
    sqlite_autoincrement=True,
)

askees = Table(
    "askees",
    metadata,
    Column("id", Number, primary_key=True),
    Column("confirmation_id", ForeignKey("confirmations.id"), nullable=False, index=True),
    Column("contact_id", ForeignKey("contacts.id")),
    Column("staff_id", ForeignKey("staff.id")),
    Column("address", String),  # of whom is neither
    Column("statement", JSON),  # what he reads instead of the question's
    Column("nonce_sha256", String(64), nullable=False, unique=True),  # the nonce itself is in his mail alone
    Column("again_sha256", String(64), unique=True),  # of the last copy of that mail
    Column("returned", Boolean, nullable=False),  # an unclear answer has gone back once
    Column("answer", String),
    Column("answered_at", Utc),
    Column("answer_spool_id", ForeignKey("spool.id")),
    sqlite_autoincrement=True,
)
