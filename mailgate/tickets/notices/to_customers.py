"""Mails about tickets to customers and strangers, with their frozen values."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice, stamp
from mailgate.mail.message import Author
from mailgate.people import Customer, Staff
from mailgate.tickets.article import Article
from mailgate.tickets.files import LeftOut
from mailgate.tickets.notices.letterhead import Letterhead, ReplyAddress, customer_reply, fixed_words, named, sent_along
from mailgate.tickets.notices.to_askers import offered, proposals
from mailgate.tickets.ticket import NewAttachment, Participant, Ticket


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
    article: tuple[Article, str] | None = None,
    proposed: Sequence[str] = (),
    template: Template = Template.ACKNOWLEDGEMENT,
) -> Notice:
    """To the customer who opened a ticket; with LEFT_OUT, to one whose further mail lost files.

    `fixed_subject`: repeat no word of an author who was not verified. `article`: what may answer him, and its URL.
    `proposed`: who was in copy and could be added.
    """
    reply_to = customer_reply(head, ticket, reader, reply_address)
    own_address = None if reader.contact_id is None else reply_to
    values = {
        "company": head.company,
        "number": ticket.id,
        "subject": fixed_words(ticket.id) if fixed_subject else ticket.subject,
        "fixed_subject": fixed_subject,
        "proposed": [] if fixed_subject else proposals(ticket, proposed, own_address),
        "actions": offered(ticket, own_address, fixed_subject=fixed_subject),
        "left_out": [] if fixed_subject else named(left_out),  # names of files are words of his too
        "left_out_count": len(left_out),
        "article": None,
    }
    if article is not None:
        solved = {"to": reply_to, "subject": f"[#{ticket.id}]", "body": "!close"}
        values["article"] = {"title": article[0].title, "url": article[1], "solved": solved}
    return Notice(
        template=template,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values=values,
        reply_to=reply_to,
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
    reply_to = customer_reply(head, ticket, reader, reply_address)
    values = {
        "company": head.company,
        "number": ticket.id,
        "subject": ticket.subject,
        "text": words,
        "staff_name": writer.name,
        "actions": offered(ticket, None if reader.contact_id is None else reply_to),
    }
    return Notice(
        template=Template.REPLY,
        to_address=reader.address,
        to_name=reader.name,
        from_name=f"{writer.name} ({head.company})",
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


def closed(
    head: Letterhead, ticket: Ticket, reader: Participant, reply_address: ReplyAddress, *, references: Sequence[str]
) -> Notice:
    """To a participant: the ticket was closed, a reply reopens it."""
    notice = _of_state(Template.CLOSED, head, ticket, reader, reply_address, references=references)
    return replace(notice, reverse_path="")


def autoclose_warning(
    head: Letterhead,
    ticket: Ticket,
    reader: Participant,
    reply_address: ReplyAddress,
    *,
    close_at: datetime,
    references: Sequence[str],
) -> Notice:
    """To a participant who has not answered us: the ticket will be closed at that time."""
    notice = _of_state(Template.AUTOCLOSE_WARNING, head, ticket, reader, reply_address, references=references)
    return replace(notice, values={**notice.values, "close_at": stamp(close_at)})


def autoclosed(
    head: Letterhead, ticket: Ticket, reader: Participant, reply_address: ReplyAddress, *, references: Sequence[str]
) -> Notice:
    """To a participant: the ticket was closed because nobody answered us."""
    return _of_state(Template.AUTOCLOSED, head, ticket, reader, reply_address, references=references)


def _of_state(
    template: Template,
    head: Letterhead,
    ticket: Ticket,
    reader: Participant,
    reply_address: ReplyAddress,
    *,
    references: Sequence[str],
) -> Notice:
    """What a program tells of a ticket's state."""
    reply_to = customer_reply(head, ticket, reader, reply_address)
    return Notice(
        template=template,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values={
            "company": head.company,
            "number": ticket.id,
            "subject": ticket.subject,
            "actions": offered(ticket, None if reader.contact_id is None else reply_to),
        },
        reply_to=reply_to,
        in_reply_to=references[-1] if references else None,
        references=tuple(references),
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
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


def welcome(head: Letterhead, customer: Customer, *, template: Template, sign_in_address: str) -> Notice:
    """To the owner of a customer who was taken over from an older system; `template` is WELCOME or MIGRATED."""
    return Notice(
        template=template,
        to_address=customer.address,
        to_name=customer.name,
        from_name=head.company,
        from_address=head.address,
        values={"company": head.company, "support_address": head.address, "sign_in_address": sign_in_address},
        customer_id=customer.id,
    )
