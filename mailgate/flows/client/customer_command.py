"""Commands of a customer's contact: carried out, confirmed first, or answered with why not; his words go their own way.

One mail has one answer, a receipt to the registered address. When a line of it was not understood nothing is done, and
when its author is not known well enough it is taken as words.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailgate.authority import Action, Verdict
from mailgate.commands.directives import read_directives
from mailgate.commands.grammar import Reading, may_command, read
from mailgate.commands.misread import FOR_OTHERS, Misread
from mailgate.flows.client.asking import Asking, asking
from mailgate.flows.client.carry_out import action_of, carry_out, valid_commands
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of, record
from mailgate.flows.story.settled import Settled
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from mailgate.people import Contact, Registered, Role
from mailgate.tickets.notices import receipt
from mailgate.tickets.result import Outcome, Result, result
from mailgate.tickets.thread import Joined, NewTicket
from mailgate.tickets.ticket import Event
from mailgate.tickets.verbs.customers import CUSTOMERS
from store import people
from store.desk import message_ids

KeepWords = Callable[[Incoming], Settled]
"""Has a mail join its ticket, or open one, as if it held no command."""

NOT_VERIFIED = result(Outcome.NOT_VERIFIED)
_MOST_NAMED = 5


def obey(
    act: Act, incoming: Incoming, sender: Registered, placed: Joined | NewTicket, keep_words: KeepWords
) -> Settled | None:
    """Carry out the commands of a mail that may be answered. None when it has none: then it is words."""
    directives = read_directives(incoming.message)
    if not may_command(directives):
        return None
    mail = asking(act, incoming, sender, placed)
    reading = _with_who_may(mail, read(directives, CUSTOMERS, mail.place))
    if not (reading.commands or reading.misread):  # "!!! URGENT !!!"
        return None
    actions = [Action.SEE_OWN] if reading.misread else [action_of(mail, command) for command in reading.commands]
    if not {mail.may(action) for action in actions} <= {Verdict.DO, Verdict.CONFIRM}:
        return _as_words(mail, placed, keep_words)
    words = reading.words if incoming.message.own_text else ""  # all quotes: none of it is his
    kept = None
    if words or any(not file.inline for file in incoming.message.attachments):
        rest = replace(incoming.message, reply_text=words, own_text=words, marked_text=words)
        kept = keep_words(replace(incoming, message=rest))
        if kept.disposition in AWAITING_REVIEW:
            return kept
    return _answer(mail, reading, kept)


def _with_who_may(mail: Asking, reading: Reading) -> Reading:
    """Where a line is for others of the account, they are named: its writer knows whom to ask then."""
    if FOR_OTHERS.isdisjoint(one.fault for one in reading.misread):
        return reading
    account = people.get_customer(mail.act.conn, mail.contact.customer_id).contacts
    return replace(
        reading,
        misread=tuple(
            replace(one, values={**one.values, "who": _who_may(account, one)}) if one.fault in FOR_OTHERS else one
            for one in reading.misread
        ),
    )


def _who_may(account: Sequence[Contact], misread: Misread) -> str:
    roles = {Role.OWNER, *map(Role, filter(None, misread.values.get("roles", "").split(", ")))}
    who = [f"{one.name} <{one.address}>" for one in account if roles & set(one.roles)]
    return ", ".join(who[:_MOST_NAMED])


def _as_words(mail: Asking, placed: Joined | NewTicket, keep_words: KeepWords) -> Settled:
    """Staff read the whole mail, its commands too; who wrote to a ticket hears so, for no acknowledgement tells him."""
    kept = keep_words(mail.incoming)
    if kept.disposition in AWAITING_REVIEW or isinstance(placed, NewTicket):
        return kept
    _tell(mail, [NOT_VERIFIED], is_fixed=True)
    return kept


def _answer(mail: Asking, reading: Reading, kept: Settled | None) -> Settled:
    """Do what was understood, unless something was not; record and tell it."""
    verbs = ", ".join(f"!{command.verb.name}" for command in reading.commands)
    reason = "a command in it was not understood" if reading.misread else verbs
    if kept is None:
        _record(mail, reading)
    commands = () if reading.misread else reading.commands
    results = [told for command in commands for told in carry_out(mail, command)]
    if results or reading.misread:
        _tell(mail, results, reading)
    if kept is not None:
        return replace(kept, reason="; ".join(filter(None, (kept.reason, reason))))
    people.touch(mail.act.conn, mail.contact.id, now=mail.act.at)
    return Settled(
        Disposition.COMMAND,
        reason,
        ticket_id=mail.ticket.id if mail.ticket else None,
        evidence=mail.incoming.evidence,
    )


def _record(mail: Asking, reading: Reading) -> None:
    """A mail of commands alone is no message of the ticket, but its answers belong to the thread."""
    if mail.ticket is None:
        return
    message = mail.incoming.message
    own = [message.message_id] if message.message_id else []
    message_ids.remember(mail.act.conn, mail.ticket.id, own, (*message.references, *message.in_reply_to))
    doer, number = doer_of(mail.incoming, mail.contact), mail.incoming.lent.spool_id
    if reading.misread:
        record(mail.act, mail.ticket, Event.NOT_UNDERSTOOD, doer=doer, mail=number)
        return
    verbs = tuple(f"!{command.verb.name}" for command in reading.commands)
    record(mail.act, mail.ticket, Event.COMMANDED, doer=doer, mail=number, commands=verbs)


def _tell(mail: Asking, results: Sequence[Result], reading: Reading | None = None, *, is_fixed: bool = False) -> None:
    """The receipt, as the ticket is now."""
    reading = reading or Reading()
    ticket = mail.ticket_now()
    notice = receipt(
        mail.sheet.fixed() if is_fixed else mail.sheet,
        ticket,
        results=results,
        misread=reading.misread,
        corrected=reading.corrected,
        commands=valid_commands(mail) if reading.misread else (),
    )
    notify(mail.act, [notice], cause=mail.incoming)
