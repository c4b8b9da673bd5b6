"""Money that a provider handles for us: cards, links, charges, refunds, chargebacks and payouts."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Add the tables, and who took a payment for us."""
    op.create_table(
        "payouts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_payouts_provider_provider_id", "payouts", ["provider", "provider_id"], unique=True)
    op.create_table(
        "provider_looks",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("cursor", sa.String(), server_default="", nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_looks")),
    )
    op.create_index("ix_provider_looks_due_at", "provider_looks", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_table(
        "payment_methods",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("customer_token", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("added_at", Utc(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.Column("removed_by", sa.String(), server_default="", nullable=False),
        sa.Column("blocked_because", sa.Text(), server_default="", nullable=False),
        sa.Column("told_days", sa.Integer(), nullable=True),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_payment_methods_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_methods")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_payment_methods_customer_id"), "payment_methods", ["customer_id"])
    op.create_index("ix_payment_methods_due_at", "payment_methods", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index(
        "uq_payment_methods_customer_id_provider",
        "payment_methods",
        ["customer_id", "provider"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "provider_customers",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_provider_customers_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "provider", name=op.f("pk_provider_customers")),
    )
    op.create_table(
        "charges",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_method_id", NUMBER, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("code", sa.String(), server_default="", nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("again_at", Utc(), nullable=True),
        sa.Column("payment_id", NUMBER, nullable=True),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_charges_amount_minor"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_charges_customer_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_charges_payment_id")),
        sa.ForeignKeyConstraint(
            ["payment_method_id"], ["payment_methods.id"], name=op.f("fk_charges_payment_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_charges_again_at",
        "charges",
        ["again_at"],
        sqlite_where=sa.text("again_at IS NOT NULL"),
        postgresql_where=sa.text("again_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_charges_customer_id"), "charges", ["customer_id"])
    op.create_index("ix_charges_due_at", "charges", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index(op.f("ix_charges_payment_id"), "charges", ["payment_id"])
    op.create_index(op.f("ix_charges_payment_method_id"), "charges", ["payment_method_id"])
    op.create_index(
        "uq_charges_customer_id_currency",
        "charges",
        ["customer_id", "currency"],
        unique=True,
        sqlite_where=sa.text("state = 'new' OR state = 'made' OR state = 'processing' OR state = 'in-doubt'"),
        postgresql_where=sa.text("state = 'new' OR state = 'made' OR state = 'processing' OR state = 'in-doubt'"),
    )
    op.create_index(
        "uq_charges_provider_provider_id",
        "charges",
        ["provider", "provider_id"],
        unique=True,
        sqlite_where=sa.text("provider_id IS NOT NULL"),
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_table(
        "disputes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", NUMBER, nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("rests_until", Utc(), nullable=True),
        sa.Column("decided_by", sa.String(), server_default="", nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_disputes_customer_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_disputes_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_disputes_customer_id"), "disputes", ["customer_id"])
    op.create_index(op.f("ix_disputes_payment_id"), "disputes", ["payment_id"])
    op.create_index("uq_disputes_provider_provider_id", "disputes", ["provider", "provider_id"], unique=True)
    op.create_table(
        "offers",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=True),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=True),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_offers_customer_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_offers_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_offers_customer_id"), "offers", ["customer_id"])
    op.create_index("ix_offers_due_at", "offers", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index(op.f("ix_offers_invoice_id"), "offers", ["invoice_id"])
    op.create_index(
        "uq_offers_invoice_id",
        "offers",
        ["invoice_id"],
        unique=True,
        sqlite_where=sa.text("invoice_id IS NOT NULL AND (state = 'wanted' OR state = 'open')"),
        postgresql_where=sa.text("invoice_id IS NOT NULL AND (state = 'wanted' OR state = 'open')"),
    )
    op.create_index(
        "uq_offers_provider_provider_id",
        "offers",
        ["provider", "provider_id"],
        unique=True,
        sqlite_where=sa.text("provider_id IS NOT NULL"),
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_table(
        "refunds",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("credit_note_id", NUMBER, nullable=True),
        sa.Column("payment_id", NUMBER, nullable=True),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("method", sa.String(), server_default="", nullable=False),
        sa.Column("reference", sa.String(), server_default="", nullable=False),
        sa.Column("code", sa.String(), server_default="", nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), server_default="", nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("told_at", Utc(), nullable=True),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_refunds_amount_minor"),
        sa.ForeignKeyConstraint(["credit_note_id"], ["invoices.id"], name=op.f("fk_refunds_credit_note_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_refunds_customer_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_refunds_credit_note_id"), "refunds", ["credit_note_id"])
    op.create_index(op.f("ix_refunds_customer_id"), "refunds", ["customer_id"])
    op.create_index("ix_refunds_due_at", "refunds", ["due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"])
    op.create_index("ix_refunds_state_deadline_on", "refunds", ["state", "deadline_on"])
    op.create_index(
        "uq_refunds_provider_provider_id",
        "refunds",
        ["provider", "provider_id"],
        unique=True,
        sqlite_where=sa.text("provider_id IS NOT NULL"),
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_table(
        "charge_invoices",
        sa.Column("charge_id", NUMBER, nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["charge_id"], ["charges.id"], name=op.f("fk_charge_invoices_charge_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_charge_invoices_invoice_id")),
        sa.PrimaryKeyConstraint("charge_id", "invoice_id", name=op.f("pk_charge_invoices")),
    )
    op.create_index(op.f("ix_charge_invoices_invoice_id"), "charge_invoices", ["invoice_id"])
    op.add_column("payments", sa.Column("provider", sa.String(), server_default="", nullable=False))
    op.add_column("payments", sa.Column("label", sa.String(), server_default="", nullable=False))
    op.create_index(
        "uq_payments_provider_reference",
        "payments",
        ["provider", "reference"],
        unique=True,
        sqlite_where=sa.text("provider <> ''"),
        postgresql_where=sa.text("provider <> ''"),
    )
