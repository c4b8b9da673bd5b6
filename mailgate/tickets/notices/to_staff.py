"""Mails to staff, with their frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from mailgate.commands.misread import Misread, as_values
from mailgate.commands.place import Place
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice, gist_of, stamp
from mailgate.mail.message import Author
from mailgate.people import Staff
from mailgate.tickets.files import LeftOut
from mailgate.tickets.notices.letterhead import (
    Letterhead,
    ReplyAddress,
    corrected_mail,
    named,
    ready_commands,
    sent_along,
)
from mailgate.tickets.ticket import NewAttachment, Ticket


@dataclass(frozen=True, slots=True)
class HeldMail:
    """One line of a held-alert."""

    id: int
    received_at: datetime
    author: str
    subject: str
    reason: str


def notification(
    head: Letterhead,
    ticket: Ticket,
    reader: Staff,
    reply_address: ReplyAddress,
    *,
    words: str,
    author: Author,
    context: Sequence[str],
    place: Place,
    entry_id: int | None,
    references: Sequence[str],
    files: Sequence[NewAttachment],
    left_out: Sequence[LeftOut] = (),
    mail_id: int | None = None,
) -> Notice:
    """To a staff member: what a customer wrote, uncut, then the context block, then the commands.

    `place`: where the reader's answer will be read.
    """
    reply_to = reply_address(ticket.id, reader.id)
    values = {
        "commands": ready_commands(reply_to, place),
        "company": head.company,
        "number": ticket.id,
        "subject": ticket.subject,
        "text": words,
        "attachments": [{"name": file.filename or file.content_type, "size": file.size} for file in files],
        "left_out": named(left_out),
        "left_out_count": len(left_out),
        "mail_id": mail_id,
        "context": list(context),
    }
    return Notice(
        template=Template.NOTIFICATION,
        to_address=reader.address,
        to_name=reader.name,
        from_name=f"{author.name or author.address} (via {head.desk.name})",
        from_address=head.address,
        values=values,
        reply_to=reply_to,
        in_reply_to=references[-1] if references else None,
        references=tuple(references),
        attachments=sent_along(files),
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        entry_id=entry_id,
    )


def wait_ended(
    head: Letterhead, ticket: Ticket, reader: Staff, reply_address: ReplyAddress, *, references: Sequence[str]
) -> Notice:
    """To a staff member: the ticket was put off until now, and is his turn again."""
    return Notice(
        template=Template.WAIT_ENDED,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values={"company": head.company, "number": ticket.id, "subject": ticket.subject},
        reply_to=reply_address(ticket.id, reader.id),
        in_reply_to=references[-1] if references else None,
        references=tuple(references),
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
    )


def returned(
    head: Letterhead,
    writer: Staff,
    *,
    reason: str,
    misread: Sequence[Misread],
    corrected: Sequence[str],
    words: str,
    subject: str,
    ticket: Ticket | None,
    in_reply_to: str | None,
    reply_to: str | None,
) -> Notice:
    """To the staff member whose mail was not carried out: why, line by line, and his words back.

    `corrected` are all lines of a mail of commands alone, as they were most likely meant.
    """
    values = {
        "company": head.company,
        "number": ticket.id if ticket else None,
        "subject": ticket.subject if ticket else subject,
        "reason": reason,
        "misread": as_values(misread),
        "corrected": corrected_mail(corrected, to=reply_to or head.address, subject=subject),
        "text": words,
    }
    return Notice(
        template=Template.RETURNED,
        to_address=writer.address,
        to_name=writer.name,
        from_name=head.company,
        from_address=head.address,
        values=values,
        reply_to=reply_to,
        reverse_path="",
        in_reply_to=in_reply_to,
        references=(in_reply_to,) if in_reply_to else (),
        ticket_id=ticket.id if ticket else None,
        gist=gist_of(words),
    )


def held_alert(
    head: Letterhead,
    reader: Staff,
    mails: Sequence[HeldMail],
    *,
    listed: int,
    daily: bool,
    usage: Sequence[Mapping[str, str]],
    list_id: int,
    reply_to: str,
) -> Notice:
    """To a staff member: these mails wait for a decision; past the first `listed` they are only counted.

    `daily`: all that wait, as each morning; else those that are new. An answer decides on them, in the way of `usage`.
    """
    lines = [
        {
            "id": mail.id,
            "received_at": stamp(mail.received_at),
            "author": mail.author,
            "subject": mail.subject,
            "reason": mail.reason,
        }
        for mail in mails[:listed]
    ]
    return Notice(
        template=Template.HELD_ALERT,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values={
            "company": head.company,
            "mails": lines,
            "more": len(mails) - len(lines),
            "daily": daily,
            "usage": usage,
        },
        reply_to=reply_to,
        reverse_path="",
        about_id=list_id,
    )


@dataclass(frozen=True, slots=True)
class QueuedTicket:
    """One line of the list of open tickets."""

    number: int
    subject: str
    customer: str  # "" for somebody who is not registered
    waits: timedelta
    assignee: str  # "" for nobody


def queue(
    head: Letterhead,
    reader: Staff,
    lines: Sequence[QueuedTicket],
    *,
    more: bool,
    usage: Sequence[Mapping[str, str]],
    list_id: int,
    reply_to: str,
) -> Notice:
    """To a staff member: the open tickets, who has waited longest first. An answer works them by their places."""
    return Notice(
        template=Template.QUEUE,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values={
            "company": head.company,
            "tickets": [{**asdict(line), "waits": round(line.waits.total_seconds())} for line in lines],
            "more": more,
            "usage": usage,
        },
        reply_to=reply_to,
        reverse_path="",
        about_id=list_id,
    )


def decided(
    head: Letterhead,
    reader: Staff,
    *,
    usage: Sequence[Mapping[str, str]],
    done: Sequence[str],
    obstacle: str,
    misread: Sequence[Misread],
    corrected: Sequence[str],
    answered: str,
    in_reply_to: str | None,
    list_id: int,
    reply_to: str,
) -> Notice:
    """To the staff member who answered a list: what was done, or `obstacle`: why nothing was.

    `corrected` are all lines of that answer as they were most likely meant, `answered` is its subject.
    """
    return Notice(
        template=Template.DECIDED,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values={
            "company": head.company,
            "done": list(done),
            "obstacle": obstacle,
            "misread": as_values(misread),
            "corrected": corrected_mail(corrected, to=reply_to, subject=answered),
            "usage": usage,
        },
        reply_to=reply_to,
        reverse_path="",
        in_reply_to=in_reply_to,
        references=(in_reply_to,) if in_reply_to else (),
        about_id=list_id,
        gist=gist_of(obstacle, *(line.line for line in misread)),
    )


def undelivered(
    head: Letterhead,
    reader: Staff,
    *,
    ticket: Ticket | None,
    to_address: str,
    subject: str,
    reply_line: str,
    outbox_id: int,
) -> Notice:
    """To a staff member: a mail of ours did not reach its reader."""
    values = {
        "company": head.company,
        "number": ticket.id if ticket else None,
        "ticket_subject": ticket.subject if ticket else None,
        "to_address": to_address,
        "subject": subject,
        "reply_line": reply_line,
        "mail_id": outbox_id,
    }
    return Notice(
        template=Template.UNDELIVERED,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values=values,
        reverse_path="",
        ticket_id=ticket.id if ticket else None,
    )
