"""Files that are made of an issued document: its PDF, once somebody has wanted it."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "document_files",
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_document_files_invoice_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_document_files_sha256")),
        sa.PrimaryKeyConstraint("invoice_id", "format", name=op.f("pk_document_files")),
    )
    op.create_index(op.f("ix_document_files_sha256"), "document_files", ["sha256"])
