"""Confirmation by reply: what was asked is done after the last yes that it needs, once; a single no ends it.

An answer may change what is asked, where its kind has a reader for that: then it is asked anew, and a yes beside the
change does nothing. Whatever else an answer contains is ignored. A wrong answer does nothing.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mailgate.authority import Action, Verdict, decide
from mailgate.commands.directives import read_directives
from mailgate.confirmation import (
    KINDS,
    Answer,
    Askee,
    Became,
    Confirmation,
    ConfirmKind,
    ConfirmState,
    Effect,
    Whom,
    effect,
    read_answer,
)
from mailgate.desks import ServiceMailbox, service_at
from mailgate.flows.confirm.ask import Request, ask, not_asked, put_again
from mailgate.flows.confirm.question import (
    Why,
    language_of,
    put,
    tell,
    tell_end,
    tell_reader,
    told_of,
    was_done,
)
from mailgate.flows.confirm.trail import AGREED, EDITED, ENDED, lock_tickets, recorded
from mailgate.flows.post.sheet import Reader
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Settled, Told
from mailgate.log_events import LogEvent
from mailgate.mail.address import address_key
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Evidence, Level
from mailgate.people import Registered, Sender, Staff
from mailgate.tickets.result import Result, about_question
from mailgate.tickets.ticket import Event, Ticket
from store.post import confirmations

log = logging.getLogger(__name__)

Executor = Callable[[Act, Incoming, Confirmation], Told]
"""Does what was confirmed. The mail is the yes, its evidence C; the world may have changed since the question."""

Editor = Callable[[Act, Incoming, Confirmation], Request | Result | None]
"""Reads from an answer what is to be asked instead, or why that cannot be; None when it changes nothing."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What follows from the answers to one kind of question."""

    execute: Executor
    edit: Editor | None = None


@dataclass(frozen=True, slots=True)
class _Reply:
    """The mail of somebody who was asked, and the question that it answers."""

    act: Act
    incoming: Incoming
    sender: Sender
    asked: Confirmation
    askee: Askee

    def settled(self, became: str) -> Settled:
        """As a command, with what became of the question."""
        reason = f"{became}: {self.asked.in_short}"
        evidence = self.incoming.evidence
        return Settled(Disposition.COMMAND, reason, ticket_id=self.asked.ticket_id, evidence=evidence)

    def proven(self) -> Incoming:
        """The mail with the evidence that it has by answering a question."""
        reason = f"confirmed in answer to the question about mail {self.asked.spool_id}"
        return replace(self.incoming, evidence=Evidence(Level.CONFIRMED, (reason, *self.incoming.evidence.reasons)))

    def keep(self, answer: Answer, events: tuple[Event, Event]) -> Ticket | None:
        """Note the answer, in the history of the ticket, too."""
        spool_id = self.incoming.lent.spool_id
        confirmations.answer(self.act.conn, self.askee.id, answer, spool_id=spool_id, now=self.act.now)
        return recorded(self.act, self.asked, events, self.incoming, self.askee)

    def tell(self, result: Result, ticket: Ticket | None) -> None:
        """Say to whoever answered what came of it."""
        tell(self.act, self.incoming, self.asked, self.askee.whom, Told(result, ticket))

    def tell_others(self, state: ConfirmState, ticket: Ticket | None, *, is_possible: bool = True) -> None:
        """Say to the others who were asked what his answer has decided."""
        others = [one for one in self.asked.askees if one.id != self.askee.id]
        tell_end(self.act, self.asked, others, state, ticket, by=self.askee, is_possible=is_possible)


def reply(act: Act, incoming: Incoming, sender: Sender, deeds: Mapping[ConfirmKind, Deed]) -> Settled:
    """Settle a mail to the address of a question."""
    if incoming.automatic:
        return Settled(Disposition.AUTOMATIC, incoming.automatic, evidence=incoming.evidence)
    if decide(Action.CONFIRM, incoming.evidence) is not Verdict.DO and not incoming.lent.released:
        return Settled(Disposition.HELD, "; ".join(incoming.evidence.reasons), evidence=incoming.evidence)
    token = incoming.token(Purpose.CONFIRM)
    found = _asked_with(act, token.object_id) if isinstance(token, AddressToken) else None
    if found is None or not _is_from(incoming, sender, found[1].whom):
        return _not_good(act, incoming, sender)
    mail = _Reply(act, incoming, sender, *found)
    deed = deeds[mail.asked.kind]
    answer = _answer(mail)
    edited = deed.edit(act, incoming, mail.asked) if deed.edit and answer is not Answer.NO else None
    match effect(mail.asked, mail.askee, Answer.EDIT if edited else answer, act.now):
        case Effect.NOTHING:
            return _replaced(mail) or _not_good(act, incoming, sender)
        case Effect.ASK_AGAIN:
            return _unclear(mail)
        case Effect.WAIT:
            return _wait(mail)
        case Effect.END:
            return _no(mail)
        case Effect.DO:
            return _yes(mail, deed.execute)
        case Effect.REPLACE:
            assert edited is not None
            return _edit(mail, edited)


def _asked_with(act: Act, nonce: int) -> tuple[Confirmation, Askee] | None:
    """The question that the nonce was made for, and whom; nobody else answers it or changes its ticket from now on."""
    asked = confirmations.asked_with(act.conn, nonce)
    if asked is None:
        return None
    lock_tickets(act, asked)
    return confirmations.with_nonce(act.conn, nonce)


def expire(act: Act, number: int) -> None:
    """End a question whose time is over, if it is still open, and tell whoever was asked that nothing was done."""
    asked = confirmations.show(act.conn, number)
    if asked is not None:
        lock_tickets(act, asked)
        asked = confirmations.lock(act.conn, number)
    if asked is None or asked.expires_at > act.now or not confirmations.end(act.conn, number, ConfirmState.EXPIRED):
        return
    ticket = recorded(act, asked, ENDED[ConfirmState.EXPIRED])
    tell_end(act, asked, asked.askees, ConfirmState.EXPIRED, ticket)
    log.info(LogEvent.EXPIRED(confirmation=asked.id, kind=asked.kind.value))


def _yes(mail: _Reply, execute: Executor) -> Settled:
    """The last yes that was needed."""
    act, asked, proven = mail.act, mail.asked, mail.proven()
    if decide(KINDS[asked.kind].action, proven.evidence) is not Verdict.DO:  # what no mail may do
        return Settled(Disposition.HELD, f"not by mail: {asked.in_short}", evidence=proven.evidence)
    if not confirmations.end(act.conn, asked.id, ConfirmState.DONE):  # another answer was quicker
        return _not_good(act, mail.incoming, mail.sender)
    ticket = mail.keep(Answer.YES, ENDED[ConfirmState.DONE])
    done = execute(act, proven, asked)
    mail.tell(done.result, done.ticket or ticket)
    mail.tell_others(ConfirmState.DONE, done.ticket or ticket, is_possible=was_done(done.result))
    return replace(mail, incoming=proven).settled("confirmed")


def _wait(mail: _Reply) -> Settled:
    """A yes, and others must say it, too."""
    ticket = mail.keep(Answer.YES, AGREED)
    mail.tell(told_of(mail.asked, mail.askee.whom, Became.WAITS), ticket)
    return mail.settled("a yes, others are waited for")


def _no(mail: _Reply) -> Settled:
    if not confirmations.end(mail.act.conn, mail.asked.id, ConfirmState.REFUSED):
        return _not_good(mail.act, mail.incoming, mail.sender)
    ticket = mail.keep(Answer.NO, ENDED[ConfirmState.REFUSED])
    mail.tell(told_of(mail.asked, mail.askee.whom, Became.REFUSED), ticket)
    mail.tell_others(ConfirmState.REFUSED, ticket)
    return mail.settled("refused")


def _edit(mail: _Reply, edited: Request | Result) -> Settled:
    """Ask for what the answer says instead; where that is not asked, the question that was answered stays open."""
    proven = mail.proven()
    if isinstance(edited, Request):
        refused = ask(mail.act, proven, edited, replaces=mail.asked)
        if refused is None:
            mail.keep(Answer.EDIT, EDITED)
            return replace(mail, incoming=proven).settled("changed, and asked anew")
        edited = not_asked(mail.act, edited, refused)
    mail.tell(edited, None)
    return mail.settled("a change that is not asked for")


def _unclear(mail: _Reply) -> Settled:
    """The question goes out once more, with the same address to answer to; otherwise a person looks."""
    act, incoming, asked, askee = mail.act, mail.incoming, mail.asked, mail.askee
    domain = act.settings.gate.domain
    answer_to = next(one.address for one in incoming.recipients if service_at(one, domain) is ServiceMailbox.CONFIRM)
    if not askee.returned and put(act, incoming, asked, askee, answer_to, why=Why.UNCLEAR):
        confirmations.mark_returned(act.conn, askee.id)
        return mail.settled("neither yes nor no, asked again")
    reason = f"an answer that is neither yes nor no, and is not asked again: {asked.in_short}"
    disposition = Disposition.COMMAND if incoming.lent.released else Disposition.HELD
    return Settled(disposition, reason, ticket_id=asked.ticket_id, evidence=incoming.evidence)


def _replaced(mail: _Reply) -> Settled | None:
    """Whoever answers an older question than the last that was put to him gets that once more."""
    if mail.asked.state is not ConfirmState.REPLACED:
        return None
    last = confirmations.newest(mail.act.conn, mail.asked)
    his = last.askee_like(mail.askee.whom)
    is_waited_for = his is not None and his.answer is None and last.is_open(mail.act.now)
    if his is None or not is_waited_for or not put_again(mail.act, mail.incoming, last, his):
        return None
    return mail.settled("replaced, so the newest question is sent again")


def _not_good(act: Act, incoming: Incoming, sender: Sender) -> Settled:
    """The same words whatever was wrong: whoever tries answers learns nothing."""
    reason = "it answers no question that is open and was put to its author"
    if isinstance(sender, Registered):
        reader: Reader = sender.contacts[0]
        customer_id: int | None = sender.contacts[0].customer_id
    elif isinstance(sender, Staff):
        reader, customer_id = sender, None
    else:
        disposition = Disposition.COMMAND if incoming.lent.released else Disposition.HELD
        return Settled(disposition, reason, evidence=incoming.evidence)
    tell_reader(act, incoming, reader, Told(about_question(Became.NOT_USED)), customer_id=customer_id)
    return Settled(Disposition.COMMAND, reason, evidence=incoming.evidence)


def _answer(mail: _Reply) -> Answer:
    lines = read_directives(mail.incoming.message, marked=False).directives
    return read_answer(
        f"{lines[0].verb} {lines[0].argument}" if lines else "", language_of(mail.act, mail.asked, mail.askee.whom)
    )


def _is_from(incoming: Incoming, sender: Sender, whom: Whom) -> bool:
    """The author is the one whom this mail of the question went to."""
    if whom.address is not None:
        return incoming.mailbox is not None and address_key(incoming.mailbox.address) == address_key(whom.address)
    if isinstance(sender, Staff):
        return whom.staff_id == sender.id
    return isinstance(sender, Registered) and whom.contact_id in {contact.id for contact in sender.contacts}
