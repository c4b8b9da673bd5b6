"""Which mail each ticket event calls for, with its frozen values. Words stand in `templates/mail/`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgate.mail.message import Author
from mailgate.mail.notice import Notice, NoticeAttachment, Template
from mailgate.people import Staff
from mailgate.tickets.desks import Desk
from mailgate.tickets.files import MAX_NAMED, LeftOut
from mailgate.tickets.ticket import NewAttachment, Participant, Ticket
from mailgate.tickets.verbs import Misread

ReplyAddress = Callable[[int, int], str]
"""(ticket, contact or staff id) → the signed address that a reply of theirs goes to."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose mails these are, and from which desk."""

    company: str
    desk: Desk

    @property
    def address(self) -> str:
        """Where mails of this desk come from."""
        return self.desk.mailbox.address


@dataclass(frozen=True, slots=True)
class HeldMail:
    """One line of a held-alert."""

    id: int
    received_at: datetime
    author: str
    subject: str
    reason: str


def acknowledgement(
    head: Letterhead,
    ticket: Ticket,
    reader: Participant,
    reply_address: ReplyAddress,
    *,
    in_reply_to: str | None,
    references: Sequence[str],
    fixed_subject: bool,
    left_out: Sequence[LeftOut] = (),
    template: Template = Template.ACKNOWLEDGEMENT,
) -> Notice:
    """To the customer who opened a ticket; with LEFT_OUT, to one whose further mail lost files.

    `fixed_subject`: repeat no word of an author who was not verified.
    """
    values = {
        "company": head.company,
        "number": ticket.id,
        "subject": ticket.subject,
        "fixed_subject": fixed_subject,
        "left_out": [] if fixed_subject else _named(left_out),  # names of files are words of his too
        "left_out_count": len(left_out),
    }
    return Notice(
        template=template,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values=values,
        reply_to=_customer_reply(head, ticket, reader, reply_address),
        reverse_path="",
        in_reply_to=in_reply_to,
        references=tuple(references),
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
    )


def reply(
    head: Letterhead,
    ticket: Ticket,
    reader: Participant,
    reply_address: ReplyAddress,
    *,
    words: str,
    writer: Staff,
    entry_id: int,
    references: Sequence[str],
    files: Sequence[NewAttachment],
) -> Notice:
    """To a participant: what a staff member wrote."""
    values = {
        "company": head.company,
        "number": ticket.id,
        "subject": ticket.subject,
        "text": words,
        "staff_name": writer.name,
    }
    return Notice(
        template=Template.REPLY,
        to_address=reader.address,
        to_name=reader.name,
        from_name=f"{writer.name} ({head.company})",
        from_address=head.address,
        values=values,
        reply_to=_customer_reply(head, ticket, reader, reply_address),
        in_reply_to=references[-1] if references else None,
        references=tuple(references),
        attachments=tuple(
            NoticeAttachment(file.filename or f"part-{position}", file.content_type, file.sha256)
            for position, file in enumerate(files, start=1)
        ),
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        entry_id=entry_id,
    )


def notification(
    head: Letterhead,
    ticket: Ticket,
    reader: Staff,
    reply_address: ReplyAddress,
    *,
    words: str,
    author: Author,
    context: Sequence[str],
    entry_id: int,
    references: Sequence[str],
    files: Sequence[NewAttachment],
    left_out: Sequence[LeftOut] = (),
    mail_id: int | None = None,
) -> Notice:
    """To a staff member: what a customer wrote, uncut, then the context block, then the commands."""
    values = {
        "company": head.company,
        "number": ticket.id,
        "subject": ticket.subject,
        "text": words,
        "attachments": [{"name": file.filename or file.content_type, "size": file.size} for file in files],
        "left_out": _named(left_out),
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
        reply_to=reply_address(ticket.id, reader.id),
        in_reply_to=references[-1] if references else None,
        references=tuple(references),
        attachments=tuple(
            NoticeAttachment(file.filename or f"part-{position}", file.content_type, file.sha256)
            for position, file in enumerate(files, start=1)
        ),
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        entry_id=entry_id,
    )


def closed(
    head: Letterhead, ticket: Ticket, reader: Participant, reply_address: ReplyAddress, *, references: Sequence[str]
) -> Notice:
    """To a participant: the ticket was closed, a reply reopens it."""
    return Notice(
        template=Template.CLOSED,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values={"company": head.company, "number": ticket.id, "subject": ticket.subject},
        reply_to=_customer_reply(head, ticket, reader, reply_address),
        reverse_path="",
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
    words: str,
    subject: str,
    ticket: Ticket | None,
    in_reply_to: str | None,
    reply_to: str | None,
) -> Notice:
    """To the staff member whose mail was not carried out: why, line by line, and his words back."""
    values = {
        "company": head.company,
        "number": ticket.id if ticket else None,
        "subject": ticket.subject if ticket else subject,
        "reason": reason,
        "lines": [{"line": line.line, "reason": line.reason, "nearest": line.nearest} for line in misread],
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
    )


def sign_in(
    head: Letterhead,
    name: str,
    address: str,
    *,
    link: str,
    code: str | None,
    in_reply_to: str | None,
    customer_id: int | None = None,
) -> Notice:
    """To whoever asked to sign in. `code`: what staff may type instead, None for customers."""
    return Notice(
        template=Template.SIGN_IN,
        to_address=address,
        to_name=name,
        from_name=head.company,
        from_address=head.address,
        values={"company": head.company, "has_code": code is not None},
        secret={"link": link, "code": code or ""},
        reverse_path="",
        in_reply_to=in_reply_to,
        references=(in_reply_to,) if in_reply_to else (),
        customer_id=customer_id,
    )


def held(head: Letterhead, reader: Author, *, in_reply_to: str | None) -> Notice:
    """To the sender of a mail that waits for a person: a fixed text that repeats nothing of his."""
    return Notice(
        template=Template.HELD,
        to_address=reader.address,
        to_name="",
        from_name=head.company,
        from_address=head.address,
        values={"company": head.company},
        reverse_path="",
        in_reply_to=in_reply_to,
        references=(in_reply_to,) if in_reply_to else (),
    )


def held_alert(head: Letterhead, reader: Staff, mails: Sequence[HeldMail], *, listed: int) -> Notice:
    """To a staff member: these mails wait for a decision; past the first `listed` they are only counted."""
    lines = [
        {
            "id": mail.id,
            "received_at": mail.received_at.strftime("%Y-%m-%d %H:%M UTC"),
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
            "ids": [mail.id for mail in mails],
        },
        reverse_path="",
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


def _named(files: Sequence[LeftOut]) -> list[Mapping[str, object]]:
    return [{"name": file.name, "size": file.size, "reason": file.reason} for file in files[:MAX_NAMED]]


def _customer_reply(head: Letterhead, ticket: Ticket, reader: Participant, reply_address: ReplyAddress) -> str:
    # A stranger has no id that a token could be bound to: his replies thread by their references.
    return head.address if reader.contact_id is None else reply_address(ticket.id, reader.contact_id)
