"""A mail of ours did not reach its reader: the ticket says so, and the staff are told."""

from mailgate.flows.act import Act
from mailgate.flows.notify import notify
from mailgate.flows.record import record
from mailgate.mail.notice import FOR_STAFF, Template
from mailgate.tickets import notices
from mailgate.tickets.desks import desk_named
from mailgate.tickets.ticket import PROGRAM, Doer, Event
from store import people, tickets
from store.outbox import Outgoing

AWAITING_ANSWER = frozenset({Template.REPLY, Template.AUTOCLOSE_WARNING})
"""Whoever did not get one of these is not the one who keeps silent: the ticket is not closed for it."""


def tell_undelivered(act: Act, row: Outgoing, reply_line: str, *, doer: Doer = PROGRAM) -> tuple[int, ...]:
    """Record the failure on its ticket and queue a mail to each staff member; returns the ids of these mails."""
    ticket = tickets.find(act.conn, row.notice.ticket_id) if row.notice.ticket_id is not None else None
    if ticket is not None:
        words = f"mail {row.id} to {row.notice.to_address} was not delivered: {reply_line}"
        event = Event.UNDELIVERED if row.notice.template in AWAITING_ANSWER else None
        ticket = record(act, ticket, words, event=event, doer=doer)
    if row.notice.template in FOR_STAFF:
        return ()
    desks = act.settings.desks
    head = notices.Letterhead(act.settings.gate.company, desk_named(ticket.desk if ticket else "", desks))
    told = [
        notices.undelivered(
            head,
            reader,
            ticket=ticket,
            to_address=row.notice.to_address,
            subject=row.subject or "",
            reply_line=reply_line,
            outbox_id=row.id,
        )
        for reader in people.list_staff(act.conn)
    ]
    return notify(act, told, cause=None)
