"""What is sold: versions of the catalogue, and in them products with their prices, rules of tax and promotions.

A product is a row for each thing that was ever said of a sku: versions that say the same share it. So a service that
was sold with it is at the newest version as long as nothing has changed for it, and no row is ever changed or removed.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.schema.columns import Utc, metadata

catalogues = Table(
    "catalogues",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False),  # of what it says; not unique: one may come back
    Column("imported_at", Utc, nullable=False),
    Column("imported_by", String, nullable=False),
)

products = Table(
    "products",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sku", String, nullable=False),
    Column("digest", String(64), nullable=False),  # of all that it says, its prices too
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("tax_class", String, nullable=False),
    Column("tax_included", Boolean, nullable=False),
    Column("align", Boolean, nullable=False),
    Column("limits", JSON, nullable=False),
    Column("upgrades", JSON, nullable=False),
    Column("addons", JSON, nullable=False),
    Column("lead_days", JSON, nullable=False),
    Column("options", JSON, nullable=False),  # without their prices
    UniqueConstraint("sku", "digest"),
    sqlite_autoincrement=True,
)

prices = Table(
    "prices",
    metadata,
    Column("product_id", ForeignKey("products.id"), nullable=False),
    Column("option", String, nullable=False),  # "" for the product itself
    Column("currency", String(3), nullable=False),
    Column("cycle_months", Integer, nullable=False),  # 0: once
    Column("amount_minor", BigInteger, nullable=False),
    Column("setup_minor", BigInteger, nullable=False),
    PrimaryKeyConstraint("product_id", "option", "currency", "cycle_months"),
)

catalogue_products = Table(
    "catalogue_products",
    metadata,
    Column("version", ForeignKey("catalogues.version"), nullable=False),
    Column("sku", String, nullable=False),
    Column("product_id", ForeignKey("products.id"), nullable=False),
    Column("position", Integer, nullable=False),  # in the file
    PrimaryKeyConstraint("version", "sku"),
    UniqueConstraint("version", "position"),
)

tax_rules = Table(
    "tax_rules",
    metadata,
    Column("version", ForeignKey("catalogues.version"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("country", String(2), nullable=False),
    Column("region", String, nullable=False),  # "" for the whole country
    Column("tax_class", String, nullable=False),
    Column("rate", String, nullable=False),  # percent, as it was written
    Column("category", String(2), nullable=False),
    Column("name", String, nullable=False),
    Column("from_on", Date, nullable=False),
    PrimaryKeyConstraint("version", "position"),
)

promotions = Table(
    "promotions",
    metadata,
    Column("version", ForeignKey("catalogues.version"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("code", String, nullable=False),
    Column("code_key", String, nullable=False),  # as it is looked for: small letters
    Column("percent", String, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("cycles", Integer),
    Column("products", JSON, nullable=False),
    Column("until_on", Date),
    PrimaryKeyConstraint("version", "position"),
    UniqueConstraint("version", "code_key"),
)
