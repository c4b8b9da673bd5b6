"""A staff mail with good evidence, though not good enough: it waits, held, for a yes of its writer."""

from mailgate.authority import Action
from mailgate.confirmation import ConfirmKind
from mailgate.flows.confirm import confirm
from mailgate.flows.staff.answer.give_back import hold
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.flows.story.settled import Settled
from mailgate.mail.disposition import Disposition


def ask_writer(act: Act, mail: StaffMail, action: Action) -> Settled:
    """Ask at the registered address whether it was he; a colleague may release the mail meanwhile.

    The question is about no ticket that its customers read: what stands in a ticket's history of it is for staff.
    """
    incoming, number = mail.incoming, mail.ticket.id if mail.ticket else None
    lines = "; ".join(command.line for command in mail.commands)
    what = f"“{lines}” is carried out" if lines else f"your mail “{incoming.message.subject}” is carried out"
    request = confirm.Request(
        ConfirmKind.STAFF_MAIL,
        f"{what} on ticket #{number}" if number else what,
        "nothing",
        {"lines": lines or incoming.message.subject, "ticket": str(number or "")},
        staff_id=mail.writer.id,
    )
    reason = f"not enough evidence to {action.value}: {'; '.join(incoming.evidence.reasons)}"
    refused = confirm.ask(act, incoming, request)
    if refused:
        return hold(act, incoming, mail.writer, mail.ticket, f"{reason}. {refused.removesuffix('.')}")
    return Settled(
        Disposition.HELD,
        f"{reason}; its writer was asked for a yes",
        ticket_id=number,
        evidence=incoming.evidence,
    )
