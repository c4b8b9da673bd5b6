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
from mailgate.people import present
from mailgate.tickets import notices
from mailgate.tickets.context import context_lines
from mailgate.tickets.files import LeftOut
from mailgate.tickets.ticket import NewAttachment, Ticket


def tell_staff(
    act: Act,
    incoming: Incoming,
    ticket: Ticket,
    *,
    words: str,
    entry_id: int | None,
    author: Author | None = None,
    marks: Sequence[str] = (),
    is_first: bool = False,
    files: Sequence[NewAttachment] = (),
    left_out: Sequence[LeftOut] = (),
    quoted_lines: int = 0,
) -> None:
    """Queue a notification for everybody who answers and is there. `is_first`: the mail begins the ticket's thread.

    `entry_id`: the message that it carries; None when something was done without one. `author`: whose words they are,
    when somebody else sent them on. `quoted_lines`: so many of the mail are history, and not among the words.
    """
    readers = present(act.staff, now=act.now)
    if not readers:
        return
    author = author or incoming.author
    if not incoming.evidence.at_least(Level.DKIM):
        marks = [f"we could not verify that this mail is from {incoming.author.address}", *marks]
    if incoming.automatic:
        perhaps = "perhaps " if incoming.automatic_is_doubtful else ""
        marks = [f"{perhaps}written by a program ({incoming.automatic})", *marks]
    elif is_auto_reply_subject(incoming.message.subject):
        marks = ["its subject is like that of an answering program, and nothing else of it is", *marks]
    context = context_lines(ticket, about(act, ticket), author=author, marks=marks)
    told = [
        notices.notification(
            sheet_for(act, reader, ticket=ticket, answers=incoming if is_first else None),
            words=words,
            author=author,
            context=context,
            place=place_of(act, reader, Where.TICKET),
            entry_id=entry_id,
            files=files,
            left_out=left_out,
            quoted_lines=quoted_lines,
            mail_id=incoming.lent.spool_id,
            mail_page=staff_page(act, f"inbox/{incoming.lent.spool_id}"),
        )
        for reader in readers
    ]
    notify(act, told, cause=incoming)
