"""Who pays: the billing profile of a customer, and what proves its VAT id."""

from sqlalchemy import (
    Boolean,
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

billing_accounts = Table(  # a customer without a row has the usual one, of which nothing is known
    "billing_accounts",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("contact_id", ForeignKey("contacts.id")),
    Column("organisation", String, nullable=False, server_default=""),
    Column("street", String, nullable=False, server_default=""),
    Column("postcode", String, nullable=False, server_default=""),
    Column("city", String, nullable=False, server_default=""),
    Column("region", String, nullable=False, server_default=""),
    Column("vat_id", String, nullable=False, server_default=""),
    Column("exempt_reason", String, nullable=False, server_default=""),
    Column("bill_day", Integer),
    Column("billed_elsewhere", Boolean, nullable=False, server_default=text("false")),
    Column("monthly_statement", Boolean, nullable=False, server_default=text("false")),
    Column("statement_at", Utc),  # when the next statement is to be made; null: none is wanted
    Column("bill_at", Utc),  # when a run looks next; null: there is nothing to bill
    Column("parked_because", Text, nullable=False, server_default=""),
    Column("hold_until", Date),  # the last of its days on which no run bills it, as staff said
    Column("hold_by", String, nullable=False, server_default=""),
    Index(
        "ix_billing_accounts_bill_at",
        "bill_at",
        sqlite_where=text("bill_at IS NOT NULL"),
        postgresql_where=text("bill_at IS NOT NULL"),
    ),
    Index(
        "ix_billing_accounts_statement_at",
        "statement_at",
        sqlite_where=text("statement_at IS NOT NULL"),
        postgresql_where=text("statement_at IS NOT NULL"),
    ),
)

statements = Table(
    "statements",  # a month that a customer was sent: never twice
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("currency", String(3), primary_key=True),
    Column("month", Date, primary_key=True),  # its first day
    Column("made_at", Utc, nullable=False),
)

tax_proofs = Table(
    "tax_proofs",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("vat_id", String, nullable=False),
    Column("checked_at", Utc, nullable=False),
    Column("is_valid", Boolean, nullable=False),
    Column("number", String, nullable=False),  # of the consultation
    Column("source", String, nullable=False),  # "vies" or "staff"
    Index("ix_tax_proofs_customer_id_checked_at", "customer_id", "checked_at"),
    sqlite_autoincrement=True,
)
