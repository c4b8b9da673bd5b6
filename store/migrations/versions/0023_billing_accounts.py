"""Who pays: the billing profile of a customer, and what proves its VAT id."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; a customer without a row has a profile of which nothing is known."""
    op.create_table(
        "billing_accounts",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.String(), server_default="", nullable=False),
        sa.Column("street", sa.String(), server_default="", nullable=False),
        sa.Column("postcode", sa.String(), server_default="", nullable=False),
        sa.Column("city", sa.String(), server_default="", nullable=False),
        sa.Column("region", sa.String(), server_default="", nullable=False),
        sa.Column("vat_id", sa.String(), server_default="", nullable=False),
        sa.Column("exempt_reason", sa.String(), server_default="", nullable=False),
        sa.Column("bill_day", sa.Integer(), nullable=True),
        sa.Column("billed_elsewhere", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("bill_at", Utc(), nullable=True),
        sa.Column("parked_because", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_billing_accounts_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_billing_accounts_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_billing_accounts")),
    )
    op.create_index(
        "ix_billing_accounts_bill_at",
        "billing_accounts",
        ["bill_at"],
        sqlite_where=sa.text("bill_at IS NOT NULL"),
        postgresql_where=sa.text("bill_at IS NOT NULL"),
    )
    op.create_table(
        "tax_proofs",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("vat_id", sa.String(), nullable=False),
        sa.Column("checked_at", Utc(), nullable=False),
        sa.Column("is_valid", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_tax_proofs_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_proofs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tax_proofs_customer_id_checked_at", "tax_proofs", ["customer_id", "checked_at"])
