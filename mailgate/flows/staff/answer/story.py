"""From a staff mail to what it does: read, decide, then carry out, ask, give back or hold."""

from collections.abc import Callable, Mapping

from mailgate.authority import Action, Verdict, decide
from mailgate.commands.verb import Verb
from mailgate.flows.staff.answer.account import edit, note
from mailgate.flows.staff.answer.announce import announce, asks_by_itself
from mailgate.flows.staff.answer.ask import ask_writer
from mailgate.flows.staff.answer.away import go_away
from mailgate.flows.staff.answer.carry_out import begin, work
from mailgate.flows.staff.answer.collision import crossed, hold_crossed, send
from mailgate.flows.staff.answer.give_back import hold, send_back, why_unproved
from mailgate.flows.staff.answer.listen import follow, mute
from mailgate.flows.staff.answer.money import ask_for_money
from mailgate.flows.staff.answer.money_meant import MONEY_VERBS
from mailgate.flows.staff.answer.read import StaffMail, read, ticket_of
from mailgate.flows.staff.answer.receipt import helped, queued
from mailgate.flows.staff.answer.refusal import actions, refusal
from mailgate.flows.staff.answer.spam import call_spam
from mailgate.flows.staff.answer.split import split
from mailgate.flows.staff.answer.undo import undo
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.parent import beside_parent
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.flood import recorded
from mailgate.people import Staff
from mailgate.tickets.result import Held
from mailgate.tickets.ticket import Ticket
from mailgate.tickets.verbs import staff

ALONE: Mapping[Verb, Callable[[Act, StaffMail], Settled]] = {
    staff.UNDO: undo,
    staff.SEND: send,
    staff.SPAM: call_spam,
    staff.SPLIT: split,
    staff.ANNOUNCE: announce,
    staff.CUSTOMER_EDIT: edit,
    staff.CUSTOMER_NOTE: note,
    **dict.fromkeys(MONEY_VERBS, ask_for_money),
    staff.FOLLOW: follow,
    staff.MUTE: mute,
    staff.AWAY: go_away,
    staff.QUEUE: queued,
    staff.HELP: helped,
}
"""What the commands do beside which nothing else can stand."""


_ASKED_ANYWAY = (Action.STAFF_PEOPLE, Action.STAFF_MONEY)
"""However far the writer is believed: what is asked then says what will happen."""


def answer(act: Act, incoming: Incoming, writer: Staff, *, about: Ticket | None = None) -> Settled:
    """Do what a staff mail asks for, or ask its writer first, or send it back, or hold it.

    A program's mail is recorded and nothing more; what only looks like one is held. `about`: the ticket that it is
    about for sure, locked.
    """
    ticket, doubt = (about, None) if about else ticket_of(act, incoming, writer)
    if incoming.automatic:
        number = ticket.id if ticket else None
        disposition, reason = recorded(act, incoming)
        return Settled(disposition, reason, ticket_id=number, evidence=incoming.evidence)
    if doubt and not incoming.lent.released:
        return hold(act, incoming, writer, ticket, doubt, why=Held.CONTRADICTS)
    mail = read(act, beside_parent(act, incoming, ticket, keeps_doubtful=False), writer, ticket)
    unproved: Action | None = None  # that a yes of the writer would prove
    for action in actions(mail) if not incoming.lent.released else ():
        unscored = bool(incoming.spam.unscored_reason)
        match decide(action, incoming.evidence, unscored=unscored, answers_own=incoming.answers_own):
            case Verdict.DO:
                pass
            case Verdict.CONFIRM:
                unproved = action
            case _:
                reason = f"not enough evidence to {action.value}: {'; '.join(incoming.evidence.reasons)}"
                return hold(act, incoming, writer, ticket, reason, why=why_unproved(incoming))
    why_not = refusal(act, mail)
    if why_not:
        return send_back(act, mail, why_not)
    if unproved not in (None, *_ASKED_ANYWAY) and not asks_by_itself(mail):  # these say what they ask for
        return ask_writer(act, mail, unproved)
    if mail.alone:
        return ALONE[mail.alone.verb](act, mail)
    if ticket is None:
        return begin(act, mail)
    done = crossed(act, mail, ticket)
    return hold_crossed(act, mail, ticket, done) if done else work(act, mail, ticket)
