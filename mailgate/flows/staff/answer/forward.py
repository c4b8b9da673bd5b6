"""A customer's mail that a staff member sends on as an attachment: it opens a ticket as if it had come by itself.

Who wrote it is what `!customer` says, or else the From of the attached mail, when that is a registered address. Nobody
is guessed from the words of a forwarded text.
"""

from dataclasses import dataclass

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.words import files_of
from mailgate.flows.story.act import Act
from mailgate.flows.story.call_hooks import tell_of_ticket
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.tell_staff import tell_staff
from mailgate.flows.ticket.words import file_of, words_of
from mailgate.hooks import HookEvent
from mailgate.mail.address import Mailbox
from mailgate.mail.disposition import Disposition
from mailgate.mail.message import Author, Message
from mailgate.mail.parse import parse
from mailgate.mail.sender.evidence import from_rule
from mailgate.people import Contact
from mailgate.tickets.context import Fact
from mailgate.tickets.events import line_of
from mailgate.tickets.files import LeftOut, choose_files
from mailgate.tickets.refused import Refused
from mailgate.tickets.result import Item, item
from mailgate.tickets.thread import without_tag
from mailgate.tickets.ticket import Direction, EntryKind, Event, NewAttachment, NewEntry, Participant
from mailgate.tickets.verbs import staff
from store import people
from store.archive import in_row
from store.archive import record as record_blob
from store.desk import message_ids, tickets

FORWARDED = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The attached mail, and for whom a ticket is opened."""

    message: Message
    contact: Contact


def forwarded(act: Act, mail: StaffMail) -> Forwarded | Item | None:
    """What is sent on; None when nothing is, and why not when it cannot be told for whom."""
    attached = [file.content for file in mail.incoming.message.attachments if file.content_type == FORWARDED]
    if not attached:
        return None
    if len(attached) > 1:
        return item(Refused.SEVERAL_ATTACHED)
    customer = mail.command(staff.CUSTOMER)
    author = from_rule(attached[0])
    if customer is not None:
        address = customer.argument.words
    elif isinstance(author, Mailbox):
        address = author.address
    else:
        return item(Refused.NO_AUTHOR, why=str(author))
    contact = newest_contact(act, address)
    if contact is None and customer is None:
        return item(Refused.AUTHOR_UNKNOWN, address=address)
    return Forwarded(parse(attached[0], render_html=False), contact) if contact else None


def newest_contact(act: Act, address: str) -> Contact | None:
    """Whom an address means: of several customers the one active last."""
    found = people.contacts_with(act.conn, address)
    return max(found, key=lambda contact: (contact.active_at, contact.id), default=None)


def open_forwarded(act: Act, mail: StaffMail, sent_on: Forwarded) -> Settled:
    """Open the ticket; what the staff member wrote above or sent beside it is a note. The customer is told nothing."""
    message, contact, writer = sent_on.message, sent_on.contact, mail.writer
    _, ticket = tickets.open_ticket(
        act.conn,
        line_of(Event.SENT_ON, mail.doer, customer=contact.name),
        event=Event.SENT_ON,
        desk=mail.incoming.desk.name,
        customer_id=contact.customer_id,
        subject=without_tag(message.subject),
        participant=Participant(contact.name, contact.address, contact.id),
        linked_to=None,
        now=act.at,
    )
    tell_of_ticket(act.conn, act.settings, ticket, HookEvent.TICKET_OPENED, now=act.now)
    files, left_out = _files_of(act, message)
    entry = NewEntry(
        kind=EntryKind.MESSAGE,
        author_name=f"{contact.name} (forwarded by {writer.name})",
        author_address=contact.address,
        contact_id=contact.id,
        direction=Direction.IN,
        text=words_of(message),
        message_id=message.message_id,
        spool_id=mail.incoming.lent.spool_id,
        evidence=mail.incoming.evidence.level,
        attachments=files,
        left_out=left_out,
    )
    entry_id, ticket = tickets.append(act.conn, ticket, entry, event=Event.CUSTOMER_WROTE, now=act.at)
    own = [mail.incoming.message.message_id] if mail.incoming.message.message_id else []
    message_ids.remember(act.conn, ticket.id, own, (*message.references, *message.in_reply_to))
    beside = files_of(act, mail.incoming) if len(mail.incoming.message.attachments) > 1 else ()
    if mail.words or beside:
        note = NewEntry(
            kind=EntryKind.NOTE,
            author_name=writer.name,
            text=mail.words,
            author_address=writer.address,
            staff_id=writer.id,
            spool_id=mail.incoming.lent.spool_id,
            evidence=mail.incoming.evidence.level,
            attachments=beside,
        )
        _, ticket = tickets.append(act.conn, ticket, note, event=Event.STAFF_NOTED, now=act.at)
    tell_staff(
        act,
        mail.incoming,
        ticket,
        words=entry.text,
        entry_id=entry_id,
        author=Author(contact.name, contact.address),
        marks=[item(Fact.FORWARDED, by=writer.name)],
        files=files,
        left_out=left_out,
    )
    return Settled(
        Disposition.OPENED,
        f"a mail of {contact.address}, sent on",
        ticket_id=ticket.id,
        evidence=mail.incoming.evidence,
    )


def _files_of(act: Act, message: Message) -> tuple[tuple[NewAttachment, ...], tuple[LeftOut, ...]]:
    """The files of a customer, by the rules for customers' files."""
    choice = choose_files(message.attachments, act.settings.attachments.rules)
    files = []
    for place in choice.taken:
        blob = in_row(message.attachments[place].content)
        record_blob(act.conn, blob)
        files.append(file_of(message.attachments[place], blob))
    return tuple(files), choice.left_out
