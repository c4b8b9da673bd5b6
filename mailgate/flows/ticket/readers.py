"""Who gets a ticket's mails: staff add somebody or take him out, and a contact of the account who is in copy joins."""

from collections.abc import Sequence

from mailgate.desks import is_ours
from mailgate.errors import BadAddress, Permanent
from mailgate.flows.story.act import Act
from mailgate.flows.story.record import record
from mailgate.mail.address import address_key, parse_mailbox
from mailgate.mail.message import Author
from mailgate.people import Contact, staff_at
from mailgate.tickets.ticket import Doer, Event, Participant, Ticket
from store import people
from store.desk import tickets

MAX_IN_COPY = 5
"""Of one mail: a mail to a whole company is no wish to have all of it read the ticket."""


class NoReader(Permanent):
    """This address cannot be added to a ticket's readers, or taken out of them; says why."""


def in_copy(
    act: Act, copied: Sequence[Author], ticket: Ticket | None, *, besides: Sequence[str] = ()
) -> tuple[str, ...]:
    """Those of these addresses that get no mails of the ticket; ours and those of staff are left out, and `besides`."""
    settings = act.settings
    known = {address_key(reader.address) for reader in ticket.participants} if ticket else set()
    known |= {address_key(address) for address in besides}
    found: dict[str, str] = {}
    for someone in copied:
        key = address_key(someone.address)
        if key in known or key in found or is_ours(someone.address, settings.desks, settings.gate.domain):
            continue
        if _is_address(someone.address) and staff_at(someone.address, act.staff) is None:
            found[key] = someone.address
        if len(found) == MAX_IN_COPY:
            break
    return tuple(found.values())


def contact_of(act: Act, customer_id: int | None, address: str) -> Contact | None:
    """The contact of this customer that has the address."""
    found = people.contacts_with(act.conn, address) if customer_id is not None else ()
    return next((contact for contact in found if contact.customer_id == customer_id), None)


def why_not_added(act: Act, address: str) -> str | None:
    """Why this address can be nobody's who reads a ticket; None when it can."""
    settings = act.settings
    if is_ours(address, settings.desks, settings.gate.domain):
        return f"{address} is one of our own addresses"
    colleague = staff_at(address, act.staff)
    return f"{colleague.name} is a colleague: !assign gives them this ticket" if colleague else None


def why_not_removed(ticket: Ticket, address: str) -> str | None:
    """Why this address cannot be taken out of the ticket's readers; None when it can."""
    reading = [address_key(reader.address) for reader in ticket.participants]
    if address_key(address) not in reading:
        named = ", ".join(reader.address for reader in ticket.participants) or "nobody"
        return f"{address} gets no mails of this ticket; its readers are {named}"
    return "nobody else would get the answers" if len(reading) == 1 else None


def add_reader(act: Act, ticket: Ticket, address: str, doer: Doer) -> Ticket:
    """Have somebody get the ticket's mails from now on: a contact of its customer, or a stranger by the address alone.

    Nothing happens when they do already. Raises NoReader.
    """
    if why_not := why_not_added(act, address):
        raise NoReader(why_not)
    if address_key(address) in {address_key(reader.address) for reader in ticket.participants}:
        return ticket
    contact = contact_of(act, ticket.customer_id, address)
    reader = Participant(contact.name, contact.address, contact.id) if contact else Participant("", address, None)
    ticket = tickets.admit(act.conn, ticket, reader)
    return record(act, ticket, Event.READER_ADDED, doer=doer, address=reader.address)


def remove_reader(act: Act, ticket: Ticket, address: str, doer: Doer) -> Ticket:
    """Have somebody get no more mails of the ticket, but never the last one. Raises NoReader."""
    if why_not := why_not_removed(ticket, address):
        raise NoReader(why_not)
    ticket = tickets.remove_participant(act.conn, ticket, address)
    return record(act, ticket, Event.READER_REMOVED, doer=doer, address=address)


def join_copied(act: Act, ticket: Ticket, addresses: Sequence[str], doer: Doer) -> Ticket:
    """Contacts of the ticket's own customer among these addresses take part in it from now on."""
    for address in addresses:
        if contact_of(act, ticket.customer_id, address) is not None:
            ticket = add_reader(act, ticket, address, doer)
    return ticket


def _is_address(text: str) -> bool:
    try:
        parse_mailbox(text)
    except BadAddress:
        return False
    return True
