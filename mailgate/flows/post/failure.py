"""A mail of ours does not reach its reader: what its ticket says of that, and the notices that tell the staff."""

from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.record import record
from mailgate.letters.kind import Kind, Matter, Template
from mailgate.letters.notice import Notice
from mailgate.mail.address_token import Purpose
from mailgate.people import present
from mailgate.tickets import notices
from mailgate.tickets.ticket import PROGRAM, Doer, Event
from mailgate.tickets.watchers import readers_of_customer
from store import people
from store.desk import staff_acts, tickets
from store.post.outbox import Outgoing


def is_of_the_ladder(kind: Kind) -> bool:
    """It brings an invoice, or asks for what is open: the ladder sees for itself whether that arrives."""
    return kind.about is Matter.INVOICE and kind.wanted is not None


def undelivered_notices(
    act: Act,
    row: Outgoing,
    reply_line: str,
    *,
    doer: Doer = PROGRAM,
    reopens: bool = True,
    instead: Notice | None = None,
) -> list[Notice]:
    """Record the failure on its ticket and return a notice to each staff member who hears of it.

    `reopens`: when it was an answer, or the warning before a close, it is staff's turn again. `instead`: the same mail
    to somebody else, who then may answer.
    """
    kind = row.notice.template.kind
    ticket = tickets.find(act.conn, row.notice.ticket_id) if row.notice.ticket_id is not None else None
    if ticket is not None:
        lost = Event.STAFF_MAIL_LOST if kind.is_for_staff else Event.NOTICE_LOST
        event = Event.UNDELIVERED if reopens and kind.must_arrive and instead is None else lost
        to_address = row.notice.to_address
        ticket = record(act, ticket, event, doer=doer, mail=row.id, to=to_address, reply=reply_line)
    if row.notice.template is Template.ANNOUNCEMENT:
        return []  # one of many: its address is remembered, and nobody is told of each
    if kind.is_for_staff:
        return []  # told in `mailgate queue list` and the log alone: a mail about it could fail the same way
    if is_of_the_ladder(kind):
        return []  # others get it, and of a customer whom nobody can reach the ladder tells
    if not kind.is_reported:
        return []  # a courtesy that nobody waits for: the ticket and the log have it
    entry_id = row.notice.entry_id if kind.own_words else None
    # What a person wrote can still be told to whoever it was for; anything else the gate would say again by itself.
    mends = (Purpose.MEND, row.id) if entry_id is not None and ticket is not None else None
    words = staff_acts.words_of(act.conn, [entry_id]).get(entry_id, "") if entry_id is not None else ""
    staff = people.list_staff(act.conn)
    readers = (
        readers_of_customer(ticket, staff, now=act.now, zone=act.settings.gate.zone)
        if ticket
        else present(staff, now=act.now)
    )
    return [
        notices.undelivered(
            sheet_for(act, reader, ticket=ticket, about=mends),
            ticket,
            to_address=row.notice.to_address,
            subject=row.subject or row.notice.topic or "",  # not composed yet, or just now
            reply_line=reply_line,
            outbox_id=row.id,
            instead=instead.to_address if instead else None,
            words=words,
            mends=mends is not None,
        )
        for reader in readers
    ]
