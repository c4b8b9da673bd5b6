"""What customers have: services, the terms that they were sold on, and which of their days are billed."""

from sqlalchemy import (
    JSON,
    BigInteger,
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

_PENDING = text("state = 'pending'")

services = Table(
    "services",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("product_id", ForeignKey("products.id"), nullable=False, index=True),  # in the version it was sold from
    Column("parent_id", ForeignKey("services.id"), index=True),  # of an add-on
    Column("name", String, nullable=False),
    Column("domain", String, nullable=False, server_default=""),
    Column("currency", String(3), nullable=False),
    Column("months", Integer, nullable=False),  # of a cycle; 0: it never renews
    Column("price_minor", BigInteger, nullable=False),  # of a whole cycle, with its options, before any discount
    Column("options", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("anchor_on", Date, nullable=False),  # its day of month is the true bill day
    Column("billed_through", Date, nullable=False),  # a period is won by compare-and-set on this
    Column("cancel_on", Date),
    Column("ended_on", Date),
    Column("suspended_on", Date),
    Column("suspended_for", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("external_id", String),
    Column("next_on", Date),  # periods from here on are sold by newer terms, which are those below
    Column("next_product_id", ForeignKey("products.id")),
    Column("next_price_minor", BigInteger),
    Column("next_options", JSON, nullable=False, server_default="[]"),
    Column("promotion", String),  # the code that it was sold with; what that promised is kept here
    Column("discount_percent", String, nullable=False, server_default=""),
    Column("discount_minor", BigInteger, nullable=False, server_default="0"),
    Column("discount_months", Integer, nullable=False, server_default="0"),  # of the cycle that the amount is off
    Column("discount_products", JSON, nullable=False, server_default="[]"),
    Column("discount_until", Date),  # periods that begin on this day or later have none
    Column("created_at", Utc, nullable=False),
    Column("hold_until", Date),  # the last of its account's days on which no run bills it, as staff said
    Column("hold_by", String, nullable=False, server_default=""),
    Index("ix_services_customer_id_state", "customer_id", "state"),
    Index("uq_services_external_id", "external_id", unique=True),
    Index(
        "ix_services_cancel_on",  # those that end with what is paid for: a sweep looks each second
        "cancel_on",
        sqlite_where=text("cancel_on IS NOT NULL AND ended_on IS NULL"),
        postgresql_where=text("cancel_on IS NOT NULL AND ended_on IS NULL"),
    ),
    Index("ix_services_state_pending", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    CheckConstraint("billed_through >= started_on", name="ck_services_billed_through"),
    sqlite_autoincrement=True,
)

service_terms = Table(
    "service_terms",
    metadata,
    Column("id", Number, primary_key=True),
    Column("service_id", ForeignKey("services.id"), nullable=False, index=True),
    Column("from_on", Date, nullable=False),
    Column("product_id", ForeignKey("products.id"), nullable=False),
    Column("months", Integer, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("options", JSON, nullable=False),
    Column("agreed_at", Utc, nullable=False),
    Column("agreed_by", String, nullable=False),
    sqlite_autoincrement=True,
)

billed_periods = Table(
    "billed_periods",
    metadata,
    Column("id", Number, primary_key=True),
    Column("service_id", ForeignKey("services.id"), nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),  # the day after the last
    Column("cycle_start", Date, nullable=False),
    Column("cycle_end", Date, nullable=False),
    Column("price_minor", BigInteger, nullable=False),  # of the whole cycle, as it was billed
    Column("invoice_id", ForeignKey("invoices.id"), index=True),  # None: it cost nothing, and no document says so
    Column("position", Integer, nullable=False),  # of the line in that document
    Column("released_at", Utc),  # taken back as a whole: the days are free again
    Index("ix_billed_periods_service_id_period_end", "service_id", "period_end"),
    sqlite_autoincrement=True,
)

Index(
    "uq_billed_periods_service_id_period_start",
    billed_periods.c.service_id,
    billed_periods.c.period_start,
    unique=True,
    sqlite_where=billed_periods.c.released_at.is_(None),
    postgresql_where=billed_periods.c.released_at.is_(None),
)
"""Behind the compare-and-set: no day of a service is billed twice, whatever a story forgets."""
