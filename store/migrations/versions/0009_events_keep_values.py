"""Events keep values and who may read them. Older lines keep their text, and stay hidden where they were hidden."""

import re
from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
_NUMBER = re.compile(r"#(\d+)")
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_AT_ONCE = 500

_TICKETS = sa.text("SELECT id, customer_id FROM tickets WHERE id > :after ORDER BY id LIMIT :most")
_CONTACTS = sa.text("SELECT customer_id, address_key FROM contacts WHERE customer_id IN :the_ids")
_READERS = sa.text(
    "SELECT p.ticket_id, p.address_key FROM participants p LEFT JOIN contacts c ON c.id = p.contact_id"
    " WHERE p.ticket_id IN :the_ids AND c.removed_at IS NULL"
)
_LINES = sa.text("SELECT id, ticket_id, event, text FROM entries WHERE kind = 'event' AND ticket_id IN :the_ids")
_SHOW = sa.text("UPDATE entries SET for_customers = true WHERE id IN :the_ids")


def upgrade() -> None:
    """Add the columns, and say of each line there is what was decided until now by what it names."""
    op.add_column("entries", sa.Column("details", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("entries", sa.Column("for_customers", sa.Boolean(), nullable=True))
    op.execute("UPDATE entries SET for_customers = false WHERE kind = 'event'")
    conn = op.get_bind()
    for owners in _tickets(conn):
        shown = list(_shown(conn, owners))
        if shown:
            conn.execute(_of(_SHOW), {"the_ids": shown})


def _tickets(conn: sa.Connection) -> Iterator[dict[int, int | None]]:
    """Some tickets at a time, each with its customer."""
    after = 0
    while rows := conn.execute(_TICKETS, {"after": after, "most": _AT_ONCE}).all():
        yield {row.id: row.customer_id for row in rows}
        after = rows[-1].id


def _shown(conn: sa.Connection, owners: dict[int, int | None]) -> Iterator[int]:
    """The lines that name no address but the customer's own and those of the readers, and no other ticket."""
    own = defaultdict(set)
    for row in conn.execute(_of(_CONTACTS), {"the_ids": [owner for owner in owners.values() if owner] or [0]}):
        own[row.customer_id].add(row.address_key)
    readers = defaultdict(set)
    for row in conn.execute(_of(_READERS), {"the_ids": list(owners)}):
        readers[row.ticket_id].add(row.address_key)
    for row in conn.execute(_of(_LINES), {"the_ids": list(owners)}):
        named = {found.rstrip(".").translate(_LOWER) for found in _ADDRESS.findall(row.text)}
        theirs = readers[row.ticket_id].union(*(own[owner] for owner in (owners[row.ticket_id],) if owner))
        only_this = all(number.lstrip("0") == str(row.ticket_id) for number in _NUMBER.findall(row.text))
        if row.event != "assigned" and only_this and named <= theirs:
            yield row.id


def _of(query: sa.TextClause) -> sa.TextClause:
    return query.bindparams(sa.bindparam("the_ids", expanding=True))
