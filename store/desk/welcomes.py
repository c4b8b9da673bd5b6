"""Who was told already that he is our customer now."""

from sqlalchemy import Connection, select

from mailgate.letters.kind import Template
from mailgate.mail.address import address_key
from store.schema import outbox


def was_welcomed(conn: Connection, customer_id: int, address: str) -> bool:
    """A mail that welcomes this customer was written to this address, sent or not."""
    to_them = outbox.c.customer_id == customer_id, outbox.c.to_key == address_key(address)
    welcomes = outbox.c.template.in_((Template.WELCOME, Template.MIGRATED))
    return conn.execute(select(outbox.c.id).where(*to_them, welcomes).limit(1)).first() is not None
