"""Customers of an older system keep their id of there; people leave and their rows stay; who was forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what removing, moving in and forgetting write."""
    for people in ("customers", "contacts", "staff"):
        op.add_column(people, sa.Column("removed_at", sa.DateTime(), nullable=True))
    op.add_column("customers", sa.Column("external_id", sa.String(), nullable=True))
    op.create_index("uq_customers_external_id", "customers", ["external_id"], unique=True)
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("erased_at", sa.DateTime(), nullable=False),
        sa.Column("erased_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_erasures_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sqlite_autoincrement=True,
    )
