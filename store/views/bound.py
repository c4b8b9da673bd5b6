"""Which invoices a ticket is about, as pages name them."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select

from mailgate.billing.document.invoice import DocumentKind
from store.schema import invoices, ticket_invoices, tickets

_BOUND = (
    select(invoices.c.number, invoices.c.kind)
    .join(ticket_invoices, ticket_invoices.c.invoice_id == invoices.c.id)
    .join(tickets, tickets.c.id == ticket_invoices.c.ticket_id)
    .where(or_(tickets.c.id == bindparam("the_ticket"), tickets.c.merged_into == bindparam("the_ticket")))
    .group_by(invoices.c.id, invoices.c.number, invoices.c.kind)
    .order_by(invoices.c.id)
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A document that a ticket is about."""

    number: str
    is_invoice: bool  # or a credit note


def bound_to(conn: Connection, ticket_id: int) -> tuple[Bound, ...]:
    """The documents of a ticket, also of those that were merged into it, in the order of their issue."""
    return tuple(
        Bound(row.number, row.kind == DocumentKind.INVOICE) for row in conn.execute(_BOUND, {"the_ticket": ticket_id})
    )
