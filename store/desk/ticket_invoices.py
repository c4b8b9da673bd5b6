"""Which invoices a ticket is about: an answer to a mail about one begins it, or joins it."""

from sqlalchemy import Connection, or_, select

from store.engine import insert_once
from store.schema import invoices, ticket_invoices, tickets


def bind(conn: Connection, ticket_id: int, invoice_id: int) -> None:
    """The ticket is about this document from now on; a second time changes nothing."""
    insert_once(conn, ticket_invoices, {"ticket_id": ticket_id, "invoice_id": invoice_id})


def numbers(conn: Connection, ticket_id: int) -> tuple[str, ...]:
    """Of the documents that a ticket is about, also by those that were merged into it; in the order of their issue."""
    query = (
        select(invoices.c.number)
        .join(ticket_invoices, ticket_invoices.c.invoice_id == invoices.c.id)
        .join(tickets, tickets.c.id == ticket_invoices.c.ticket_id)
        .where(or_(tickets.c.id == ticket_id, tickets.c.merged_into == ticket_id))
        .group_by(invoices.c.id, invoices.c.number)
        .order_by(invoices.c.id)
    )
    return tuple(conn.execute(query).scalars())


def tickets_about(conn: Connection, invoice_id: int) -> tuple[int, ...]:
    """The tickets that are about a document, the newest first; of a merged one, where it went."""
    found = select(tickets.c.id, tickets.c.merged_into).join(
        ticket_invoices, ticket_invoices.c.ticket_id == tickets.c.id
    )
    rows = conn.execute(found.where(ticket_invoices.c.invoice_id == invoice_id).order_by(tickets.c.id.desc()))
    return tuple(dict.fromkeys(row.merged_into or row.id for row in rows))
