"""Who was told already that he is our customer now."""

from sqlalchemy import Connection, select

from mailgate.letters.kind import Template
from store.schema import outbox


def was_welcomed(conn: Connection, customer_id: int) -> bool:
    """A mail that welcomes this customer was written, sent or not."""
    query = select(outbox.c.id).where(outbox.c.customer_id == customer_id)
    welcomes = outbox.c.template.in_((Template.WELCOME, Template.MIGRATED))
    return conn.execute(query.where(welcomes).limit(1)).first() is not None
