"""Mails that answer the commands of customers, and those that ask before something is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailgate.commands.misread import Misread, as_values
from mailgate.confirmation import Confirmation, ConfirmState, Statement
from mailgate.letters.kind import Template
from mailgate.letters.notice import REPLY_TO, Notice, NoticeAttachment, stamp
from mailgate.mail.mailto import MailAction
from mailgate.tickets.actions import answer_subject, ticket_actions
from mailgate.tickets.notices.letterhead import Letterhead, corrected_mail
from mailgate.tickets.result import Result, lines_of
from mailgate.tickets.ticket import Participant, Ticket
from mailgate.tickets.verbs import customers


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail of ours belongs to. `ticket` is None outside of tickets; `subject` is then the other mail's."""

    ticket: Ticket | None
    subject: str
    reply_to: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    customer_id: int | None


def receipt(
    head: Letterhead,
    reader: Participant,
    thread: Thread,
    *,
    results: Sequence[Result],
    misread: Sequence[Misread] = (),
    corrected: Sequence[str] = (),
    commands: Sequence[Mapping[str, str]] = (),
    fixed_subject: bool = False,
) -> Notice:
    """To a contact: what was done, line by line, or that nothing was, with what can be commanded now.

    `corrected` are all lines of his mail as they were most likely meant. `fixed_subject`: repeat no word of an author
    who was not verified.
    """
    ticket = thread.ticket
    subject = answer_subject(ticket.subject, ticket.id) if ticket else thread.subject
    values = {
        "fixed_subject": fixed_subject,
        "results": [result.as_values() for result in results],
        "misread": as_values(misread),
        "corrected": corrected_mail(corrected, to=thread.reply_to or head.address, subject=subject),
        "commands": list(commands),
        "actions": [] if fixed_subject else offered(thread.ticket, thread.reply_to),
    }
    return _to_contact(Template.RECEIPT, head, reader, thread, values)


def copy(
    head: Letterhead,
    reader: Participant,
    thread: Thread,
    *,
    mail_id: int,
    sent_at: datetime,
    text: str,
    files: Sequence[NoticeAttachment],
) -> Notice:
    """To a contact: the words and files of a mail that went to the same address before, less what opened something."""
    values = {"mail_id": mail_id, "sent_on": stamp(sent_at), "text": text}
    return _to_contact(Template.COPY, head, reader, thread, values, files=files)


def confirm(
    head: Letterhead,
    reader: Participant,
    thread: Thread,
    *,
    about: Confirmation,
    statement: Statement,
    answer_to: str,
    words: tuple[str, str],
    by: str | None,
    is_asking: bool,
    why: str,
) -> Notice:
    """To one of those who must confirm: exactly what will happen, and that a reply decides. `words` mean yes and no.

    `answer_to` proves that its bearer has read this mail, so the archive's copy is without it. `by`: who asks for it,
    if the reader may know; `is_asking`: that is the reader.
    """
    values = {
        "statement": lines_of(statement),
        "cost": about.cost,
        "yes": words[0],
        "no": words[1],
        "asked_at": stamp(about.asked_at),
        "until": stamp(about.expires_at),
        "by": by,
        "is_asking": is_asking,
        "others": len(about.askees) - 1,
        "needed": about.needed.value,
        "why": why,
    }
    notice = _to_contact(Template.CONFIRM, head, reader, thread, values, secret={REPLY_TO: answer_to})
    return replace(notice, about_id=about.id)


def ended(
    head: Letterhead,
    reader: Participant,
    thread: Thread,
    *,
    about: Confirmation,
    state: ConfirmState,
    statement: Statement,
    by: str | None,
) -> Notice:
    """To one of those who were asked: it was done, or the question is closed and nothing was; `by`: who decided."""
    template = Template.CONFIRMED if state is ConfirmState.DONE else Template.NOT_CONFIRMED
    values = {
        "statement": lines_of(statement),
        "became": state.value,
        "by": by,
        "others": len(about.askees) - 1,
        "needed": about.needed.value,
    }
    return replace(_to_contact(template, head, reader, thread, values), about_id=about.id)


def proposal(head: Letterhead, owner: Participant, thread: Thread, *, proposed: Sequence[str], writer: str) -> Notice:
    """To an owner: these were in copy, get nothing from us, and can be added."""
    values = {"proposed": proposals(thread.ticket, proposed, thread.reply_to), "writer": writer}
    return _to_contact(Template.PROPOSAL, head, owner, thread, values)


def offered(ticket: Ticket | None, reply_to: str | None, *, fixed_subject: bool = False) -> list[Mapping[str, object]]:
    """What the reader can do about the ticket, as templates name it; nothing without an address of his own."""
    if ticket is None or reply_to is None:
        return []
    subject = f"[#{ticket.id}]" if fixed_subject else answer_subject(ticket.subject, ticket.id)
    actions = ticket_actions(ticket.state, to=reply_to, subject=subject, shared=len(ticket.participants) > 1)
    return [_ready(action) for action in actions]


def proposals(ticket: Ticket | None, addresses: Sequence[str], reply_to: str | None) -> list[Mapping[str, object]]:
    """Whom the reader can add to the ticket, as templates name it."""
    if ticket is None or reply_to is None:
        return []
    subject = answer_subject(ticket.subject, ticket.id)
    return [
        {"address": address, **_ready(MailAction(customers.ADD.name, reply_to, subject, f"!add {address}\n"))}
        for address in addresses
    ]


def _ready(action: MailAction) -> Mapping[str, object]:
    return {"name": action.name, "to": action.to, "subject": action.subject, "body": action.body.strip()}


def _to_contact(
    template: Template,
    head: Letterhead,
    reader: Participant,
    thread: Thread,
    values: Mapping[str, object],
    *,
    files: Sequence[NoticeAttachment] = (),
    secret: Mapping[str, str] | None = None,
) -> Notice:
    ticket = thread.ticket
    always = {"company": head.company, "number": ticket.id if ticket else None, "subject": thread.subject}
    return Notice(
        template=template,
        to_address=reader.address,
        to_name=reader.name,
        from_name=head.company,
        from_address=head.address,
        values={**always, **values},
        reply_to=thread.reply_to,
        reverse_path="",
        in_reply_to=thread.in_reply_to,
        references=thread.references,
        attachments=tuple(files),
        secret=secret or {},
        ticket_id=ticket.id if ticket else None,
        customer_id=thread.customer_id,
    )
