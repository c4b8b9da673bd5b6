"""What banks say: statements, their entries, and whose each may be."""

import sqlalchemy as sa
from alembic import op

from store.schema.columns import Utc

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNTOLD = sa.text("told_at IS NULL")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "bank_statements",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("from_on", sa.Date()),
        sa.Column("to_on", sa.Date()),
        sa.Column("opening_minor", sa.BigInteger()),
        sa.Column("closing_minor", sa.BigInteger()),
        sa.Column("balanced", sa.Boolean()),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("imported_at", Utc(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("told_at", Utc()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statements")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_bank_statements_sha256_position", "bank_statements", ["sha256", "position"], unique=True)
    op.create_table(
        "bank_entries",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("statement_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("payer_account", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("end_to_end", sa.String(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_return", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("payment_id", NUMBER),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("told_at", Utc()),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_bank_entries_amount_minor")),
        sa.ForeignKeyConstraint(["statement_id"], ["bank_statements.id"], name=op.f("fk_bank_entries_statement_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_bank_entries_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_bank_entries_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bank_entries_statement_id"), "bank_entries", ["statement_id"])
    op.create_index(op.f("ix_bank_entries_payment_id"), "bank_entries", ["payment_id"])
    op.create_index("ix_bank_entries_state_id", "bank_entries", ["state", "id"])
    op.create_index("ix_bank_entries_payer_account", "bank_entries", ["payer_account", "state"])
    op.create_index("ix_bank_entries_end_to_end", "bank_entries", ["end_to_end"])
    op.create_index("ix_bank_entries_untold", "bank_entries", ["id"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)
    op.create_table(
        "bank_proposals",
        sa.Column("entry_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", NUMBER),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["bank_entries.id"], name=op.f("fk_bank_proposals_entry_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_bank_proposals_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_bank_proposals_invoice_id")),
        sa.PrimaryKeyConstraint("entry_id", "position", name=op.f("pk_bank_proposals")),
    )
    op.create_index(op.f("ix_bank_proposals_customer_id"), "bank_proposals", ["customer_id"])
    op.create_index(op.f("ix_bank_proposals_invoice_id"), "bank_proposals", ["invoice_id"])
