"""Who was proposed to a ticket's owner: each once."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from mailgate.mail.address import address_key
from store.engine import insert_once
from store.schema import proposals


def add(conn: Connection, ticket_id: int, addresses: Iterable[str]) -> None:
    """These were named to the owner."""
    insert_once(conn, proposals, [{"ticket_id": ticket_id, "address_key": address_key(one)} for one in addresses])


def of_ticket(conn: Connection, ticket_id: int) -> frozenset[str]:
    """The keys of those that were named before."""
    return frozenset(conn.execute(select(proposals.c.address_key).where(proposals.c.ticket_id == ticket_id)).scalars())
