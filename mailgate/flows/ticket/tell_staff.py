"""The staff hear of what a customer wrote or did: each gets the words, with what is known of their author."""

from collections.abc import Sequence

from mailgate.commands.place import Where
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.place import place_of
from mailgate.flows.ticket.about import about
from mailgate.mail.away_subject import is_auto_reply_subject
from mailgate.mail.message import Author
from mailgate.mail.sender.evidence import Level
from mailgate.tickets import notices
from mailgate.tickets.context import Fact, context_lines, state_lines
from mailgate.tickets.files import LeftOut
from mailgate.tickets.result import Item, item
from mailgate.tickets.ticket import NewAttachment, Ticket
from mailgate.tickets.watchers import readers_of_customer
from store.desk import message_ids
from store.desk.tickets import Entry


def tell_staff(
    act: Act,
    incoming: Incoming,
    ticket: Ticket,
    *,
    words: str,
    entry_id: int | None,
    author: Author | None = None,
    marks: Sequence[Item] = (),
    is_first: bool = False,
    files: Sequence[NewAttachment] = (),
    left_out: Sequence[LeftOut] = (),
    quoted_lines: int = 0,
) -> None:
    """Queue a notification for everybody who hears of the ticket. `is_first`: the mail begins the ticket's thread.

    `entry_id`: the message that it carries; None when something was done without one. `author`: whose words they are,
    when somebody else sent them on. `quoted_lines`: so many of the mail are history, and not among the words.
    """
    addressed = _addressed(act, incoming) if ticket.muted_by else frozenset[int]()
    readers = readers_of_customer(ticket, act.staff, addressed=addressed, now=act.now, zone=act.settings.gate.zone)
    if not readers:
        return
    author = author or incoming.author
    if incoming.had_card_number:
        marks = [item(Fact.CARD_NUMBER), *marks]
    if not incoming.evidence.at_least(Level.DKIM):
        marks = [item(Fact.UNVERIFIED, address=incoming.author.address), *marks]
    if incoming.automatic:
        by_program = Fact.PERHAPS_PROGRAM if incoming.automatic_is_doubtful else Fact.PROGRAM
        marks = [item(by_program, why=incoming.automatic), *marks]
    elif is_auto_reply_subject(incoming.message.subject):
        marks = [item(Fact.LIKE_PROGRAM), *marks]
    known = about(act, ticket)
    context = context_lines(ticket, known, author=author, marks=marks)
    told = [
        notices.notification(
            sheet_for(act, reader, ticket=ticket, answers=incoming if is_first else None),
            words=words,
            author=author,
            context=context,
            notes=known.notes,
            place=place_of(act, reader, Where.TICKET),
            entry_id=entry_id,
            files=files,
            left_out=left_out,
            quoted_lines=quoted_lines,
            begins=entry_id is not None and ticket.messages == 1,
            mail_id=incoming.lent.spool_id,
            mail_page=staff_page(act, f"inbox/{incoming.lent.spool_id}"),
        )
        for reader in readers
    ]
    notify(act, told, cause=incoming)


def tell_split(act: Act, incoming: Incoming, ticket: Ticket, entry: Entry, entry_id: int) -> None:
    """Queue a notification of a message that one of the staff made a ticket of, to everybody who hears of that."""
    known = about(act, ticket)
    told = [
        notices.notification(
            sheet_for(act, reader, ticket=ticket),
            words=entry.text,
            author=Author(entry.author_name, entry.author_address or ""),
            context=state_lines(ticket, known),
            place=place_of(act, reader, Where.TICKET),
            entry_id=entry_id,
            files=entry.attachments,
            left_out=entry.left_out,
            begins=True,
            mail_id=entry.spool_id,
        )
        for reader in readers_of_customer(ticket, act.staff, now=act.now, zone=act.settings.gate.zone)
    ]
    notify(act, told, cause=incoming)


def _addressed(act: Act, incoming: Incoming) -> frozenset[int]:
    """Whose words the mail answers."""
    ids = (*incoming.message.in_reply_to, *incoming.message.references[-1:])
    return message_ids.staff_answered_by(act.conn, ids)
