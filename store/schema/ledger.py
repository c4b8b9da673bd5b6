"""The ledger: what was booked, chained by digests; the balances that follow from it; and whether it was found whole."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from store.schema.columns import Number, Utc, metadata

ledger_transactions = Table(
    "ledger_transactions",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),  # 1, 2, 3 … without a gap: see ledger_chain
    Column("key", String, nullable=False, unique=True),  # of the event: it is booked once
    Column("kind", String, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("booked_at", Utc, nullable=False),
    Column("customer_id", ForeignKey("customers.id")),  # null: about none
    Column("currency", String(3), nullable=False),
    Column("object_kind", String, nullable=False),
    Column("object_id", Number, nullable=False),
    Column("document_sha256", String(64), nullable=False),  # "": it books no document
    Column("sha256", String(64), nullable=False),  # of the one before it and of all that stands here and in its entries
    Index("ix_ledger_transactions_customer_id_id", "customer_id", "id"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("transaction_id", ForeignKey("ledger_transactions.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("account", String, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),  # a debit is above zero
    Column("customer_id", ForeignKey("customers.id")),
    Column("invoice_id", Number),
    CheckConstraint("amount_minor <> 0", name="ck_ledger_entries_amount_minor"),
    sqlite_with_rowid=False,  # the entries of a transaction lie together, in one tree
)

ledger_chain = Table(
    "ledger_chain",  # one row: the end of the chain, locked last by whoever books
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("transaction_id", Number, nullable=False),  # the newest; 0: nothing was ever booked
    Column("sha256", String(64), nullable=False),
)

balances = Table(
    "balances",
    metadata,
    Column("customer_id", Number, primary_key=True, autoincrement=False),  # 0: the account is of no customer
    Column("account", String, primary_key=True),
    Column("currency", String(3), primary_key=True),
    Column("amount_minor", BigInteger, nullable=False),
    # A debit is above zero: what is kept for a customer stands below, and nobody spends what he does not have.
    CheckConstraint("account <> 'liabilities:credit' OR amount_minor <= 0", name="ck_balances_credit"),
    sqlite_with_rowid=False,
)

ledger_checks = Table(
    "ledger_checks",  # one row from the first booking on: when the ledger is to be looked through, and what was found
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("due_at", Utc),
    Column("lease", String),
    Column("attempts", Integer, nullable=False),
    Column("checked_at", Utc),  # null: never yet
    Column("transactions", Number, nullable=False),  # that were looked at
    Column("faults", Integer, nullable=False),
    Column("first_fault", Text),
)
