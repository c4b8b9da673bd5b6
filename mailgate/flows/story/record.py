"""A line in a ticket's audit trail."""

from mailgate.flows.story.act import Act
from mailgate.flows.story.call_hooks import tell_of
from mailgate.flows.story.incoming import Incoming
from mailgate.people import Contact, Staff
from mailgate.tickets.events import Value, line_of
from mailgate.tickets.ticket import PROGRAM, Doer, Event, Ticket
from store.desk import tickets


def record(act: Act, ticket: Ticket, event: Event, *, doer: Doer = PROGRAM, **details: Value | None) -> Ticket:
    """Append what happened to the ticket's history: the event, who did it, and the values that its line keeps.

    Who may read it is said by `tickets.events`. Returns the ticket as it is now.
    """
    now_it_is = tickets.append(act.conn, ticket, line_of(event, doer, **details), event=event, now=act.at)[1]
    tell_of(act.conn, act.settings, now_it_is, event, now=act.now)
    return now_it_is


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
