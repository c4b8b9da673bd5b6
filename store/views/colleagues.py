"""The staff, as pages name them."""

from sqlalchemy import Connection, select

from mailgate.people import Staff
from store.schema import staff

_COLLEAGUES = (
    select(staff.c.id, staff.c.name, staff.c.address, staff.c.away_until)
    .where(staff.c.removed_at.is_(None))
    .order_by(staff.c.name, staff.c.id)
)


def colleagues(conn: Connection) -> tuple[Staff, ...]:
    """All who are registered, by name; their desks and hours are not read."""
    return tuple(Staff(row.id, row.name, row.address, row.away_until) for row in conn.execute(_COLLEAGUES))
