"""Confirmations: several people may be asked, and what will happen is kept as values."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OLD = sa.table(
    "confirmations",
    *map(sa.column, ("id", "contact_id", "staff_id", "nonce_sha256", "state", "statement", "cost", "answer_spool_id")),
    sa.column("returned", sa.Boolean()),
    sa.column("answered_at", sa.DateTime()),
)
_SAID = {"done": "yes", "refused": "no"}


def upgrade() -> None:
    """Make a row of whom each question was put to, and lines of what it said."""
    conn = op.get_bind()
    rows = conn.execute(sa.select(_OLD)).mappings().all()
    for row in rows:
        said = json.dumps([{"says": "said", "given": {"words": row["statement"]}}])
        cost = "" if row["cost"] == "nothing" else row["cost"]
        conn.execute(sa.update(_OLD).where(_OLD.c.id == row["id"]).values(statement=said, cost=cost))
    with op.batch_alter_table("confirmations", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint(op.f("uq_confirmations_nonce_sha256"), type_="unique")
        table.drop_constraint(op.f("fk_confirmations_answer_spool_id"), type_="foreignkey")
        for column in ("nonce_sha256", "returned", "answered_at", "answer_spool_id"):
            table.drop_column(column)
        table.alter_column("statement", type_=sa.JSON(), postgresql_using="statement::json")
        table.add_column(sa.Column("needed", sa.String(), nullable=False, server_default="all"))
        table.add_column(sa.Column("replaced_by", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_confirmations_replaced_by"), "confirmations", ["replaced_by"], ["id"])
    askees = op.create_table(
        "askees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("confirmation_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("statement", sa.JSON(), nullable=True),
        sa.Column("nonce_sha256", sa.String(length=64), nullable=False),
        sa.Column("again_sha256", sa.String(length=64), nullable=True),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answer_spool_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["confirmation_id"], ["confirmations.id"], name=op.f("fk_askees_confirmation_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_askees_contact_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_askees_staff_id")),
        sa.ForeignKeyConstraint(["answer_spool_id"], ["spool.id"], name=op.f("fk_askees_answer_spool_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_askees")),
        sa.UniqueConstraint("nonce_sha256", name=op.f("uq_askees_nonce_sha256")),
        sa.UniqueConstraint("again_sha256", name=op.f("uq_askees_again_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_askees_confirmation_id", "askees", ["confirmation_id"])
    for row in rows:
        kept = ("contact_id", "staff_id", "nonce_sha256", "returned")
        answer = _SAID.get(row["state"])
        answered = {"answered_at": row["answered_at"], "answer_spool_id": row["answer_spool_id"]} if answer else {}
        values = {name: row[name] for name in kept} | {"confirmation_id": row["id"], "answer": answer} | answered
        conn.execute(sa.insert(askees).values(**values))
