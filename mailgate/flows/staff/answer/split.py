"""`!split`: a customer's message becomes a ticket of its own, as if it had been a new mail."""

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import told
from mailgate.flows.story.act import Act
from mailgate.flows.story.call_hooks import tell_of_ticket
from mailgate.flows.story.record import record
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.tell_staff import tell_split
from mailgate.hooks import HookEvent
from mailgate.mail.address import address_key
from mailgate.tickets.acts import Deed
from mailgate.tickets.events import line_of
from mailgate.tickets.result import Done, item
from mailgate.tickets.thread import without_tag
from mailgate.tickets.ticket import Direction, EntryKind, Event, NewEntry, Ticket
from store.desk import message_ids, staff_acts, tickets
from store.desk.tickets import Entry


def split(act: Act, mail: StaffMail) -> Settled:
    """Of the message whose notification is answered, else of the last one; history only grows, so it stays here, too.

    Who takes part here takes part there: nobody gains a mail that he has not got.
    """
    ticket = mail.ticket
    assert ticket is not None
    assert mail.alone is not None
    entry = _message(act, mail, ticket)
    if entry is None:
        return told(act, mail, item(Done.NO_MESSAGE))
    subject = without_tag(mail.alone.argument.words) if mail.alone.argument.words else ticket.subject
    author = next((one for one in ticket.participants if _is(one.address, entry)), None)
    _, new = tickets.open_ticket(
        act.conn,
        line_of(Event.SPLIT_OFF, mail.doer, other=ticket.id),
        event=Event.SPLIT_OFF,
        desk=ticket.desk,
        customer_id=ticket.customer_id,
        subject=subject,
        participant=author,
        linked_to=ticket.id,
        now=act.at,
    )
    tell_of_ticket(act.conn, act.settings, new, HookEvent.TICKET_OPENED, now=act.now)
    for reader in ticket.participants:
        new = tickets.admit(act.conn, new, reader)
    entry_id, new = tickets.append(act.conn, new, _again(entry), event=Event.CUSTOMER_WROTE, now=act.at)
    record(act, ticket, Event.SPLIT, doer=mail.doer, other=new.id)
    staff_acts.add(
        act.conn, ticket, staff_id=mail.writer.id, done=[Deed.SPLIT], entry_id=None, outbox_ids=(), now=act.now
    )
    tell_split(act, mail.incoming, new, entry, entry_id)
    return told(act, mail, item(Done.SPLIT, ticket=new.id))


def _message(act: Act, mail: StaffMail, ticket: Ticket) -> Entry | None:
    message = mail.incoming.message
    came = [
        one
        for one in tickets.history(act.conn, ticket.id)
        if one.kind is EntryKind.MESSAGE and one.direction is Direction.IN
    ]
    answered = message_ids.entries_of(act.conn, (*message.in_reply_to, *message.references[-1:]))
    meant = [one for one in came if one.id in answered]
    return next(reversed(meant or came), None)


def _is(address: str, entry: Entry) -> bool:
    return entry.author_address is not None and address_key(address) == address_key(entry.author_address)


def _again(entry: Entry) -> NewEntry:
    """The same message for another ticket; its message id goes on to name the first one alone."""
    return NewEntry(
        kind=entry.kind,
        author_name=entry.author_name,
        text=entry.text,
        author_address=entry.author_address,
        direction=entry.direction,
        spool_id=entry.spool_id,
        evidence=entry.evidence,
        automatic=entry.automatic,
        attachments=entry.attachments,
        left_out=entry.left_out,
        cut_away=entry.cut_away,
    )
