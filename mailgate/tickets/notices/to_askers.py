"""Mails that answer the commands of customers and ask for a yes, and what can be done about a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailgate.commands.misread import FOR_OTHERS, Misread, as_values
from mailgate.confirmation import KINDS, Confirmation, ConfirmKind, ConfirmState, QuestionClass, Says, Statement
from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, letter
from mailgate.letters.notice import REPLY_TO, Notice, stamp
from mailgate.mail.address import parse_mailbox
from mailgate.mail.mailto import MailAction
from mailgate.mail.sender.evidence import Level
from mailgate.tickets.actions import answer_subject, ticket_actions
from mailgate.tickets.notices.parts import corrected_mail
from mailgate.tickets.result import Result, lines_of
from mailgate.tickets.ticket import Ticket
from mailgate.tickets.verbs import customers


def receipt(
    sheet: Sheet,
    ticket: Ticket | None,
    *,
    results: Sequence[Result],
    misread: Sequence[Misread] = (),
    corrected: Sequence[str] = (),
    commands: Sequence[Mapping[str, str]] = (),
) -> Notice:
    """To a contact: what was done, line by line, or that nothing was, with what can be commanded now.

    `corrected` are all lines of his mail as they were most likely meant.
    """
    subject = answer_subject(ticket.subject, ticket.id) if ticket else sheet.subject
    values = {
        "results": [result.as_values() for result in results],
        "misread": as_values(misread),
        "is_for_others": bool(misread) and all(one.fault in FOR_OTHERS for one in misread),
        "corrected": corrected_mail(corrected, to=sheet.answer_to, subject=subject),
        "commands": list(commands),
        "actions": [] if sheet.is_fixed else offered(ticket, sheet),
    }
    return letter(Template.RECEIPT, sheet, values, files=[file for one in results for file in one.files])


def confirm(
    sheet: Sheet,
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
    template = Template.CONFIRM
    if about.kind is ConfirmKind.STAFF_MAIL and statement[0].says is not Says.ANNOUNCE:
        template = Template.STAFF_CONFIRM
        is_proved = Level(about.evidence) not in (Level.UNKNOWN, Level.SPF)
        values["unproved"] = None if is_proved else parse_mailbox(sheet.address).domain
    elif KINDS[about.kind].of is QuestionClass.MONEY:  # a desk asks more often than the budget of customers allows
        template = Template.STAFF_CONFIRM
        values |= {"moves_money": True, "unproved": None}
    secret = {REPLY_TO: answer_to}
    return letter(template, replace(sheet, own_address=None), values, secret=secret, about_id=about.id)


def answered(sheet: Sheet, result: Result) -> Notice:
    """To a staff member who has answered a question: what came of it."""
    return letter(Template.STAFF_ANSWERED, sheet, {"result": result.as_values()})


def ended(
    sheet: Sheet,
    *,
    about: Confirmation,
    state: ConfirmState,
    statement: Statement,
    by: str | None,
    is_possible: bool = True,
) -> Notice:
    """To one of those who were asked: it was done, or the question is closed and nothing was; `by`: who decided.

    `is_possible`: else everybody said yes, and it could not be done any more.
    """
    template = Template.CONFIRMED if state is ConfirmState.DONE and is_possible else Template.NOT_CONFIRMED
    values = {
        "statement": lines_of(statement),
        "became": state.value if is_possible else "impossible",
        "by": by,
        "others": len(about.askees) - 1,
        "needed": about.needed.value,
    }
    return letter(template, sheet, values, about_id=about.id)


def seconded(
    sheet: Sheet, *, about: Confirmation, state: ConfirmState, by: str | None, is_possible: bool = True
) -> Notice:
    """To a staff member who asked for it, and whose own yes was not wanted: what a colleague's answer came to."""
    values = {
        "statement": lines_of(about.statement),
        "became": state.value if is_possible else "impossible",
        "by": by,
    }
    return letter(Template.SECONDED, sheet, values, about_id=about.id)


def offered(ticket: Ticket | None, sheet: Sheet) -> list[Mapping[str, object]]:
    """What the reader can do about the ticket, as templates name it; nothing without an address of his own."""
    if ticket is None or sheet.own_address is None:
        return []
    subject = f"[#{ticket.id}]" if sheet.is_fixed else answer_subject(ticket.subject, ticket.id)
    actions = ticket_actions(ticket.state, to=sheet.own_address, subject=subject, shared=len(ticket.participants) > 1)
    return [_ready(action) for action in actions]


def proposals(ticket: Ticket, addresses: Sequence[str], sheet: Sheet) -> list[Mapping[str, object]]:
    """Whom the reader can add to the ticket, as templates name it."""
    reply_to = sheet.own_address
    if reply_to is None:
        return []
    subject = answer_subject(ticket.subject, ticket.id)
    return [
        {"address": address, **_ready(MailAction(customers.ADD.name, reply_to, subject, f"!add {address}\n"))}
        for address in addresses
    ]


def _ready(action: MailAction) -> Mapping[str, object]:
    return {"name": action.name, "to": action.to, "subject": action.subject, "body": action.body.strip()}
