"""What a customer's contact does to a ticket: each deed is done once, and stands in the audit trail with its mail.

Done again it changes nothing and says so: mails are sent twice, links in mails are followed twice.
"""

from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of, record
from mailgate.flows.story.settled import Told
from mailgate.flows.ticket import change
from mailgate.flows.ticket.readers import contact_of
from mailgate.flows.ticket.tell_staff import tell_staff
from mailgate.mail.address import address_key
from mailgate.people import Contact, Role
from mailgate.tickets.result import Outcome, result
from mailgate.tickets.ticket import Event, Participant, State, Ticket
from store import people
from store.desk import tickets


def close(act: Act, incoming: Incoming, ticket: Ticket, contact: Contact) -> Told:
    """Close the ticket; staff and its other readers are told."""
    if ticket.state is State.CLOSED:
        return Told(result(Outcome.CLOSED_BEFORE, ticket=ticket.id), ticket)
    ticket = change.close(act, ticket, doer_of(incoming, contact))
    words = f"{contact.name} closed this ticket by mail."
    tell_staff(act, incoming, ticket, words=words, entry_id=None)
    return Told(result(Outcome.CLOSED, ticket=ticket.id), ticket)


def reopen(act: Act, incoming: Incoming, ticket: Ticket, contact: Contact) -> Told:
    """Make it staff's turn again; they are told."""
    if ticket.state is not State.CLOSED:
        return Told(result(Outcome.NOT_CLOSED, ticket=ticket.id), ticket)
    ticket = change.reopen(act, ticket, doer_of(incoming, contact))
    words = f"{contact.name} opened this ticket again by mail, without further words."
    tell_staff(act, incoming, ticket, words=words, entry_id=None)
    return Told(result(Outcome.REOPENED, ticket=ticket.id), ticket)


def leave(act: Act, incoming: Incoming, ticket: Ticket, contact: Contact) -> Told:
    """Take the contact out of the ticket's readers, but never the last one: nobody would get the answers."""
    if contact.id not in {reader.contact_id for reader in ticket.participants}:
        return Told(result(Outcome.NO_READER, ticket=ticket.id), ticket)
    if len(ticket.participants) == 1:
        return Told(result(Outcome.ONLY_READER, ticket=ticket.id), ticket)
    ticket = tickets.dismiss(act.conn, ticket, contact.id)
    ticket = record(act, ticket, Event.READER_LEFT, doer=doer_of(incoming, contact), address=contact.address)
    return Told(result(Outcome.LEFT, ticket=ticket.id), ticket)


def share(act: Act, incoming: Incoming, ticket: Ticket, owner: Contact, address: str) -> Told:
    """Have a registered contact of the owner's account get the ticket's mails."""
    if address_key(address) in {address_key(reader.address) for reader in ticket.participants}:
        return Told(result(Outcome.SHARED_BEFORE, address=address, ticket=ticket.id), ticket)
    contact = contact_of(act, owner.customer_id, address)
    if contact is None:
        return Told(result(Outcome.NO_CONTACT, address=address), ticket)
    ticket = tickets.admit(act.conn, ticket, Participant(contact.name, contact.address, contact.id))
    ticket = record(act, ticket, Event.READER_ADDED, doer=doer_of(incoming, owner), address=contact.address)
    return Told(result(Outcome.SHARED, address=contact.address, ticket=ticket.id), ticket)


def add_contact(act: Act, incoming: Incoming, ticket: Ticket, owner: Contact, address: str) -> Told:
    """Register somebody as a support contact of the owner's account, and have him get the ticket's mails."""
    if contact_of(act, owner.customer_id, address) is None:
        people.add_contact(act.conn, owner.customer_id, address, address, (Role.SUPPORT,), now=act.now)
        ticket = record(act, ticket, Event.CONTACT_ADDED, doer=doer_of(incoming, owner), address=address)
    return share(act, incoming, ticket, owner, address)
