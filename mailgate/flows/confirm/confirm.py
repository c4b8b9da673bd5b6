"""Confirmation by reply: a question goes to the registered address, and nothing is done before its yes.

The question's Reply-To is the proof: a signed address with a nonce that stands in that mail alone, good once and until
it expires. Whatever else an answer contains is ignored. A wrong answer does nothing.
"""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from mailgate import confirmation as rules
from mailgate.authority import Action, Verdict, decide
from mailgate.commands.directives import read_directives
from mailgate.confirmation import Answer, Confirmation, ConfirmKind, ConfirmState
from mailgate.desks import ServiceMailbox, service_at
from mailgate.flows.confirm.question import language_of, put, reader_of, tell, tell_expired, tell_reader
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of, record
from mailgate.flows.story.settled import Settled, Told
from mailgate.log_events import LogEvent
from mailgate.mail.address_token import AddressToken, Purpose, seal
from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Evidence, Level
from mailgate.people import Registered, Sender, Staff
from mailgate.tickets.notices import Result
from mailgate.tickets.ticket import PROGRAM, Event, Participant, Ticket
from store.desk import tickets
from store.post import confirmations

log = logging.getLogger(__name__)

NOT_GOOD = Result(
    "Your answer was not used: it came too late, was given before, or belongs to a question that was not put to you."
    " Nothing was done. If it still matters, ask for it again."
)
"""The same words whatever was wrong: whoever tries answers learns nothing."""

_LINES: Mapping[ConfirmState, tuple[Event, Event]] = {
    ConfirmState.OPEN: (Event.ASKED, Event.STAFF_ASKED),
    ConfirmState.DONE: (Event.CONFIRMED, Event.STAFF_CONFIRMED),
    ConfirmState.REFUSED: (Event.DECLINED, Event.STAFF_DECLINED),
    ConfirmState.EXPIRED: (Event.LAPSED, Event.STAFF_LAPSED),
}
"""What the history keeps of a question to a contact, and of one to a staff member."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for, who is registered and must confirm it; `contact_id` or `staff_id` says who that is.

    `statement` is what will happen, exactly, in one sentence without its full stop; `cost` what it will cost.
    `values` are what the function of its kind needs besides the ticket.
    """

    kind: ConfirmKind
    statement: str
    cost: str
    values: Mapping[str, str]
    ticket: Ticket | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    staff_id: int | None = None


Executor = Callable[[Act, Incoming, Confirmation], Told]
"""Does what was confirmed. The mail is the yes, its evidence C; the world may have changed since the question."""


def ask(act: Act, incoming: Incoming, request: Request) -> str | None:
    """Put a question to the registered address; returns why not when none is put.

    The same question is put once; an account has three open, three a day. `incoming` is the mail that asks for it.
    Nothing of the request is done here.
    """
    who = {"contact_id": request.contact_id, "staff_id": request.staff_id}
    ticket_id = request.ticket.id if request.ticket else None
    if confirmations.same_open(act.conn, request.kind, request.values, ticket_id=ticket_id, now=act.now, **who):
        return f"We have asked you already and wait for your answer: {request.statement}."
    open_now, recent = confirmations.counts(
        act.conn,
        customer_id=request.customer_id,
        staff_id=request.staff_id,
        since=act.now - timedelta(days=1),
        now=act.now,
    )
    if open_now >= rules.MAX_OPEN or recent >= rules.MAX_PER_DAY:
        return (
            f"Not asked, and not done: {request.statement}. We put at most {rules.MAX_PER_DAY} such questions a day"
            f" and {rules.MAX_OPEN} at a time. Answer the others first, or write to us in your own words."
        )
    nonce = secrets.randbits(63)
    asked = confirmations.add(
        act.conn,
        nonce,
        kind=request.kind,
        details=dict(request.values),
        statement=request.statement,
        cost=request.cost,
        customer_id=request.customer_id,
        ticket_id=ticket_id,
        spool_id=incoming.lent.spool_id,
        evidence=incoming.evidence.level,
        asked_at=act.now,
        expires_at=act.now + rules.lifetime(request.kind),
        **who,
    )
    token = AddressToken(Purpose.CONFIRM, nonce, request.contact_id or request.staff_id or 0, asked.expires_at.date())
    answer_to = f"{ServiceMailbox.CONFIRM.value}+{seal(token, act.key)}@{act.settings.gate.domain}"
    if not put(act, incoming, asked, answer_to, unclear=False):  # the send gate's budgets
        confirmations.withdraw(act.conn, asked.id)
        return f"Not asked, and not done: {request.statement}. No question can be sent to your address now."
    _recorded(act, asked, ConfirmState.OPEN, incoming)
    return None


def reply(act: Act, incoming: Incoming, sender: Sender, executors: Mapping[ConfirmKind, Executor]) -> Settled:
    """Settle a mail to the address of a question."""
    if incoming.automatic:
        return Settled(Disposition.AUTOMATIC, incoming.automatic, evidence=incoming.evidence)
    if decide(Action.CONFIRM, incoming.evidence) is not Verdict.DO and not incoming.lent.released:
        return Settled(Disposition.HELD, "; ".join(incoming.evidence.reasons), evidence=incoming.evidence)
    token = incoming.token(Purpose.CONFIRM)
    asked = confirmations.with_nonce(act.conn, token.object_id) if isinstance(token, AddressToken) else None
    if asked is None or not _is_asked(sender, asked) or not asked.is_open(act.now):
        return _not_good(act, incoming, sender)
    lines = read_directives(incoming.message, marked=False).directives
    first_line = f"{lines[0].verb} {lines[0].argument}" if lines else ""
    match rules.read_answer(first_line, language_of(act, asked)):
        case Answer.YES:
            return _yes(act, incoming, asked, executors[asked.kind])
        case Answer.NO:
            return _no(act, incoming, asked)
        case Answer.UNCLEAR:
            return _unclear(act, incoming, asked)


def expire(act: Act, number: int) -> None:
    """End a question whose time is over, if it is still open, and tell whoever was asked that nothing was done."""
    asked = confirmations.show(act.conn, number)
    if asked is None or asked.expires_at > act.now:
        return
    if not confirmations.finish(act.conn, number, ConfirmState.EXPIRED, spool_id=None, now=act.now):
        return
    ticket = _recorded(act, asked, ConfirmState.EXPIRED)
    tell_expired(act, asked, ticket)
    log.info(LogEvent.EXPIRED(confirmation=asked.id, kind=asked.kind.value))


def _yes(act: Act, incoming: Incoming, asked: Confirmation, execute: Executor) -> Settled:
    reason = f"confirmed in answer to the question about mail {asked.spool_id}"
    proven = replace(incoming, evidence=Evidence(Level.CONFIRMED, (reason, *incoming.evidence.reasons)))
    if decide(rules.ACTIONS[asked.kind], proven.evidence) is not Verdict.DO:  # what no mail may do
        return Settled(Disposition.HELD, f"not by mail: {asked.statement}", evidence=proven.evidence)
    ticket = _finish(act, incoming, asked, ConfirmState.DONE)
    done = execute(act, proven, asked)
    tell(act, incoming, asked, done.result, done.ticket or ticket)
    return _settled(proven, asked, "confirmed")


def _no(act: Act, incoming: Incoming, asked: Confirmation) -> Settled:
    ticket = _finish(act, incoming, asked, ConfirmState.REFUSED)
    tell(act, incoming, asked, Result(f"As you say, nothing was done: {asked.statement}."), ticket)
    return _settled(incoming, asked, "refused")


def _unclear(act: Act, incoming: Incoming, asked: Confirmation) -> Settled:
    """The question goes out once more, with the same address to answer to; otherwise a person looks."""
    domain = act.settings.gate.domain
    answer_to = next(one.address for one in incoming.recipients if service_at(one, domain) is ServiceMailbox.CONFIRM)
    if not asked.returned and put(act, incoming, asked, answer_to, unclear=True):
        confirmations.mark_returned(act.conn, asked.id)
        return _settled(incoming, asked, "neither yes nor no, asked again")
    reason = f"an answer that is neither yes nor no, and is not asked again: {asked.statement}"
    disposition = Disposition.COMMAND if incoming.lent.released else Disposition.HELD
    return Settled(disposition, reason, ticket_id=asked.ticket_id, evidence=incoming.evidence)


def _not_good(act: Act, incoming: Incoming, sender: Sender) -> Settled:
    reason = "it answers no question that is open and was put to its author"
    if isinstance(sender, Registered):
        contact = sender.contacts[0]
        reader, customer_id = Participant(contact.name, contact.address, contact.id), contact.customer_id
    elif isinstance(sender, Staff):
        reader, customer_id = Participant(sender.name, sender.address, None), None
    else:
        disposition = Disposition.COMMAND if incoming.lent.released else Disposition.HELD
        return Settled(disposition, reason, evidence=incoming.evidence)
    tell_reader(act, incoming, reader, NOT_GOOD, None, subject="", customer_id=customer_id)
    return Settled(Disposition.COMMAND, reason, evidence=incoming.evidence)


def _settled(incoming: Incoming, asked: Confirmation, became: str) -> Settled:
    return Settled(
        Disposition.COMMAND,
        f"{became}: {asked.statement}",
        ticket_id=asked.ticket_id,
        evidence=incoming.evidence,
    )


def _is_asked(sender: Sender, asked: Confirmation) -> bool:
    """The author is the one whom the question was put to."""
    if isinstance(sender, Staff):
        return asked.staff_id == sender.id
    return isinstance(sender, Registered) and asked.contact_id in {contact.id for contact in sender.contacts}


def _finish(act: Act, incoming: Incoming, asked: Confirmation, state: ConfirmState) -> Ticket | None:
    confirmations.finish(act.conn, asked.id, state, spool_id=incoming.lent.spool_id, now=act.now)
    return _recorded(act, asked, state, incoming)


def _recorded(act: Act, asked: Confirmation, state: ConfirmState, incoming: Incoming | None = None) -> Ticket | None:
    """Leave a line in the history of the ticket that the question is about, and return that.

    What a staff member is asked is about no ticket that its reader should know of: the line is there for staff alone.
    """
    to_contact, to_staff = _LINES[state]
    name, doer = reader_of(act, asked).name, PROGRAM
    if incoming is not None:  # named as registered: the mail that asks may come from anybody
        doer = replace(doer_of(incoming), name=name, contact_id=asked.contact_id, staff_id=asked.staff_id)
    if asked.kind is ConfirmKind.STAFF_MAIL:
        worked_on = tickets.find(act.conn, int(asked.values["ticket"])) if asked.values["ticket"] else None
        if worked_on is not None:
            lines = asked.values["lines"]
            record(act, worked_on, to_staff, doer=doer, mail=asked.spool_id, writer=name, lines=lines)
        return None
    ticket = tickets.find(act.conn, asked.ticket_id) if asked.ticket_id else None
    deed, address = asked.kind.value, asked.values.get("address")
    return ticket and record(act, ticket, to_contact, doer=doer, deed=deed, address=address)
