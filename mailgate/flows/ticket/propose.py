"""People in copy: they are proposed to the account's owner, and never added by a mail alone."""

from mailgate.desks import is_ours
from mailgate.errors import BadAddress
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.mail.address import address_key, parse_mailbox
from mailgate.mail.sender.evidence import Level
from mailgate.people import Role, staff_at
from mailgate.tickets import notices
from mailgate.tickets.ticket import Ticket
from store import people
from store.desk import proposals

MAX_PROPOSED = 5
"""Of one mail: a mail to a whole company is no wish to have all of it read the ticket."""


def in_copy(act: Act, incoming: Incoming, ticket: Ticket) -> tuple[str, ...]:
    """The addresses in its Cc that get no mails of the ticket; ours and those of staff are left out."""
    if not incoming.message.cc:
        return ()
    settings = act.settings
    reading = {address_key(reader.address) for reader in ticket.participants}
    reading.add(address_key(incoming.author.address))
    found: dict[str, str] = {}
    for someone in incoming.message.cc:
        key = address_key(someone.address)
        if key in reading or key in found or is_ours(someone.address, settings.desks, settings.gate.domain):
            continue
        if _is_address(someone.address) and staff_at(someone.address, act.staff) is None:
            found[key] = someone.address
        if len(found) == MAX_PROPOSED:
            break
    return tuple(found.values())


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


def _is_address(text: str) -> bool:
    try:
        parse_mailbox(text)
    except BadAddress:
        return False
    return True
