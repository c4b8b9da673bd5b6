"""People in copy: they are proposed to the account's owner, and never added by a mail alone."""

from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.ticket import readers
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.mail.address import address_key
from mailgate.mail.sender.evidence import Level
from mailgate.people import Role
from mailgate.tickets import notices
from mailgate.tickets.ticket import Ticket
from store import people
from store.desk import proposals


def in_copy(act: Act, incoming: Incoming, ticket: Ticket) -> tuple[str, ...]:
    """The addresses in its Cc that get no mails of the ticket; ours and those of staff are left out."""
    return readers.in_copy(act, incoming.message.cc, ticket, besides=(incoming.author.address,))


def proposable(act: Act, incoming: Incoming, ticket: Ticket) -> tuple[str, ...]:
    """Those of them whom the owner is to be asked about: each once in a ticket, and only for a mail that was verified.

    A forger could otherwise have us write addresses of his choice to the owner.
    """
    if incoming.automatic or ticket.customer_id is None or not incoming.evidence.at_least(Level.SPF):
        return ()
    copied = in_copy(act, incoming, ticket)
    if not copied:
        return ()
    named = proposals.of_ticket(act.conn, ticket.id)
    return tuple(address for address in copied if address_key(address) not in named)


def propose(act: Act, incoming: Incoming, ticket: Ticket, addresses: tuple[str, ...]) -> None:
    """Ask the owners of the account about these addresses."""
    customer = people.find_customer(act.conn, ticket.customer_id) if ticket.customer_id and addresses else None
    if customer is None:
        return
    told = [
        letter(
            Template.PROPOSAL,
            sheet := sheet_for(act, owner, ticket=ticket),
            {"proposed": notices.proposals(ticket, addresses, sheet), "writer": incoming.author.address},
        )
        for owner in customer.contacts
        if Role.OWNER in owner.roles
    ]
    before = len(act.outgoing)
    notify(act, told, cause=incoming)
    if act.queued_since(before):
        proposals.add(act.conn, ticket.id, addresses)
