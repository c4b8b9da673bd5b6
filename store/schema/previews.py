"""What staff were told of the next day's billing, and who let it go on."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, String, Table, Text

from store.schema.columns import Number, Utc, metadata

previews = Table(
    "previews",  # one an evening
    metadata,
    Column("id", Number, primary_key=True),
    Column("evening", Utc, nullable=False, unique=True),  # the hour that it is of
    Column("for_day", Date, nullable=False),  # of the gate's zone
    Column("made_at", Utc, nullable=False),
    Column("item_count", Integer, nullable=False),
    Column("go_at", Utc),  # somebody of the staff said so
    Column("go_by", String, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

preview_items = Table(
    "preview_items",
    metadata,
    Column("id", Number, primary_key=True),
    Column("preview_id", ForeignKey("previews.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),  # by which the next evening's knows it again
    Column("customer_id", Integer, nullable=False),  # while there is one
    Column("day", Date, nullable=False),  # of the account
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("invoice_ids", Text, nullable=False, server_default=""),  # with a blank between
    Column("step", String, nullable=False, server_default=""),  # of the ladder
    sqlite_autoincrement=True,
)
