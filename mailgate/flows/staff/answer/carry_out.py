"""A staff mail that can be carried out: what it writes on the ticket, and what it does to it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mailgate.commands.verb import Command, Verb
from mailgate.flows.staff.answer.collision import drop_held
from mailgate.flows.staff.answer.copied import copied
from mailgate.flows.staff.answer.extend import extend, extend_alone
from mailgate.flows.staff.answer.forward import Forwarded, forwarded, newest_contact, open_forwarded
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.shortened import tell_shortened
from mailgate.flows.staff.answer.words import undo_until, words_in, write
from mailgate.flows.story.act import Act
from mailgate.flows.story.call_hooks import tell_of_ticket
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.change import assign, close, merge, rank, reopen, tag, wait
from mailgate.flows.ticket.readers import add_reader, join_copied, remove_reader
from mailgate.flows.ticket.tell_team import tell_team
from mailgate.hooks import HookEvent
from mailgate.mail.disposition import Disposition
from mailgate.tickets.acts import Deed
from mailgate.tickets.events import line_of
from mailgate.tickets.thread import without_tag
from mailgate.tickets.ticket import Doer, Event, Participant, Priority, Ticket
from mailgate.tickets.verbs import staff
from store.desk import message_ids, staff_acts, tickets


def begin(act: Act, mail: StaffMail) -> Settled:
    """A new ticket: a customer's mail that is sent on, or `!customer` and words for that customer."""
    sent_on = forwarded(act, mail)
    if isinstance(sent_on, Forwarded):
        return open_forwarded(act, mail, sent_on)
    customer, more_time = mail.command(staff.CUSTOMER), mail.command(staff.EXTEND)
    if customer is None and more_time is not None:
        return extend_alone(act, mail, more_time)
    assert customer is not None
    contact = newest_contact(act, customer.argument.words)
    assert contact is not None
    _, ticket = tickets.open_ticket(
        act.conn,
        line_of(Event.OPENED_FOR, mail.doer, customer=contact.name),
        event=Event.OPENED_FOR,
        desk=mail.incoming.desk.name,
        customer_id=contact.customer_id,
        subject=without_tag(mail.incoming.message.subject),
        participant=Participant(contact.name, contact.address, contact.id),
        linked_to=None,
        now=act.at,
    )
    tell_of_ticket(act.conn, act.settings, ticket, HookEvent.TICKET_OPENED, now=act.now)
    worked = work(act, mail, ticket)
    return replace(worked, disposition=Disposition.OPENED)


def work(act: Act, mail: StaffMail, ticket: Ticket) -> Settled:
    """Write the words, then do what the commands say, in the order of the table below."""
    drop_held(act, mail, ticket)
    as_it_stood, before = ticket, len(act.outgoing)
    message = mail.incoming.message
    referenced = (*message.references, *message.in_reply_to)
    message_ids.remember(act.conn, ticket.id, [message.message_id] if message.message_id else [], referenced)
    done: list[Deed] = []
    entry_id = None
    # Readers first: the words below are for them, too.
    ticket = join_copied(act, ticket, copied(act, mail, ticket), mail.doer)
    for command in mail.commands:
        if command.verb in OF_READERS:
            ticket = OF_READERS[command.verb](act, ticket, command.argument.words, mail.doer)
    words = words_in(act, mail) if mail.has_content else None
    if words:
        ticket, entry_id = write(act, words, ticket)
        done.append(Deed.NOTED if mail.is_note else Deed.REPLIED)
    for verb, (deed, handle) in HANDLERS.items():
        given = mail.command(verb)
        if given is not None:
            ticket = handle(act, mail, ticket, given)
            done.append(deed)
    tells_customer = bool(act.queued_since(before))
    tell_team(
        act,
        as_it_stood,
        ticket,
        mail.doer,
        wrote=words.wrote if words else None,
        cause=mail.incoming,
        hold_until=undo_until(act) if tells_customer else None,
    )
    staff_acts.add(
        act.conn,
        as_it_stood,
        staff_id=mail.writer.id,
        done=done,
        entry_id=entry_id,
        # Whoever takes back what the customer gets has taken back what colleagues hear of it.
        outbox_ids=act.queued_since(before) if tells_customer else (),
        now=act.now,
    )
    tell_shortened(act, mail, ticket)
    commands = ", ".join(f"!{command.verb.name}" for command in mail.commands)
    return Settled(
        Disposition.JOINED if mail.is_reply else Disposition.COMMAND,
        commands or "staff reply",
        ticket_id=ticket.id,
        evidence=mail.incoming.evidence,
    )


def _take(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    return assign(act, ticket, mail.doer, to=mail.writer)


def _assign(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    assert command.argument.person is not None
    return assign(act, ticket, mail.doer, to=command.argument.person)


def _wait(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    assert command.argument.until is not None
    return wait(act, ticket, mail.doer, until=command.argument.until)


def _close(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    return close(act, ticket, mail.doer, hold_until=undo_until(act), is_told=mail.is_reply)


def _reopen(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    return reopen(act, ticket, mail.doer)


def _rank(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    return rank(act, ticket, mail.doer, priority=Priority(command.argument.words))


def _tag(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    return tag(act, ticket, mail.doer, words=command.argument.words.split())


def _merge(act: Act, mail: StaffMail, ticket: Ticket, command: Command) -> Ticket:
    assert command.argument.number is not None
    number = command.argument.number
    tickets.lock(act.conn, (number,))
    return merge(act, ticket, mail.doer, into=tickets.get(act.conn, number))


HANDLERS: Mapping[Verb, tuple[Deed, Callable[[Act, StaffMail, Ticket, Command], Ticket]]] = {
    staff.TAKE: (Deed.ASSIGNED, _take),
    staff.ASSIGN: (Deed.ASSIGNED, _assign),
    staff.PRIORITY: (Deed.RANKED, _rank),
    staff.TAG: (Deed.TAGGED, _tag),
    staff.EXTEND: (Deed.EXTENDED, extend),
    staff.REOPEN: (Deed.REOPENED, _reopen),
    staff.WAIT: (Deed.PUT_OFF, _wait),
    staff.CLOSE: (Deed.CLOSED, _close),
    staff.MERGE: (Deed.MERGED, _merge),
}
"""What each command that may stand beside words does. Closing and merging come last: nothing follows them."""

OF_READERS: Mapping[Verb, Callable[[Act, Ticket, str, Doer], Ticket]] = {
    staff.ADD: add_reader,
    staff.REMOVE: remove_reader,
}
"""What is done before the words are sent; each may stand several times."""
