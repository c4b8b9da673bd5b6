"""Mails to staff about what staff did: receipts, copies, and answers that are held because a colleague was quicker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailgate.commands.place import Place
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice, stamp
from mailgate.people import Staff
from mailgate.tickets.notices.letterhead import Letterhead, ReplyAddress, ready_commands, sent_along
from mailgate.tickets.ticket import NewAttachment, Ticket


@dataclass(frozen=True, slots=True)
class Asked:
    """Which mail of a staff member's is answered."""

    subject: str
    message_id: str | None
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class Deeds:
    """What a colleague did, in a line, and the words that came with it."""

    line: str
    at: datetime
    words: str


def done(
    head: Letterhead,
    reader: Staff,
    asked: Asked,
    reply_address: ReplyAddress,
    *,
    sentences: Sequence[str],
    is_unread: bool,
) -> Notice:
    """To whoever sent a command that answers: what came of it. `is_unread`: there were words below it."""
    values = {"sentences": list(sentences), "is_unread": is_unread}
    return _mail(Template.DONE, head, reader, asked, reply_address, values=values)


def staff_help(
    head: Letterhead, reader: Staff, asked: Asked, reply_address: ReplyAddress, *, usages: Sequence[Mapping[str, str]]
) -> Notice:
    """To whoever asked: the commands that work where he asked."""
    values = {"commands": list(usages)}
    return _mail(Template.STAFF_HELP, head, reader, asked, reply_address, values=values)


def collision(
    head: Letterhead,
    ticket: Ticket,
    reader: Staff,
    reply_address: ReplyAddress,
    *,
    deeds: Sequence[Deeds],
    words: str,
    context: Sequence[str],
    mail_id: int,
    in_reply_to: str | None,
) -> Notice:
    """To the writer of an answer that crossed a colleague's: what that one did, and both texts."""
    values = {
        "deeds": [{"line": one.line, "at": stamp(one.at), "text": one.words} for one in deeds],
        "text": words,
        "context": list(context),
        "mail_id": mail_id,
    }
    asked = Asked(ticket.subject, in_reply_to, ticket)
    return replace(_mail(Template.COLLISION, head, reader, asked, reply_address, values=values), about_id=mail_id)


def staff_copy(
    head: Letterhead,
    ticket: Ticket,
    reader: Staff,
    reply_address: ReplyAddress,
    *,
    writer: Staff,
    words: str,
    context: Sequence[str],
    place: Place,
    references: Sequence[str],
    files: Sequence[NewAttachment],
) -> Notice:
    """To a staff member: what a colleague wrote to the customer, when it has left.

    `place`: where the reader's answer will be read.
    """
    values = {
        "text": words,
        "attachments": [{"name": file.filename or file.content_type, "size": file.size} for file in files],
        "context": list(context),
        "commands": ready_commands(reply_address(ticket.id, reader.id), place),
    }
    asked = Asked(ticket.subject, references[-1] if references else None, ticket)
    notice = _mail(Template.STAFF_COPY, head, reader, asked, reply_address, values=values)
    return replace(
        notice,
        from_name=f"{writer.name} (via {head.desk.name})",
        references=tuple(references),
        attachments=sent_along(files),
        reverse_path=None,
    )


def _mail(
    template: Template,
    head: Letterhead,
    reader: Staff,
    asked: Asked,
    reply_address: ReplyAddress,
    *,
    values: Mapping[str, object],
) -> Notice:
    ticket = asked.ticket
    about = {
        "company": head.company,
        "number": ticket.id if ticket else None,
        "subject": ticket.subject if ticket else asked.subject,
    }
    return Notice(
        template=template,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values={**about, **values},
        reply_to=reply_address(ticket.id, reader.id) if ticket else None,
        reverse_path="",
        in_reply_to=asked.message_id,
        references=(asked.message_id,) if asked.message_id else (),
        ticket_id=ticket.id if ticket else None,
        customer_id=ticket.customer_id if ticket else None,
    )
