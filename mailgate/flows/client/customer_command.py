"""Commands of a customer's contact: carried out, confirmed first, or answered with why not; his words go their own way.

One mail has one answer, a receipt to the registered address. When a line of it was not understood nothing is done, and
when its author is not known well enough it is taken as words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mailgate.authority import Action, Verdict, decide
from mailgate.commands.directives import MAX_DIRECTIVES, read_directives
from mailgate.confirmation import ConfirmKind
from mailgate.desks import desk_named, is_ours
from mailgate.flows.client import deeds, look_up
from mailgate.flows.client.confirmed import ADDRESS
from mailgate.flows.confirm.confirm import Request, ask
from mailgate.flows.post.notify import notify, reply_address
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of, record
from mailgate.flows.story.settled import Settled, Told
from mailgate.mail.address_token import Purpose, TokenFault
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from mailgate.people import Contact, Registered, Role
from mailgate.tickets.customer_verbs import (
    CUSTOMER_VERBS,
    CustomerCommand,
    CustomerVerb,
    read_customer_commands,
    valid_now,
)
from mailgate.tickets.notices import Letterhead, Result, Thread, receipt
from mailgate.tickets.thread import Joined, NewTicket
from mailgate.tickets.ticket import Event, Participant, Ticket
from mailgate.tickets.verbs import Misread
from store import people
from store.desk import message_ids, tickets

KeepWords = Callable[[Incoming], Settled]
"""Has a mail join its ticket, or open one, as if it held no command."""

NOT_VERIFIED = Result(
    "The commands of your mail were not carried out, because we could not verify that it is from you. A person will"
    " read it."
)

_DEEDS: dict[CustomerVerb, Callable[[Act, Incoming, Ticket, Contact], Told]] = {
    CustomerVerb.CLOSE: deeds.close,
    CustomerVerb.REOPEN: deeds.reopen,
    CustomerVerb.STOP: deeds.leave,
}


@dataclass(frozen=True, slots=True)
class _Mail:
    """A contact's mail with commands, and whom and what they are about."""

    act: Act
    incoming: Incoming
    sender: Registered
    contact: Contact
    ticket: Ticket | None  # that he may command: he takes part in it, or owns the account
    head: Letterhead
    thread: Thread

    @property
    def is_owner(self) -> bool:
        """Of the account that the mail is about."""
        return Role.OWNER in self.contact.roles

    @property
    def reader(self) -> Participant:
        """Whom the answer goes to, at the registered address."""
        return Participant(self.contact.name, self.contact.address, self.contact.id)


def obey(
    act: Act, incoming: Incoming, sender: Registered, placed: Joined | NewTicket, keep_words: KeepWords
) -> Settled | None:
    """Carry out the commands of a mail that may be answered. None when it has none: then it is words."""
    directives = read_directives(incoming.message)
    if not any(letter.isalpha() for one in directives.directives[:1] for letter in one.verb):  # "!!! URGENT !!!"
        return None
    mail = _mail(act, incoming, sender, placed)
    commands, misread = read_customer_commands(
        directives.directives, on_ticket=mail.ticket is not None, is_owner=mail.is_owner
    )
    if directives.excess:
        misread += (Misread(f"{directives.excess} more", f"a mail has at most {MAX_DIRECTIVES} commands", None),)
    actions = [Action.SEE_OWN] if misread else [_action(mail, command) for command in commands]
    if not {_verdict(act, incoming, action) for action in actions} <= {Verdict.DO, Verdict.CONFIRM}:
        return _as_words(mail, placed, keep_words)
    words = directives.words if incoming.message.own_text else ""  # all quotes: none of it is his
    kept = None
    if words or any(not file.inline for file in incoming.message.attachments):
        rest = replace(incoming.message, reply_text=words, own_text=words, marked_text=words)
        kept = keep_words(replace(incoming, message=rest))
        if kept.disposition in AWAITING_REVIEW:
            return kept
    return _answer(mail, commands, misread, kept)


def _mail(act: Act, incoming: Incoming, sender: Registered, placed: Joined | NewTicket) -> _Mail:
    ticket, contact = _subject_matter(act, incoming, sender, placed)
    desk = desk_named(ticket.desk, act.settings.desks) if ticket else incoming.desk
    own_id = incoming.message.message_id
    ids = (own_id,) if own_id else ()
    thread = Thread(
        ticket=ticket,
        subject=ticket.subject if ticket else incoming.message.subject,
        reply_to=reply_address(act, Purpose.REPLY, desk)(ticket.id, contact.id) if ticket else None,
        in_reply_to=own_id,
        references=(*(message_ids.of_thread(act.conn, ticket.id, contact.address) if ticket else ()), *ids),
        customer_id=contact.customer_id,
    )
    return _Mail(act, incoming, sender, contact, ticket, Letterhead(act.settings.gate.company, desk), thread)


def _subject_matter(
    act: Act, incoming: Incoming, sender: Registered, placed: Joined | NewTicket
) -> tuple[Ticket | None, Contact]:
    """The ticket that is commanded, and as whom: a participant's, or one that the author's own account has."""
    if isinstance(placed, Joined):
        return (placed.ticket, placed.contact) if placed.contact else (None, sender.contacts[0])
    # A reply address that was tampered with, or is too old, spoils every other road to the ticket, as for words.
    spoilt = isinstance(incoming.token(Purpose.REPLY), TokenFault)
    claimed = tickets.find(act.conn, placed.claimed) if placed.claimed and not spoilt else None
    for contact in sender.contacts:
        if claimed and claimed.customer_id == contact.customer_id and Role.OWNER in contact.roles:
            return claimed, contact
    return None, sender.contacts[0]


def _action(mail: _Mail, command: CustomerCommand) -> Action:
    """The row of the matrix: to register somebody is more than to show a ticket to somebody who is registered."""
    if command.verb is CustomerVerb.ADD and not _is_known(mail, command.argument):
        return Action.CHANGE_IDENTITY
    return CUSTOMER_VERBS[command.verb].action


def _is_known(mail: _Mail, address: str) -> bool:
    return deeds.contact_of(mail.act, mail.contact.customer_id, address) is not None


def _verdict(act: Act, incoming: Incoming, action: Action) -> Verdict:
    verdict = decide(action, incoming.evidence, unscored=bool(incoming.spam.unscored_reason))
    # A person who let a mail in vouched for its words, not for what they command.
    return Verdict.TICKET_ONLY if verdict is Verdict.HOLD and incoming.lent.released else verdict


def _as_words(mail: _Mail, placed: Joined | NewTicket, keep_words: KeepWords) -> Settled:
    """Staff read the whole mail, its commands too; who wrote to a ticket hears so, for no acknowledgement tells him."""
    kept = keep_words(mail.incoming)
    if kept.disposition in AWAITING_REVIEW or isinstance(placed, NewTicket):
        return kept
    _tell(mail, [NOT_VERIFIED], fixed_subject=True)
    return kept


def _answer(
    mail: _Mail, commands: Sequence[CustomerCommand], misread: Sequence[Misread], kept: Settled | None
) -> Settled:
    """Do what was understood, unless something was not; record and tell it."""
    act, incoming = mail.act, mail.incoming
    verbs = ", ".join(f"!{command.verb.value}" for command in commands)
    reason = "a command in it was not understood" if misread else verbs
    if kept is None:
        _record(mail, commands, is_misread=bool(misread))
    results = [] if misread else [result for command in commands if (result := _carry_out(mail, command))]
    if results or misread:
        _tell(mail, results, misread)
    if kept is not None:
        words = "; ".join(filter(None, (kept.reason, reason)))
        return replace(kept, reason=words)
    people.touch(act.conn, mail.contact.id, now=act.at)
    return Settled(
        Disposition.COMMAND,
        reason,
        ticket_id=mail.ticket.id if mail.ticket else None,
        evidence=incoming.evidence,
    )


def _record(mail: _Mail, commands: Sequence[CustomerCommand], *, is_misread: bool) -> None:
    """A mail of commands alone is no message of the ticket, but its answers belong to the thread."""
    if mail.ticket is None:
        return
    message = mail.incoming.message
    own = [message.message_id] if message.message_id else []
    message_ids.remember(mail.act.conn, mail.ticket.id, own, (*message.references, *message.in_reply_to))
    doer, number = doer_of(mail.incoming, mail.contact), mail.incoming.lent.spool_id
    if is_misread:
        record(mail.act, mail.ticket, Event.NOT_UNDERSTOOD, doer=doer, mail=number)
        return
    verbs = tuple(f"!{command.verb.value}" for command in commands)
    record(mail.act, mail.ticket, Event.COMMANDED, doer=doer, mail=number, commands=verbs)


def _carry_out(mail: _Mail, command: CustomerCommand) -> Result | None:
    """What came of one command; None where a question tells its reader more."""
    act = mail.act
    ticket = tickets.find(act.conn, mail.ticket.id) if mail.ticket else None  # an earlier command may have changed it
    match command.verb:
        case CustomerVerb.HELP:
            return look_up.list_commands(ticket, is_owner=mail.is_owner)
        case CustomerVerb.TICKETS:
            return look_up.list_tickets(act, mail.sender)
        case CustomerVerb.SEARCH:
            return look_up.search(act, mail.sender, command.argument)
        case CustomerVerb.RESEND:
            number = int(command.argument)
            return look_up.resend(act, mail.incoming, mail.contact, number, head=mail.head, thread=mail.thread)
    assert ticket is not None  # `read_customer_commands` saw to it
    if command.verb is CustomerVerb.STATUS:
        return look_up.status(act, ticket)
    if command.verb is CustomerVerb.ADD and (obstacle := _cannot_be_added(act, command.argument)):
        return Result(obstacle)
    if _verdict(act, mail.incoming, _action(mail, command)) is Verdict.CONFIRM:
        refused = ask(act, mail.incoming, _request(mail, ticket, command))
        return Result(refused) if refused else None
    if command.verb is CustomerVerb.ADD:
        told = deeds.share(act, mail.incoming, ticket, mail.contact, command.argument)
    else:
        told = _DEEDS[command.verb](act, mail.incoming, ticket, mail.contact)
    return told.result


def _cannot_be_added(act: Act, address: str) -> str | None:
    if is_ours(address, act.settings.desks, act.settings.gate.domain) or people.staff_with(act.conn, address):
        return f"{address} is an address of ours; nothing was done."
    return None


def _request(mail: _Mail, ticket: Ticket, command: CustomerCommand) -> Request:
    kind, statement, values = _question(mail, ticket, command)
    return Request(
        kind=kind,
        statement=statement,
        cost="nothing",
        values=values,
        ticket=ticket,
        customer_id=mail.contact.customer_id,
        contact_id=mail.contact.id,
    )


def _question(mail: _Mail, ticket: Ticket, command: CustomerCommand) -> tuple[ConfirmKind, str, dict[str, str]]:
    """What will happen, exactly; and what its function must know."""
    this = f"ticket #{ticket.id}"
    address = command.argument
    if command.verb is CustomerVerb.ADD and _is_known(mail, address):
        return ConfirmKind.SHARE, f"{address}, a contact of your account, gets the mails of {this}", {ADDRESS: address}
    if command.verb is CustomerVerb.ADD:
        statement = f"{address} becomes a support contact of your account, and gets the mails of {this}"
        return ConfirmKind.ADD_CONTACT, statement, {ADDRESS: address}
    statements = {
        CustomerVerb.CLOSE: f"{this} is closed",
        CustomerVerb.REOPEN: f"{this} is opened again",
        CustomerVerb.STOP: f"you get no more mails of {this}",
    }
    return ConfirmKind(command.verb.value), statements[command.verb], {}


def _tell(
    mail: _Mail, results: Sequence[Result], misread: Sequence[Misread] = (), *, fixed_subject: bool = False
) -> None:
    """The receipt, as the ticket is now."""
    ticket = tickets.find(mail.act.conn, mail.ticket.id) if mail.ticket else None
    commands = valid_now(ticket.state if ticket else None, is_owner=mail.is_owner) if misread else ()
    notice = receipt(
        mail.head,
        mail.reader,
        replace(mail.thread, ticket=ticket),
        results=results,
        misread=misread,
        commands=commands,
        fixed_subject=fixed_subject,
    )
    notify(mail.act, [notice], cause=mail.incoming)
