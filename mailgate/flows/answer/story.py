"""From a staff mail to what it does: read, decide, then carry out, give back or hold."""

from mailgate.authority import Verdict, decide
from mailgate.flows.act import Act
from mailgate.flows.answer.carry_out import begin, work
from mailgate.flows.answer.give_back import hold, send_back
from mailgate.flows.answer.obstacle import actions, obstacle
from mailgate.flows.answer.read import read, ticket_of
from mailgate.flows.incoming import Incoming
from mailgate.flows.parent import beside_parent
from mailgate.flows.settled import Settled
from mailgate.mail.disposition import Disposition
from mailgate.people import Staff


def answer(act: Act, incoming: Incoming, writer: Staff) -> Settled:
    """Do what a staff mail asks for, or send it back, or hold it; a program's mail is recorded and nothing more."""
    ticket, incoming, doubt = ticket_of(act, incoming, writer)
    if incoming.automatic:
        number = ticket.id if ticket else None
        return Settled.as_(Disposition.AUTOMATIC, incoming.automatic, ticket_id=number, evidence=incoming.evidence)
    if doubt and not incoming.lent.released:
        return hold(act, incoming, writer, ticket, doubt)
    mail = read(beside_parent(act, incoming, ticket), writer, ticket)
    for action in actions(mail) if not incoming.lent.released else ():
        if decide(action, incoming.evidence, unscored=bool(incoming.spam.unscored_reason)) is not Verdict.DO:
            reason = f"not enough evidence to {action.value}: {'; '.join(incoming.evidence.reasons)}"
            return hold(act, incoming, writer, ticket, reason)
    why_not = obstacle(act, mail)
    if why_not:
        return send_back(act, mail, why_not)
    return work(act, mail, ticket) if ticket else begin(act, mail)
