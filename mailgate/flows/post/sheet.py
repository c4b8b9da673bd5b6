"""The sheet that a mail is written on: everything of it that follows from its reader and from what it is about."""

from functools import partial

from mailgate.desks import Desk, desk_named
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.letters.letter import Sheet, own_address
from mailgate.mail import message_id, thread_index
from mailgate.mail.address_token import Purpose
from mailgate.mail.message import Author
from mailgate.people import Contact, Customer, Staff
from mailgate.tickets.ticket import Participant, Ticket
from store.desk import message_ids

Reader = Participant | Contact | Staff | Customer | Author


def sheet_for(
    act: Act,
    reader: Reader,
    *,
    ticket: Ticket | None = None,
    answers: Incoming | None = None,
    about: tuple[Purpose, int] | None = None,
    subject: str | None = None,
    desk: Desk | None = None,
) -> Sheet:
    """To this reader, at the registered address: about a ticket, something else to decide on, or neither.

    `answers`: the mail that it answers; else it stands in the ticket's thread, as far as this reader has that.
    `about`: what an answer is about, and its number: a list, a held mail or a lost one, which one of the staff decides;
    an invoice, which a contact asks about. `desk`: where nothing else says from which.
    `subject`: of what has no ticket, where it is not that of the mail that is answered.
    """
    desk = desk or _desk(act, ticket, answers)
    root, index = _thread(act, ticket)
    return Sheet(
        company=act.settings.gate.company,
        desk=desk,
        name=reader.name,
        address=reader.address,
        is_known=_is_known(reader),
        signature=desk.signature or act.settings.letterhead.signature,
        page=_page(act, reader, ticket),
        own_address=_own_address(act, desk, reader, ticket, about),
        number=ticket.id if ticket else None,
        subject=_subject(ticket, answers, subject),
        customer_id=_customer(reader, ticket),
        references=_references(act, reader, ticket, answers),
        staff_root=root,
        thread_index=index,
    )


def _desk(act: Act, ticket: Ticket | None, answers: Incoming | None) -> Desk:
    if ticket is not None:
        return desk_named(ticket.desk, act.settings.desks)
    return answers.desk if answers else act.settings.desks[0]


def _own_address(
    act: Act, desk: Desk, reader: Reader, ticket: Ticket | None, about: tuple[Purpose, int] | None
) -> str | None:
    make = partial(own_address, desk.mailbox, key=act.key, today=act.today)
    match reader:
        case Staff(id=staff_id) if about is not None:
            return make(*about, staff_id)
        case Staff(id=staff_id) if ticket:
            return make(Purpose.STAFF, ticket.id, staff_id)
        case Contact(id=contact_id) if about is not None:
            return make(*about, contact_id)
        case Contact(id=contact_id) if ticket:
            return make(Purpose.REPLY, ticket.id, contact_id)
        case Participant(contact_id=int(contact_id)) if ticket:
            return make(Purpose.REPLY, ticket.id, contact_id)
    return None  # a stranger has no id that a token could be bound to: his answers thread by their references


def _is_known(reader: Reader) -> bool:
    return not isinstance(reader, Author) and (not isinstance(reader, Participant) or reader.contact_id is not None)


def _page(act: Act, reader: Reader, ticket: Ticket | None) -> str | None:
    """Where this reader sees the ticket, if he can sign in and there are pages."""
    if ticket is None or not _is_known(reader):
        return None
    if isinstance(reader, Staff):
        return staff_page(act, f"tickets/{ticket.id}")
    return act.settings.page(f"/tickets/{ticket.id}")


def staff_page(act: Act, place: str) -> str | None:
    """The address of a page for staff; None where there are no pages."""
    return act.settings.web.staff_page(place)


def _subject(ticket: Ticket | None, answers: Incoming | None, subject: str | None) -> str:
    if ticket is not None:
        return ticket.subject  # it never changes: clients group by it
    if subject is not None:
        return subject
    return answers.message.subject if answers else ""


def _customer(reader: Reader, ticket: Ticket | None) -> int | None:
    match reader:
        case Contact():
            return reader.customer_id  # who takes part in another customer's ticket is nonetheless his own
        case Customer():
            return reader.id
    return ticket.customer_id if ticket else None


def _thread(act: Act, ticket: Ticket | None) -> tuple[str | None, str | None]:
    """The names by which mail clients find the thread of the ticket.

    A customer's begins with his own first mail. Staff get a mail here and there, so theirs begins with an id that no
    mail has and that all mails of the ticket share: a random first one would be another thread for each of them.
    """
    if ticket is None:
        return None, None
    root = message_id.root(ticket.id, act.settings.gate.domain)
    return root, ticket.thread_index or thread_index.begin(root, ticket.opened_at)


def _references(act: Act, reader: Reader, ticket: Ticket | None, answers: Incoming | None) -> tuple[str, ...]:
    if answers is not None:
        return (answers.message.message_id,) if answers.message.message_id else ()
    return message_ids.of_thread(act.conn, ticket.id, reader.address) if ticket else ()
