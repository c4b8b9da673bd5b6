"""E-invoices: rates of exchange, documents of which there can be none, and signs that no font of a PDF had."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add two tables and a column."""
    op.create_table(
        "exchange_rates",
        sa.Column("home", sa.String(3), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("rate", sa.String(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("home", "currency", "since_on", name=op.f("pk_exchange_rates")),
    )
    op.create_table(
        "einvoice_gaps",
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("found_at", Utc(), nullable=False),
        sa.Column("told_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_einvoice_gaps_invoice_id")),
        sa.PrimaryKeyConstraint("reason", "about", name=op.f("pk_einvoice_gaps")),
    )
    op.create_index(op.f("ix_einvoice_gaps_invoice_id"), "einvoice_gaps", ["invoice_id"])
    op.create_index(op.f("ix_einvoice_gaps_told_at"), "einvoice_gaps", ["told_at"])
    op.add_column("document_files", sa.Column("missing", sa.String(), nullable=False, server_default=""))
