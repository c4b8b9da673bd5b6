"""When the ladder looks at an invoice, what it has done about it, and promises that it waits for."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column and the tables. What is open is looked at at once: then only the latest step is done."""
    op.add_column("invoices", sa.Column("step_at", Utc(), nullable=True))
    op.create_index(
        "ix_invoices_step_at",
        "invoices",
        ["step_at", "customer_id"],
        sqlite_where=sa.text("step_at IS NOT NULL"),
        postgresql_where=sa.text("step_at IS NOT NULL"),
    )
    invoices = sa.table(
        "invoices",
        sa.column("kind", sa.String()),
        sa.column("state", sa.String()),
        sa.column("open_minor", sa.BigInteger()),
        sa.column("step_at", Utc()),
    )
    is_open = sa.and_(invoices.c.kind == "invoice", invoices.c.state == "issued", invoices.c.open_minor > 0)
    op.execute(sa.update(invoices).where(is_open).values(step_at=datetime.now(UTC)))
    op.create_table(
        "dunning_steps",
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", Utc(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("outbox_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_dunning_steps_invoice_id")),
        sa.PrimaryKeyConstraint("invoice_id", "step", name=op.f("pk_dunning_steps")),
    )
    op.create_table(
        "promises",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("said_at", Utc(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("spool_id", NUMBER, nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("outcome", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_promises_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_promises_invoice_id")),
        sa.ForeignKeyConstraint(["spool_id"], ["spool.id"], name=op.f("fk_promises_spool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promises_customer_id_said_at", "promises", ["customer_id", "said_at"])
    op.create_index(op.f("ix_promises_invoice_id"), "promises", ["invoice_id"])
    op.create_index(op.f("ix_promises_spool_id"), "promises", ["spool_id"])
    op.create_index(
        "ix_promises_running",
        "promises",
        ["customer_id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
