"""Confirmations: what waits for a yes from the registered address."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of confirmations."""
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("cost", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("spool_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("nonce_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answer_spool_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answer_spool_id"], ["spool.id"], name=op.f("fk_confirmations_answer_spool_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_confirmations_contact_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_confirmations_customer_id")),
        sa.ForeignKeyConstraint(["spool_id"], ["spool.id"], name=op.f("fk_confirmations_spool_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_confirmations_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_confirmations_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("nonce_sha256", name=op.f("uq_confirmations_nonce_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_confirmations_customer_id_asked_at", "confirmations", ["customer_id", "asked_at"])
    op.create_index("ix_confirmations_staff_id_asked_at", "confirmations", ["staff_id", "asked_at"])
    op.create_index("ix_confirmations_state_expires_at", "confirmations", ["state", "expires_at"])
