"""Why a staff mail cannot be carried out: decided as a whole, before anything of it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailgate.authority import Action
from mailgate.commands.misread import Fault, Misread, because
from mailgate.commands.verb import Command, Verb
from mailgate.flows.staff.answer.account_meant import why_not_edited, why_not_noted
from mailgate.flows.staff.answer.audience import why_not_announced
from mailgate.flows.staff.answer.copied import strangers
from mailgate.flows.staff.answer.extend import why_not_extended
from mailgate.flows.staff.answer.forward import forwarded, newest_contact
from mailgate.flows.staff.answer.money_meant import MONEY_VERBS, why_not_moved
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.flows.ticket.readers import why_not_added, why_not_removed
from mailgate.letters.kind import OF_PERSONS
from mailgate.tickets.context import block_lines, leaked_line
from mailgate.tickets.merging import CannotMerge, check_merge
from mailgate.tickets.refused import Refused
from mailgate.tickets.result import Item, item
from mailgate.tickets.ticket import Ticket
from mailgate.tickets.verbs import staff
from store import people
from store.desk import tickets
from store.post import outbox


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the mail goes back, and the lines of it that are at fault."""

    reason: Item
    lines: tuple[Misread, ...] = ()


def actions(mail: StaffMail) -> tuple[Action, ...]:
    """What the mail asks for, as the matrix names it."""
    if mail.alone:
        return (mail.alone.verb.action,)
    if mail.ticket is None:
        more_time = mail.command(staff.EXTEND) is not None
        return (Action.STAFF_OPEN, *((Action.STAFF_COMMAND,) if more_time else ()))
    commands = bool(mail.commands or mail.misread)
    return (
        *((Action.STAFF_COMMAND,) if commands else ()),
        *((Action.STAFF_REPLY,) if (mail.words and not mail.is_note) or not commands else ()),
    )


def refusal(act: Act, mail: StaffMail) -> Refusal | None:
    """None when the mail can be carried out."""
    too_many = next((one for one in mail.misread if one.fault is Fault.TOO_MANY), None)
    if too_many:
        return Refusal(item(Refused.TOO_MANY, most=too_many.values["most"]))
    if mail.misread and all(one.fault is Fault.ASTRAY for one in mail.misread):
        # A block for staff alone names commands: where one was left in, that is what is wrong.
        left_in = reply_obstacle(act, mail.ticket, mail.words) if mail.ticket and mail.words else None
        return Refusal(left_in) if left_in else Refusal(item(Refused.ASTRAY), mail.misread)
    if mail.misread:
        return Refusal(item(Refused.MISREAD), mail.misread)
    impossible = tuple(line for command in mail.commands if (line := _impossible(act, mail, command)))
    if impossible:
        return Refusal(item(Refused.IMPOSSIBLE), impossible)
    if mail.alone:
        return None
    reason = _on_ticket(act, mail, mail.ticket) if mail.ticket else _in_new_mail(act, mail)
    reason = reason or _with_strangers(act, mail)
    return Refusal(reason) if reason else None


def _on_ticket(act: Act, mail: StaffMail, ticket: Ticket) -> Item | None:
    if not mail.has_content and (mail.is_note or not mail.commands):
        return item(Refused.NO_WORDS)
    if not mail.is_reply:
        return None
    if mail.command(staff.MERGE):
        return item(Refused.MERGING)
    return reply_obstacle(act, ticket, mail.words) if mail.words else None


def reply_obstacle(act: Act, ticket: Ticket, words: str) -> Item | None:
    """Why these words cannot go to the customer; None when they can."""
    if not ticket.participants:
        return item(Refused.NO_ADDRESS)
    sent = [row for template in OF_PERSONS for row in outbox.on_ticket(act.conn, ticket.id, template)]
    line = leaked_line(words, [line for row in sent for line in block_lines(row.text or "")])
    return None if line is None else item(Refused.LEFT_IN, line=line)


def _with_strangers(act: Act, mail: StaffMail) -> Item | None:
    """Somebody in copy whom nobody decided about: his answer would reach the writer alone, and no ticket."""
    customer = mail.command(staff.CUSTOMER)
    contact = newest_contact(act, customer.argument.words) if customer else None
    customer_id = contact.customer_id if contact else None
    if mail.ticket:
        customer_id = mail.ticket.customer_id
    found = strangers(act, mail, mail.ticket, customer_id)
    return item(Refused.STRANGERS, people=", ".join(found), first=found[0]) if found else None


def _in_new_mail(act: Act, mail: StaffMail) -> Item | None:
    sent_on = forwarded(act, mail)
    if isinstance(sent_on, Item):
        return sent_on
    customer = mail.command(staff.CUSTOMER)
    if sent_on is not None:
        return None
    if customer is None and mail.command(staff.EXTEND):
        return None
    if customer is None:
        return item(Refused.NO_TICKET)
    if not people.contacts_with(act.conn, customer.argument.words):
        return item(Refused.UNKNOWN, address=customer.argument.words)
    return None if mail.has_content else item(Refused.NO_WORDS)


def _impossible(act: Act, mail: StaffMail, command: Command) -> Misread | None:
    check = _CHECKS.get(command.verb)
    reason = check(act, mail, command) if check else None
    return because(command.line, reason) if reason else None


def _cannot_merge(act: Act, mail: StaffMail, command: Command) -> str | None:
    number = command.argument.number
    assert mail.ticket is not None
    assert number is not None
    target = tickets.find(act.conn, number)
    if target is None:
        return f"there is no ticket {number}"
    try:
        check_merge(mail.ticket, target)
    except CannotMerge as error:
        return str(error)
    return None


def _cannot_go(act: Act, mail: StaffMail, command: Command) -> str | None:
    deputy = command.argument.person
    if deputy is None:
        return None
    if deputy.id == mail.writer.id:
        return "you cannot hand your tickets over to yourself"
    return f"{deputy.name} is away, too" if deputy.is_away(act.now) else None


def _cannot_announce(act: Act, mail: StaffMail, command: Command) -> str | None:
    return why_not_announced(act, mail)


def _cannot_mute(act: Act, mail: StaffMail, command: Command) -> str | None:
    is_his = mail.ticket is not None and mail.ticket.assignee_id == mail.writer.id
    return "the ticket is yours; give it to a colleague first" if is_his else None


def _cannot_add(act: Act, mail: StaffMail, command: Command) -> str | None:
    return why_not_added(act, command.argument.words)


def _cannot_remove(act: Act, mail: StaffMail, command: Command) -> str | None:
    assert mail.ticket is not None
    return why_not_removed(mail.ticket, command.argument.words)


_CHECKS: Mapping[Verb, Callable[[Act, StaffMail, Command], str | None]] = {
    staff.ANNOUNCE: _cannot_announce,
    staff.CUSTOMER_EDIT: why_not_edited,
    staff.CUSTOMER_NOTE: why_not_noted,
    staff.EXTEND: why_not_extended,
    **dict.fromkeys(MONEY_VERBS, why_not_moved),
    staff.MUTE: _cannot_mute,
    staff.ADD: _cannot_add,
    staff.REMOVE: _cannot_remove,
    staff.MERGE: _cannot_merge,
    staff.AWAY: _cannot_go,
}
