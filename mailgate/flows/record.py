"""A line in a ticket's audit trail."""

from mailgate.flows.act import Act
from mailgate.tickets.ticket import EntryKind, Event, NewEntry
from store import tickets


def record(act: Act, ticket_id: int, words: str, *, event: Event | None = None, spool_id: int | None = None) -> None:
    """Append an event to the ticket's history: what happened, in words that staff and customer may read."""
    entry = NewEntry(EntryKind.EVENT, "mailgate", words, spool_id=spool_id)
    tickets.append(act.conn, ticket_id, entry, event=event, now=act.at)
