"""A line in a ticket's audit trail."""

from mailgate.flows.act import Act
from mailgate.tickets.ticket import EntryKind, Event, NewEntry, Ticket
from store import tickets


def record(act: Act, ticket: Ticket, words: str, *, event: Event | None = None, spool_id: int | None = None) -> Ticket:
    """Append an event to the ticket's history: what happened, in words that staff and customer may read.

    Returns the ticket as it is now.
    """
    entry = NewEntry(EntryKind.EVENT, "mailgate", words, spool_id=spool_id)
    return tickets.append(act.conn, ticket, entry, event=event, now=act.at)[1]
