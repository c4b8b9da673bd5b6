"""What is sold: versions of the catalogue, products, prices, rules of tax and promotions."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the catalogue."""
    op.create_table(
        "catalogues",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_catalogues")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("tax_class", sa.String(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("align", sa.Boolean(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("upgrades", sa.JSON(), nullable=False),
        sa.Column("addons", sa.JSON(), nullable=False),
        sa.Column("lead_days", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("sku", "digest", name=op.f("uq_products_sku_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "prices",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cycle_months", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("setup_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_prices_product_id")),
        sa.PrimaryKeyConstraint("product_id", "option", "currency", "cycle_months", name=op.f("pk_prices")),
    )
    op.create_table(
        "catalogue_products",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_catalogue_products_product_id")),
        sa.ForeignKeyConstraint(["version"], ["catalogues.version"], name=op.f("fk_catalogue_products_version")),
        sa.PrimaryKeyConstraint("version", "sku", name=op.f("pk_catalogue_products")),
        sa.UniqueConstraint("version", "position", name=op.f("uq_catalogue_products_version_position")),
    )
    op.create_table(
        "tax_rules",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("tax_class", sa.String(), nullable=False),
        sa.Column("rate", sa.String(), nullable=False),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["catalogues.version"], name=op.f("fk_tax_rules_version")),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_tax_rules")),
    )
    op.create_table(
        "promotions",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("code_key", sa.String(), nullable=False),
        sa.Column("percent", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("cycles", sa.Integer(), nullable=True),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["catalogues.version"], name=op.f("fk_promotions_version")),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_promotions")),
        sa.UniqueConstraint("version", "code_key", name=op.f("uq_promotions_version_code_key")),
    )
