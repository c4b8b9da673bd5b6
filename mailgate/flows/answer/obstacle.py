"""Why a staff mail cannot be carried out."""

from collections.abc import Sequence

from mailgate.authority import Action
from mailgate.flows.act import Act
from mailgate.flows.answer.read import StaffMail
from mailgate.mail.directives import MAX_DIRECTIVES
from mailgate.mail.notice import Template
from mailgate.tickets.context import leaked_line
from mailgate.tickets.ticket import Ticket
from mailgate.tickets.verbs import StaffVerb
from store import outbox, people


def actions(mail: StaffMail) -> tuple[Action, ...]:
    """What the mail asks for, as the matrix names it."""
    if mail.ticket is None:
        return (Action.STAFF_OPEN,)
    given = {command.verb for command in mail.commands}
    for_customer = bool(mail.words) and StaffVerb.NOTE not in given
    return (
        *((Action.STAFF_COMMAND,) if given or mail.misread else ()),
        *((Action.STAFF_REPLY,) if for_customer or not (given or mail.misread) else ()),
    )


def obstacle(act: Act, mail: StaffMail) -> str | None:
    """Why the mail goes back to its writer, in one sentence; None when it can be carried out."""
    if mail.excess:
        return f"There are more than {MAX_DIRECTIVES} commands in it."
    if mail.misread:
        return "A command in it was not understood."
    if mail.ticket is None:
        return _begin_obstacle(act, mail)
    if not mail.has_content and (not mail.commands or mail.argument(StaffVerb.NOTE) is not None):
        return "There are no words of yours in it."
    if mail.argument(StaffVerb.NOTE) is None and mail.words:
        return _reply_obstacle(act, mail, mail.ticket)
    return None


def _begin_obstacle(act: Act, mail: StaffMail) -> str | None:
    address = mail.argument(StaffVerb.CUSTOMER)
    if address is None:
        return "It answers no ticket; to write to a customer begin with a line such as: !customer ann@example.org"
    if not people.contacts_with(act.conn, address):
        return f"{address} is no registered customer's address."
    if not mail.has_content:
        return "There are no words of yours in it."
    return None


def _reply_obstacle(act: Act, mail: StaffMail, ticket: Ticket) -> str | None:
    if not ticket.participants:
        return "The ticket has no address that it could be sent to."
    sent = outbox.on_ticket(act.conn, ticket.id, Template.NOTIFICATION)
    context = [str(line) for row in sent for line in _list(row.notice.values.get("context"))]
    line = leaked_line(mail.words, context)
    return None if line is None else f'It still contains a line that is for staff alone: "{line}".'


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
