"""An answer to a mail about an invoice is about that invoice: it begins a ticket, or joins the one that is open."""

from collections.abc import Sequence

from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.people import Contact
from mailgate.tickets.ticket import State, Ticket
from store.billing import invoices
from store.desk import ticket_invoices, tickets


def asked_about(incoming: Incoming, contacts: Sequence[Contact]) -> tuple[AddressToken, Contact] | None:
    """The token of the invoice that one of these contacts was written to about, and who of them that was.

    None where no such mail is answered, or where somebody else sent it on.
    """
    token = incoming.token(Purpose.INVOICE)
    if not isinstance(token, AddressToken):
        return None
    reader = next((one for one in contacts if one.id == token.recipient_id), None)
    return None if reader is None else (token, reader)


def open_ticket_about(act: Act, token: AddressToken) -> int | None:
    """The newest ticket about the invoice that is not closed and that the token's reader takes part in."""
    found = ticket_invoices.tickets_about(act.conn, token.object_id)
    rows = tickets.itself(act.conn, found) if found else {}
    return next((number for number in found if number in rows and _is_open_to(rows[number], token)), None)


def bind(act: Act, incoming: Incoming, ticket: Ticket, contact: Contact | None) -> None:
    """Keep that the ticket is about the invoice, if the mail's author was written to about it."""
    asked = asked_about(incoming, (contact,)) if contact else None
    if asked is None:
        return
    token, reader = asked
    for document in invoices.several(act.conn, (token.object_id,)):
        if document.customer_id == reader.customer_id == ticket.customer_id:
            ticket_invoices.bind(act.conn, ticket.id, document.id)


def _is_open_to(ticket: Ticket, token: AddressToken) -> bool:
    takes_part = any(one.contact_id == token.recipient_id for one in ticket.participants)
    return ticket.state is not State.CLOSED and takes_part
