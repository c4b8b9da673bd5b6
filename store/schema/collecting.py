"""Money that a provider handles for us: cards, links, charges, refunds, chargebacks and payouts."""

from sqlalchemy import (
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
    false,
    text,
)

from store.schema.columns import Number, Utc, metadata

_DUE = text("due_at IS NOT NULL")
_KEPT = text("removed_at IS NULL")
_UNDER_WAY = text("state = 'new' OR state = 'made' OR state = 'processing' OR state = 'in-doubt'")
_PAYABLE = text("invoice_id IS NOT NULL AND (state = 'wanted' OR state = 'open')")
_AGAIN = text("again_at IS NOT NULL")
_MADE = text("provider_id IS NOT NULL")


def _due(table: str) -> Index:
    """What a job of the table has to look at, by when."""
    return Index(f"ix_{table}_due_at", "due_at", sqlite_where=_DUE, postgresql_where=_DUE)


provider_customers = Table(
    "provider_customers",  # by which token a provider knows a customer
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("provider", String, primary_key=True),
    Column("token", String, nullable=False),
    Column("made_at", Utc, nullable=False),
)

payment_methods = Table(
    "payment_methods",  # a card, as far as it is known here
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("provider", String, nullable=False),
    Column("customer_token", String, nullable=False),
    Column("token", String, nullable=False),
    Column("brand", String, nullable=False),
    Column("last4", String(4), nullable=False),
    Column("expires_on", Date),  # its last day
    Column("added_at", Utc, nullable=False),
    Column("removed_at", Utc),
    Column("removed_by", String, nullable=False, server_default=""),
    Column("blocked_because", Text, nullable=False, server_default=""),  # it is not charged any more
    Column("told_days", Integer),  # so many days before its end its owner was last told
    Column("due_at", Utc),  # the provider is to forget it
    Column("lease", String),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index(
        "uq_payment_methods_customer_id_provider",
        "customer_id",
        "provider",
        unique=True,
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    ),
    _due("payment_methods"),
    sqlite_autoincrement=True,
)

charges = Table(
    "charges",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("provider", String, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("payment_method_id", ForeignKey("payment_methods.id"), nullable=False, index=True),
    Column("attempt", Integer, nullable=False),  # of what is charged: 1, then one for each that follows a decline
    Column("asked_by", String, nullable=False),  # "schedule", or who said so
    Column("state", String, nullable=False),  # new, made, processing, in-doubt, succeeded, failed, wants-customer …
    Column("provider_id", String),
    Column("code", String, nullable=False, server_default=""),
    Column("made_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("again_at", Utc),  # it was declined, and is tried once more, by a charge of its own
    Column("payment_id", ForeignKey("payments.id"), index=True),
    Column("due_at", Utc),
    Column("lease", String),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index(
        "uq_charges_customer_id_currency",
        "customer_id",
        "currency",
        unique=True,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    ),
    Index(
        "uq_charges_provider_provider_id",
        "provider",
        "provider_id",
        unique=True,
        sqlite_where=_MADE,
        postgresql_where=_MADE,
    ),
    Index("ix_charges_again_at", "again_at", sqlite_where=_AGAIN, postgresql_where=_AGAIN),
    _due("charges"),
    CheckConstraint("amount_minor > 0", name="ck_charges_amount_minor"),
    sqlite_autoincrement=True,
)

charge_invoices = Table(
    "charge_invoices",  # what a charge is for
    metadata,
    Column("charge_id", ForeignKey("charges.id"), primary_key=True),
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True, index=True),
    Column("amount_minor", BigInteger, nullable=False),
)

offers = Table(
    "offers",  # a link by which somebody may pay, or give a card
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String, nullable=False),  # invoice, pay, deposit or card
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("invoice_id", ForeignKey("invoices.id"), index=True),
    Column("provider", String, nullable=False),
    Column("currency", String(3), nullable=False, server_default=""),
    Column("amount_minor", BigInteger, nullable=False),  # that is to be paid; 0 for a card
    Column("asks_minor", BigInteger, nullable=False, server_default="0"),  # of it, as the provider can express it
    Column("contact_id", Integer),  # who asked for it, and gets it by mail, while he is there
    Column("spool_id", Number),  # in which mail
    Column("state", String, nullable=False),  # wanted, open, closing, completed, closed or failed
    Column("is_under_way", Boolean, nullable=False, server_default=false()),  # somebody has paid, and it takes days
    Column("provider_id", String),
    Column("url", Text, nullable=False, server_default=""),
    Column("why", Text, nullable=False, server_default=""),  # there is none
    Column("made_at", Utc, nullable=False),
    Column("expires_at", Utc),
    Column("due_at", Utc),
    Column("lease", String),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index("uq_offers_invoice_id", "invoice_id", unique=True, sqlite_where=_PAYABLE, postgresql_where=_PAYABLE),
    Index(
        "uq_offers_provider_provider_id",
        "provider",
        "provider_id",
        unique=True,
        sqlite_where=_MADE,
        postgresql_where=_MADE,
    ),
    _due("offers"),
    sqlite_autoincrement=True,
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("credit_note_id", ForeignKey("invoices.id"), index=True),  # None: staff give credit back
    Column("payment_id", ForeignKey("payments.id"), index=True),  # which it gives back; None: credit
    Column("way", String, nullable=False),  # provider, or check-or-transfer: a task for a person
    Column("provider", String, nullable=False, server_default=""),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("state", String, nullable=False),  # wanted, in-doubt, pending, succeeded, failed, task or recorded
    Column("provider_id", String),
    Column("method", String, nullable=False, server_default=""),  # by which a person has sent it
    Column("reference", String, nullable=False, server_default=""),
    Column("code", String, nullable=False, server_default=""),
    Column("deadline_on", Date, nullable=False),  # the seller's day
    Column("asked_by", String, nullable=False),
    Column("approved_by", String, nullable=False, server_default=""),
    Column("made_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("told_at", Utc),  # staff have heard how it stands
    Column("due_at", Utc),
    Column("lease", String),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index(
        "uq_refunds_provider_provider_id",
        "provider",
        "provider_id",
        unique=True,
        sqlite_where=_MADE,
        postgresql_where=_MADE,
    ),
    Index("ix_refunds_state_deadline_on", "state", "deadline_on"),
    _due("refunds"),
    CheckConstraint("amount_minor > 0", name="ck_refunds_amount_minor"),
    sqlite_autoincrement=True,
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("payment_id", ForeignKey("payments.id"), nullable=False, index=True),
    Column("provider", String, nullable=False),
    Column("provider_id", String, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("fee_minor", BigInteger, nullable=False),
    Column("state", String, nullable=False),  # open, won or lost
    Column("reason", String, nullable=False, server_default=""),
    Column("opened_at", Utc, nullable=False),
    Column("rests_until", Utc),  # the ladder of its account waits for staff until then
    Column("decided_by", String, nullable=False, server_default=""),
    Column("ended_at", Utc),
    Index("uq_disputes_provider_provider_id", "provider", "provider_id", unique=True),
    sqlite_autoincrement=True,
)

payouts = Table(
    "payouts",  # what a provider has sent to the company's bank
    metadata,
    Column("id", Number, primary_key=True),
    Column("provider", String, nullable=False),
    Column("provider_id", String, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("arrived_on", Date, nullable=False),
    Column("state", String, nullable=False),  # arrived or failed
    Index("uq_payouts_provider_provider_id", "provider", "provider_id", unique=True),
    sqlite_autoincrement=True,
)

provider_looks = Table(
    "provider_looks",  # how far a list of the provider's has been read; one row a list
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("cursor", String, nullable=False, server_default=""),
    Column("read_at", Utc),  # when it was last read to its end
    Column("due_at", Utc),
    Column("lease", String),
    Column("attempts", Integer, nullable=False),
    _due("provider_looks"),
)
