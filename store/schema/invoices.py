"""Documents about money as they were issued, their numbers, the runs that made them, and what settles them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from store.schema.columns import Number, Utc, metadata

_BY_A_PROVIDER = text("provider <> ''")
_FEE_DUE = text("fee_due_at IS NOT NULL")

series = Table(
    "series",
    metadata,
    Column("kind", String, primary_key=True),
    Column("year", Integer, primary_key=True),  # of the seller's day
    Column("last", Integer, nullable=False),
    Column("last_on", Date, nullable=False),  # no number is dated before it
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String, nullable=False),  # invoice or credit-note
    Column("series_year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("number", String, nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("issued_on", Date, nullable=False),  # the seller's day
    Column("issued_at", Utc, nullable=False),
    Column("due_on", Date, nullable=False),  # the account's day
    Column("zone", String, nullable=False),  # of the account, at issue
    Column("language", String, nullable=False),
    Column("original_id", ForeignKey("invoices.id"), index=True),  # where it gives back of one alone: lines have all
    Column("run_id", ForeignKey("bill_runs.id"), index=True),
    Column("state", String, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("open_minor", BigInteger, nullable=False),
    Column("reference", String, nullable=False),  # RF, for transfers
    Column("model", Text, nullable=False),  # canonical JSON: parties, lines, taxes, as they were at issue
    Column("sha256", String(64), nullable=False),  # of the model
    Column("settled_at", Utc),
    Column("step_at", Utc),  # when the ladder looks at it next; null: no more
    Index("uq_invoices_kind_series_year_serial", "kind", "series_year", "serial", unique=True),
    Index("ix_invoices_customer_id_id", "customer_id", "id"),
    Index("ix_invoices_state_due_on", "state", "due_on"),
    Index("ix_invoices_reference", "reference"),
    Index("ix_invoices_issued_on", "issued_on"),
    Index(
        "ix_invoices_step_at",
        "step_at",
        "customer_id",
        sqlite_where=text("step_at IS NOT NULL"),
        postgresql_where=text("step_at IS NOT NULL"),
    ),
    CheckConstraint("open_minor >= 0 AND open_minor <= total_minor", name="ck_invoices_open_minor"),
    CheckConstraint("state = 'issued' OR open_minor = 0", name="ck_invoices_settled"),
    sqlite_autoincrement=True,
)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("sort", String, nullable=False),  # of the product: the account of income
    Column("service_id", ForeignKey("services.id"), index=True),
    Column("text", Text, nullable=False),
    Column("period_start", Date),
    Column("period_end", Date),  # the day after the last
    Column("amount_minor", BigInteger, nullable=False),  # as agreed, with tax or without
    Column("inclusive", Boolean, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("tax_rate", String, nullable=False),
    Column("tax_category", String, nullable=False),
    Column("tax_name", String, nullable=False),
    Column("tax_reason", String, nullable=False),  # why there is none; else ""
    Column("original_id", ForeignKey("invoices.id"), index=True),  # the invoice of which it gives something back
)

invoice_taxes = Table(
    "invoice_taxes",
    metadata,
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("category", String, nullable=False),
    Column("rate", String, nullable=False),
    Column("name", String, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
)

document_files = Table(
    "document_files",  # made of a document when it is first wanted, and given out ever after
    metadata,
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True),
    Column("format", String, primary_key=True),
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False, index=True),
    Column("made_at", Utc, nullable=False),
    Column("missing", String, nullable=False, server_default=""),  # signs of a PDF that no font had
)

einvoice_gaps = Table(
    "einvoice_gaps",  # why of a document there is no e-invoice: each reason is told once
    metadata,
    Column("reason", String, primary_key=True),
    Column("about", String, primary_key=True),  # the customer's number, the currency, or "" for the company
    Column("invoice_id", ForeignKey("invoices.id"), nullable=False, index=True),  # the first of them
    Column("found_at", Utc, nullable=False),
    Column("told_at", Utc, index=True),
)

exchange_rates = Table(
    "exchange_rates",
    metadata,
    Column("home", String(3), primary_key=True),
    Column("currency", String(3), primary_key=True),
    Column("since_on", Date, primary_key=True),
    Column("rate", String, nullable=False),  # so many of the currency are one of home
    Column("recorded_at", Utc, nullable=False),
    Column("recorded_by", String, nullable=False),
)

bill_runs = Table(
    "bill_runs",
    metadata,
    Column("id", Number, primary_key=True),
    Column("state", String, nullable=False),  # planned, running, stopped, done or undone
    Column("at_on", Date),  # None: each account's own day
    Column("made_at", Utc, nullable=False),
    Column("made_by", String, nullable=False),
    Column("finished_at", Utc),
    Column("why", Text, nullable=False, server_default=""),  # it was stopped
    Column("invoices", Integer, nullable=False),
    Column("totals", JSON, nullable=False),  # by currency
    Index("ix_bill_runs_state_id", "state", "id"),
    sqlite_autoincrement=True,
)

bill_looks = Table(
    "bill_looks",  # one row once something was billed by the schedule: who runs, so that no two do
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("due_at", Utc),
    Column("lease", String),
    Column("attempts", Integer, nullable=False),
)

bill_items = Table(
    "bill_items",
    metadata,
    Column("run_id", ForeignKey("bill_runs.id"), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("currency", String(3), primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("digest", String(64), nullable=False),  # of what it will say: what has changed since is not billed
    Column("total_minor", BigInteger, nullable=False),
)

left_out = Table(
    "left_out",
    metadata,
    Column("run_id", ForeignKey("bill_runs.id"), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("why", Text, nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("method", String, nullable=False),
    Column("reference", String, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("recorded_at", Utc, nullable=False),
    Column("recorded_by", String, nullable=False),
    Column("provider", String, nullable=False, server_default=""),  # who took it for us; "": it came by hand
    Column("label", String, nullable=False, server_default=""),  # by what, for people: "Visa 4242"
    Column("fee_due_at", Utc),  # what the provider keeps of it is not known yet, and is asked for then
    Index("ix_payments_fee_due_at", "fee_due_at", sqlite_where=_FEE_DUE, postgresql_where=_FEE_DUE),
    Index("uq_payments_customer_id_method_reference", "customer_id", "method", "reference", unique=True),
    Index(
        "uq_payments_provider_reference",
        "provider",
        "reference",
        unique=True,
        sqlite_where=_BY_A_PROVIDER,
        postgresql_where=_BY_A_PROVIDER,
    ),
    CheckConstraint("amount_minor > 0", name="ck_payments_amount_minor"),
    sqlite_autoincrement=True,
)

allocations = Table(
    "allocations",
    metadata,
    Column("id", Number, primary_key=True),
    Column("invoice_id", ForeignKey("invoices.id"), nullable=False, index=True),
    Column("source", String, nullable=False),  # payment, credit, credit-note or write-off
    Column("source_id", Number),  # of the payment or credit note
    Column("amount_minor", BigInteger, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("reversed_at", Utc),  # the invoice was taken back
    Index("ix_allocations_source_source_id", "source", "source_id"),
    CheckConstraint("amount_minor > 0", name="ck_allocations_amount_minor"),
    sqlite_autoincrement=True,
)

gifts = Table(
    "gifts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("given_at", Utc, nullable=False),
    Column("given_by", String, nullable=False),
    CheckConstraint("amount_minor > 0", name="ck_gifts_amount_minor"),
    sqlite_autoincrement=True,
)
