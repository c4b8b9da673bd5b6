"""A staff mail with good evidence, though not good enough: it waits, held, for a yes of its writer."""

from collections.abc import Sequence

from mailgate.authority import Action
from mailgate.confirmation import Became, ConfirmKind, Line, Says, Statement
from mailgate.flows.confirm.ask import Request, ask
from mailgate.flows.staff.answer.give_back import hold
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.flows.story.settled import Settled
from mailgate.mail.disposition import Disposition

NOT_ASKED = {
    Became.ASKED_ALREADY: "You were asked already whether you wrote the same, and may still answer",
    Became.TOO_MANY: "You were not asked for a yes: too many questions to you are open, or were put within a day",
    Became.UNVERIFIED: "You were not asked for a yes: nothing speaks for its author",
    Became.NO_MAIL: "You were not asked for a yes: no question can be sent to your address now",
}
"""What the writer of a held mail is told, and colleagues in their lists."""


def ask_writer(act: Act, mail: StaffMail, action: Action) -> Settled:
    """Ask at the registered address whether it was he; a colleague may release the mail meanwhile.

    The question is about no ticket that its customers read: what stands in a ticket's history of it is for staff.
    """
    incoming, number = mail.incoming, mail.ticket.id if mail.ticket else None
    lines, subject = [command.line for command in mail.commands], incoming.message.subject
    request = Request(
        ConfirmKind.STAFF_MAIL,
        _statement(lines, subject, number),
        {"lines": "; ".join(lines) or subject, "ticket": str(number or "")},
        staff_id=mail.writer.id,
    )
    reason = f"not enough evidence to {action.value}: {'; '.join(incoming.evidence.reasons)}"
    refused = ask(act, incoming, request)
    if refused:
        return hold(act, incoming, mail.writer, mail.ticket, f"{reason}. {NOT_ASKED[refused]}")
    return Settled(
        Disposition.HELD,
        f"{reason}; its writer was asked for a yes",
        ticket_id=number,
        evidence=incoming.evidence,
    )


def _statement(lines: Sequence[str], subject: str, number: int | None) -> Statement:
    """The commands of the mail, one a line, or what else it is known by."""
    about = {} if number is None else {"ticket": str(number)}
    if not lines:
        return (Line(Says.WORDS_ON if about else Says.WORDS, {"subject": subject, **about}),)
    first = Line(Says.COMMANDS_ON if about else Says.COMMANDS, about)
    return (first, *(Line(Says.SAID, {"words": line}) for line in lines))
