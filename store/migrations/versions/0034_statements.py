"""Statements of account, each month for whoever wants them; invoices by day of issue, mails by invoice."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, the table and the index."""
    op.add_column(
        "billing_accounts",
        sa.Column("monthly_statement", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("billing_accounts", sa.Column("statement_at", Utc(), nullable=True))
    op.create_index(
        "ix_billing_accounts_statement_at",
        "billing_accounts",
        ["statement_at"],
        sqlite_where=sa.text("statement_at IS NOT NULL"),
        postgresql_where=sa.text("statement_at IS NOT NULL"),
    )
    op.create_table(
        "statements",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_statements_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "currency", "month", name=op.f("pk_statements")),
    )
    op.create_index("ix_invoices_issued_on", "invoices", ["issued_on"])
    op.create_index(
        "ix_outbox_about_invoice",
        "outbox",
        ["about_id"],
        sqlite_where=sa.text("about_kind = 'invoice'"),
        postgresql_where=sa.text("about_kind = 'invoice'"),
    )
