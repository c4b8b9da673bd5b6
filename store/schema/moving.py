"""What came along when customers were moved here from an older system."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from store.schema.columns import Number, Utc, metadata

opening_balances = Table(
    "opening_balances",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("booked_at", Utc, nullable=False),
    Column("booked_by", Text, nullable=False),
    UniqueConstraint("customer_id", "currency"),  # it is taken over once
    CheckConstraint("amount_minor > 0", name="ck_opening_balances_amount_minor"),
    sqlite_autoincrement=True,
)

move_notices = Table(
    "move_notices",  # who was told of the move: once for ever, whatever becomes of the mail or of their address
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("wave", Integer, nullable=False),  # 1, 2, 3 …; 0: they were told before waves were counted
    Column("told_at", Utc, nullable=False),
)
