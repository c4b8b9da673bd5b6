"""The mails of a confirmation: the question itself, and what its reader is told of the end of it."""

from mailgate.confirmation import Confirmation, words_for
from mailgate.desks import desk_named
from mailgate.flows.post.notify import notify, reply_address
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.mail.address_token import Purpose
from mailgate.tickets import notices
from mailgate.tickets.notices import Letterhead, Result, Thread
from mailgate.tickets.notices.letterhead import customer_reply
from mailgate.tickets.ticket import Participant, Ticket
from store import people
from store.desk import tickets


def put(act: Act, incoming: Incoming, asked: Confirmation, answer_to: str, *, unclear: bool) -> bool:
    """Send the question; False when the send gate does not let it out.

    `unclear`: for the second time, because its answer was neither yes nor no.
    """
    ticket = tickets.find(act.conn, asked.ticket_id) if asked.ticket_id else None
    message_id = incoming.message.message_id
    notice = notices.confirm(
        _head(act, ticket),
        reader_of(act, asked),
        Thread(
            ticket,
            ticket.subject if ticket else f"Please confirm: {asked.statement}",
            None,
            message_id,
            (message_id,) if message_id else (),
            asked.customer_id,
        ),
        answer_to=answer_to,
        statement=f"{asked.statement}.",
        cost=asked.cost,
        words=words_for(language_of(act, asked)),
        asked_at=asked.asked_at,
        until=asked.expires_at,
        unclear=unclear,
    )
    before = len(act.outgoing)
    notify(act, [notice], cause=incoming)
    return bool(act.queued_since(before))


def tell_expired(act: Act, asked: Confirmation, ticket: Ticket | None) -> None:
    """Say to whoever was asked that the time is over and nothing was done."""
    head, reader = _head(act, ticket), reader_of(act, asked)
    thread = _thread(act, None, head, reader, ticket, subject=asked.statement, customer_id=asked.customer_id)
    notify(act, [notices.not_confirmed(head, reader, thread, statement=f"{asked.statement}.")], cause=None)


def tell(act: Act, incoming: Incoming, asked: Confirmation, result: Result, ticket: Ticket | None) -> None:
    """Say to whoever answered what came of it."""
    reader = reader_of(act, asked)
    tell_reader(act, incoming, reader, result, ticket, subject=asked.statement, customer_id=asked.customer_id)


def tell_reader(
    act: Act,
    incoming: Incoming,
    reader: Participant,
    result: Result,
    ticket: Ticket | None,
    *,
    subject: str,
    customer_id: int | None,
) -> None:
    """A receipt for an answer; "" as subject stands for a fixed one."""
    head = _head(act, ticket)
    thread = _thread(act, incoming, head, reader, ticket, subject=subject, customer_id=customer_id)
    notice = notices.receipt(head, reader, thread, results=(result,), fixed_subject=not thread.subject)
    notify(act, [notice], cause=incoming)


def _thread(
    act: Act,
    incoming: Incoming | None,
    head: Letterhead,
    reader: Participant,
    ticket: Ticket | None,
    *,
    subject: str,
    customer_id: int | None,
) -> Thread:
    reply_to = None
    if ticket is not None and reader.contact_id is not None:
        reply_to = customer_reply(head, ticket, reader, reply_address(act, Purpose.REPLY, head.desk))
    message_id = incoming.message.message_id if incoming else None
    references = (message_id,) if message_id else ()
    return Thread(ticket, ticket.subject if ticket else subject, reply_to, message_id, references, customer_id)


def reader_of(act: Act, asked: Confirmation) -> Participant:
    """Whom the question was put to, at the address that is registered now."""
    if asked.contact_id is not None:
        contact = people.find_contact(act.conn, asked.contact_id)
        assert contact is not None
        return Participant(contact.name, contact.address, contact.id)
    member = next(one for one in people.list_staff(act.conn) if one.id == asked.staff_id)
    return Participant(member.name, member.address, None)


def language_of(act: Act, asked: Confirmation) -> str:
    """The language that yes and no are written in."""
    customer = people.find_customer(act.conn, asked.customer_id) if asked.customer_id else None
    return customer.language if customer else act.settings.gate.language


def _head(act: Act, ticket: Ticket | None) -> Letterhead:
    return Letterhead(act.settings.gate.company, desk_named(ticket.desk if ticket else "", act.settings.desks))
