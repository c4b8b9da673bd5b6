"""Which invoices a ticket is about, and whether a contact gets the files of invoices in the mail."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "ticket_invoices",
        sa.Column("ticket_id", NUMBER, nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_ticket_invoices_invoice_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_invoices_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "invoice_id", name=op.f("pk_ticket_invoices")),
    )
    op.create_index(op.f("ix_ticket_invoices_invoice_id"), "ticket_invoices", ["invoice_id"])
    op.add_column("contacts", sa.Column("gets_files", sa.Boolean(), nullable=False, server_default=sa.text("true")))
