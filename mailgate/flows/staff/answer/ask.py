"""A mail of staff that is believed, though not far enough: it waits, held, for a yes of its writer."""

from collections.abc import Mapping, Sequence
from textwrap import shorten

from mailgate.authority import Action
from mailgate.confirmation import Became, ConfirmKind, Line, Says, Statement
from mailgate.flows.confirm.ask import Request, ask
from mailgate.flows.staff.answer.give_back import hold, why_unproved
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Settled
from mailgate.letters.notice import gist_of
from mailgate.mail.disposition import Disposition
from mailgate.people import Staff
from mailgate.tickets.result import Held
from mailgate.tickets.ticket import Ticket

SHOWN_LINES, SHOWN_WIDTH = 10, 300
"""Of the words that are asked about: enough to know them again."""

_NOT_ASKED: Mapping[Became, Held] = {
    Became.ASKED_ALREADY: Held.ASKED_ALREADY,
    Became.TOO_MANY: Held.TOO_MANY,
    Became.NO_MAIL: Held.NOT_ASKED,
}


def ask_writer(act: Act, mail: StaffMail, action: Action) -> Settled:
    """Ask at the registered address who wrote it; a colleague may release the mail meanwhile.

    The question is about no ticket that its customers read: what stands in a ticket's history of it is for staff.
    """
    lines = [command.line for command in mail.commands]
    words = _shown(mail.words) if mail.is_reply else []
    statement = _statement(mail, lines, words)
    said = (*lines, *words)
    return ask_whether(act, mail.incoming, mail.writer, statement, lines=said, action=action, ticket=mail.ticket)


def ask_whether(
    act: Act,
    incoming: Incoming,
    writer: Staff,
    statement: Statement,
    *,
    lines: Sequence[str],
    action: Action,
    ticket: Ticket | None = None,
) -> Settled:
    """Put the question; `lines` are what a colleague reads of the mail in the history of its ticket."""
    subject = incoming.message.subject
    request = Request(
        ConfirmKind.STAFF_MAIL,
        statement,
        {
            "lines": "; ".join(lines) or subject,
            "ticket": str(ticket.id if ticket else ""),
            "gist": gist_of(incoming.message.reply_text),  # answers that begin alike are two
        },
        staff_id=writer.id,
    )
    reason = f"not enough evidence to {action.value}: {'; '.join(incoming.evidence.reasons)}"
    if refused := ask(act, incoming, request):
        return hold(act, incoming, writer, ticket, reason, why=why_not_asked(incoming, refused))
    return Settled(
        Disposition.HELD,
        f"{reason}; its writer was asked for a yes",
        ticket_id=ticket.id if ticket else None,
        evidence=incoming.evidence,
    )


def why_not_asked(incoming: Incoming, refused: Became) -> Held:
    """What the writer of a mail is told about which no question was put."""
    return _NOT_ASKED.get(refused) or why_unproved(incoming)


def _statement(mail: StaffMail, lines: Sequence[str], words: Sequence[str]) -> Statement:
    """The commands of the mail and how its words begin, one a line, or what else it is known by."""
    about = {"ticket": str(mail.ticket.id)} if mail.ticket else {}
    said = [Line(Says.SAID, {"words": line}) for line in (*lines, *words)]
    if mail.ticket and words:
        people = ", ".join(one.name or one.address for one in mail.ticket.participants)
        return (Line(Says.ANSWER_ON, {"people": people, **about}), *said)
    if lines:
        return (Line(Says.COMMANDS_ON if about else Says.COMMANDS, about), *said)
    return (Line(Says.WORDS_ON if about else Says.WORDS, {"subject": mail.incoming.message.subject, **about}), *said)


def _shown(words: str) -> list[str]:
    lines = [shorten(line, SHOWN_WIDTH, placeholder=" …") for line in words.splitlines() if line.strip()]
    return lines[:SHOWN_LINES] + ["…"] * (len(lines) > SHOWN_LINES)
