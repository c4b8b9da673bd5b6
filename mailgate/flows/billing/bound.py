"""What a ticket is about, where that is an invoice: its customer answered a mail of ours about it."""

from sqlalchemy import Connection

from store.billing import invoices
from store.billing.invoices import Issued
from store.desk import ticket_invoices


def invoices_of(conn: Connection, ticket_id: int) -> tuple[Issued, ...]:
    """The invoices that a ticket is about, in the order of their issue."""
    found = (invoices.find(conn, number) for number in ticket_invoices.numbers(conn, ticket_id))
    return tuple(one for one in found if one is not None)
