"""A line in a ticket's audit trail."""

from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.people import Contact, Staff
from mailgate.tickets.ticket import PROGRAM, Doer, EntryKind, Event, NewEntry, Ticket
from store.desk import tickets


def record(act: Act, ticket: Ticket, words: str, *, event: Event | None = None, doer: Doer = PROGRAM) -> Ticket:
    """Append an event to the ticket's history: what happened, in words that staff and customer may read.

    Returns the ticket as it is now.
    """
    entry = NewEntry(
        EntryKind.EVENT,
        doer.name,
        words,
        author_address=doer.address,
        contact_id=doer.contact_id,
        staff_id=doer.staff_id,
        spool_id=doer.spool_id,
        evidence=doer.evidence,
    )
    return tickets.append(act.conn, ticket, entry, event=event, now=act.at)[1]


def doer_of(incoming: Incoming, person: Staff | Contact | None = None) -> Doer:
    """The author of a mail as the audit trail names them; `person` is whom they were found to be."""
    author = incoming.author
    return Doer(
        name=person.name if person else author.name or author.address,
        address=person.address if person else author.address,
        staff_id=person.id if isinstance(person, Staff) else None,
        contact_id=person.id if isinstance(person, Contact) else None,
        spool_id=incoming.lent.spool_id,
        evidence=incoming.evidence.level,
    )
