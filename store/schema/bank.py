"""What banks say: statements that were imported, their entries, and whose each may be."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from store.schema.columns import Number, Utc, metadata

bank_statements = Table(
    "bank_statements",
    metadata,
    Column("id", Number, primary_key=True),
    Column("sha256", String(64), nullable=False),  # of the file
    Column("position", Integer, nullable=False),  # in it: a file may have several
    Column("name", String, nullable=False),  # of the file, without its folders
    Column("account", String, nullable=False),  # of ours; "" where the file names none
    Column("currency", String(3), nullable=False),
    Column("from_on", Date),
    Column("to_on", Date),
    Column("opening_minor", BigInteger),  # null: the file says none
    Column("closing_minor", BigInteger),
    Column("balanced", Boolean),  # null: it cannot be told, or the import has not come to its end
    Column("entries", Integer, nullable=False),  # that were new
    Column("imported_at", Utc, nullable=False),
    Column("imported_by", String, nullable=False),
    Column("told_at", Utc),  # staff were told that it does not add up
    Index("uq_bank_statements_sha256_position", "sha256", "position", unique=True),
    sqlite_autoincrement=True,
)

bank_entries = Table(
    "bank_entries",
    metadata,
    Column("id", Number, primary_key=True),
    Column("statement_id", ForeignKey("bank_statements.id"), nullable=False, index=True),
    Column("key", String, nullable=False, unique=True),  # the same in each file that has the entry
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),  # below zero: it went out
    Column("booked_on", Date, nullable=False),
    Column("payer", String, nullable=False),  # who is named on the other side
    Column("payer_account", String, nullable=False),
    Column("reference", String, nullable=False),  # the creditor reference
    Column("end_to_end", String, nullable=False),  # the payer's own; a return repeats it
    Column("bank_reference", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("is_return", Boolean, nullable=False),  # the bank calls it a reversal or the return of a payment
    Column("state", String, nullable=False),  # booked, proposed, ignored or returned
    Column("payment_id", ForeignKey("payments.id"), index=True),
    Column("why", Text, nullable=False),  # of its state, in words
    Column("decided_at", Utc, nullable=False),
    Column("decided_by", String, nullable=False),
    Column("told_at", Utc),  # staff have had it in a list
    Index("ix_bank_entries_state_id", "state", "id"),
    Index("ix_bank_entries_payer_account", "payer_account", "state"),
    Index("ix_bank_entries_end_to_end", "end_to_end"),
    Index(
        "ix_bank_entries_untold",
        "id",
        sqlite_where=text("told_at IS NULL"),
        postgresql_where=text("told_at IS NULL"),
    ),
    CheckConstraint("amount_minor <> 0", name="ck_bank_entries_amount_minor"),
    sqlite_autoincrement=True,
)

bank_proposals = Table(
    "bank_proposals",  # whose an entry may be that nobody has decided on, the likeliest first
    metadata,
    Column("entry_id", ForeignKey("bank_entries.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("invoice_id", ForeignKey("invoices.id"), index=True),
    Column("reasons", JSON, nullable=False),
)
