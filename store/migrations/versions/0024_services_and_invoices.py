"""Services with their terms and billed days; invoices, credit notes, their numbers, runs, and what settles them."""

import sqlalchemy as sa
from alembic import op

from store.schema import Utc

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "bill_runs",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at_on", sa.Date(), nullable=True),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("finished_at", Utc(), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("invoices", sa.Integer(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bill_runs_state_id", "bill_runs", ["state", "id"], unique=False)
    op.create_table(
        "bill_looks",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_looks")),
    )
    op.create_table(
        "series",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_series")),
    )
    op.create_table(
        "bill_items",
        sa.Column("run_id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_bill_items_customer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["bill_runs.id"], name=op.f("fk_bill_items_run_id")),
        sa.PrimaryKeyConstraint("run_id", "customer_id", "currency", "due_on", name=op.f("pk_bill_items")),
    )
    op.create_table(
        "gifts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", Utc(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_gifts_amount_minor"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_gifts_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gifts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_gifts_customer_id"), "gifts", ["customer_id"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("series_year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("original_id", NUMBER, nullable=True),
        sa.Column("run_id", NUMBER, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.CheckConstraint("state = 'issued' OR open_minor = 0", name="ck_invoices_settled"),
        sa.CheckConstraint("open_minor >= 0 AND open_minor <= total_minor", name="ck_invoices_open_minor"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoices_customer_id")),
        sa.ForeignKeyConstraint(["original_id"], ["invoices.id"], name=op.f("fk_invoices_original_id")),
        sa.ForeignKeyConstraint(["run_id"], ["bill_runs.id"], name=op.f("fk_invoices_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invoices_customer_id_id", "invoices", ["customer_id", "id"], unique=False)
    op.create_index(op.f("ix_invoices_original_id"), "invoices", ["original_id"], unique=False)
    op.create_index("ix_invoices_reference", "invoices", ["reference"], unique=False)
    op.create_index(op.f("ix_invoices_run_id"), "invoices", ["run_id"], unique=False)
    op.create_index("ix_invoices_state_due_on", "invoices", ["state", "due_on"], unique=False)
    op.create_index("uq_invoices_kind_series_year_serial", "invoices", ["kind", "series_year", "serial"], unique=True)
    op.create_table(
        "left_out",
        sa.Column("run_id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_left_out_customer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["bill_runs.id"], name=op.f("fk_left_out_run_id")),
        sa.PrimaryKeyConstraint("run_id", "customer_id", name=op.f("pk_left_out")),
    )
    op.create_table(
        "payments",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="ck_payments_amount_minor"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_payments_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_payments_customer_id"), "payments", ["customer_id"], unique=False)
    op.create_index(
        "uq_payments_customer_id_method_reference", "payments", ["customer_id", "method", "reference"], unique=True
    )
    op.create_table(
        "services",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", NUMBER, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("billed_through", sa.Date(), nullable=False),
        sa.Column("cancel_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("suspended_for", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("next_product_id", sa.Integer(), nullable=True),
        sa.Column("next_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("next_options", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.CheckConstraint("billed_through >= started_on", name="ck_services_billed_through"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_services_customer_id")),
        sa.ForeignKeyConstraint(["next_product_id"], ["products.id"], name=op.f("fk_services_next_product_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["services.id"], name=op.f("fk_services_parent_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_services_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_services_customer_id_state", "services", ["customer_id", "state"], unique=False)
    op.create_index(op.f("ix_services_parent_id"), "services", ["parent_id"], unique=False)
    op.create_index(op.f("ix_services_product_id"), "services", ["product_id"], unique=False)
    op.create_index("uq_services_external_id", "services", ["external_id"], unique=True)
    for name, column, where in (
        ("ix_services_cancel_on", "cancel_on", sa.text("cancel_on IS NOT NULL AND ended_on IS NULL")),
        ("ix_services_state_pending", "id", sa.text("state = 'pending'")),
    ):
        op.create_index(name, "services", [column], unique=False, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "allocations",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", NUMBER, nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("reversed_at", Utc(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name="ck_allocations_amount_minor"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_allocations_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_allocations_invoice_id"), "allocations", ["invoice_id"], unique=False)
    op.create_index("ix_allocations_source_source_id", "allocations", ["source", "source_id"], unique=False)
    op.create_table(
        "billed_periods",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("service_id", NUMBER, nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("cycle_start", sa.Date(), nullable=False),
        sa.Column("cycle_end", sa.Date(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", NUMBER, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("released_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_billed_periods_invoice_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_billed_periods_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billed_periods")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_billed_periods_invoice_id"), "billed_periods", ["invoice_id"], unique=False)
    op.create_index(
        "ix_billed_periods_service_id_period_end", "billed_periods", ["service_id", "period_end"], unique=False
    )
    op.create_index(
        "uq_billed_periods_service_id_period_start",
        "billed_periods",
        ["service_id", "period_start"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("service_id", NUMBER, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("inclusive", sa.Boolean(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate", sa.String(), nullable=False),
        sa.Column("tax_category", sa.String(), nullable=False),
        sa.Column("tax_name", sa.String(), nullable=False),
        sa.Column("tax_reason", sa.String(), nullable=False),
        sa.Column("original_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")),
        sa.ForeignKeyConstraint(["original_id"], ["invoices.id"], name=op.f("fk_invoice_lines_original_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_invoice_lines_service_id")),
        sa.PrimaryKeyConstraint("invoice_id", "position", name=op.f("pk_invoice_lines")),
    )
    op.create_index(op.f("ix_invoice_lines_original_id"), "invoice_lines", ["original_id"], unique=False)
    op.create_index(op.f("ix_invoice_lines_service_id"), "invoice_lines", ["service_id"], unique=False)
    op.create_table(
        "invoice_taxes",
        sa.Column("invoice_id", NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("rate", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_taxes_invoice_id")),
        sa.PrimaryKeyConstraint("invoice_id", "position", name=op.f("pk_invoice_taxes")),
    )
    op.create_table(
        "service_terms",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("service_id", NUMBER, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("agreed_at", Utc(), nullable=False),
        sa.Column("agreed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_service_terms_product_id")),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_service_terms_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_terms")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_service_terms_service_id"), "service_terms", ["service_id"], unique=False)
