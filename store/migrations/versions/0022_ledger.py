"""The ledger: transactions with their entries, chained by digests; balances; what the look of each night found."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and the end of a chain that is still empty."""
    op.create_table(
        "ledger_transactions",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("booked_at", Utc(), nullable=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", NUMBER, nullable=False),
        sa.Column("document_sha256", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transactions")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transactions_key")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_ledger_transactions_customer_id_customers")
        ),
    )
    op.create_index("ix_ledger_transactions_customer_id_id", "ledger_transactions", ["customer_id", "id"])
    op.create_table(
        "ledger_entries",
        sa.Column("transaction_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("invoice_id", NUMBER),
        sa.PrimaryKeyConstraint("transaction_id", "position", name=op.f("pk_ledger_entries")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transactions.id"],
            name=op.f("fk_ledger_entries_transaction_id_ledger_transactions"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_ledger_entries_customer_id_customers")
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_ledger_entries_amount_minor")),
        sqlite_with_rowid=False,
    )
    chain = op.create_table(
        "ledger_chain",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("transaction_id", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_chain")),
    )
    op.bulk_insert(chain, [{"id": 1, "transaction_id": 0, "sha256": "0" * 64}])
    op.create_table(
        "balances",
        sa.Column("customer_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "account", "currency", name=op.f("pk_balances")),
        sa.CheckConstraint("account <> 'liabilities:credit' OR amount_minor <= 0", name=op.f("ck_balances_credit")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_checks",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("due_at", Utc()),
        sa.Column("lease", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("checked_at", Utc()),
        sa.Column("transactions", NUMBER, nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("first_fault", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_checks")),
    )
