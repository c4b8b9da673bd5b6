"""What a contact asks for on a ticket, as the question that is put before it is done."""

from collections.abc import Mapping

from mailgate.commands.directives import read_directives
from mailgate.commands.misread import BadArgument
from mailgate.commands.typed import one_name
from mailgate.confirmation import Confirmation, ConfirmKind, Line, Says
from mailgate.desks import is_ours
from mailgate.errors import BadAddress
from mailgate.flows.confirm.ask import Request
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.ticket.readers import contact_of
from mailgate.mail.address import parse_mailbox
from mailgate.people import Contact, staff_at
from mailgate.tickets.result import Outcome, Result, result
from mailgate.tickets.ticket import Ticket
from mailgate.tickets.verbs import customers
from store import people
from store.desk import tickets

ADDRESS = "address"
"""Of whom SHARE and ADD_CONTACT speak, in the values of the question."""


def request_of(kind: ConfirmKind, ticket: Ticket, contact: Contact, values: Mapping[str, str]) -> Request:
    """Whether this is to be done; `values` are what its statement names and its deed must know."""
    return Request(
        kind=kind,
        statement=(Line(Says(kind.value), {**values, "ticket": str(ticket.id)}),),
        values=values,
        ticket=ticket,
        customer_id=contact.customer_id,
        contact_id=contact.id,
    )


def request_to_add(act: Act, ticket: Ticket, owner: Contact, address: str) -> Request:
    """Whether somebody is to get the ticket's mails, who becomes a contact of the account if he is none."""
    is_known = contact_of(act, owner.customer_id, address) is not None
    kind = ConfirmKind.SHARE if is_known else ConfirmKind.ADD_CONTACT
    return request_of(kind, ticket, owner, {ADDRESS: address})


def not_to_be_added(act: Act, address: str) -> Result | None:
    """What whoever names an address of ours is told."""
    if is_ours(address, act.settings.desks, act.settings.gate.domain) or staff_at(address, act.staff):
        return result(Outcome.OUR_ADDRESS, address=address)
    return None


def another_address(act: Act, incoming: Incoming, asked: Confirmation) -> Request | Result | None:
    """An answer to the question whether to add somebody may name somebody else: `add karl@example.org`."""
    address = _named_in(incoming)
    ticket = tickets.find(act.conn, asked.ticket_id) if asked.ticket_id is not None else None
    owner = people.find_contact(act.conn, asked.contact_id) if asked.contact_id is not None else None
    if address is None or ticket is None or owner is None:
        return None
    return not_to_be_added(act, address) or request_to_add(act, ticket, owner, address)


def _named_in(incoming: Incoming) -> str | None:
    """The last address that a line of its first block says to add."""
    named = None
    for line in read_directives(incoming.message, marked=False).directives:
        if line.verb == customers.ADD.name:
            try:
                named = parse_mailbox(one_name(line.argument)).address
            except (BadArgument, BadAddress):  # then it is no answer that could be read, and is asked for again
                return None
    return named
