"""The mails of a confirmation: the question itself, and what those who were asked are told of the end of it."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from mailgate.confirmation import Askee, Became, Confirmation, ConfirmState, Whom, words_for
from mailgate.desks import desk_named
from mailgate.flows.post.notify import notify, reply_address
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Told
from mailgate.mail.address import address_key
from mailgate.mail.address_token import Purpose
from mailgate.people import Contact, Staff
from mailgate.tickets import notices
from mailgate.tickets.notices import Letterhead, Thread
from mailgate.tickets.notices.letterhead import customer_reply
from mailgate.tickets.result import Result, about_question
from mailgate.tickets.ticket import Participant, Ticket
from store import people
from store.desk import tickets


class Why(StrEnum):
    """Why a question goes out; `confirm.md` has words for each."""

    ASKED = "asked"  # for the first time
    UNCLEAR = "unclear"  # its answer was neither yes nor no
    EDITED = "edited"  # in place of one that an answer has changed
    REPLACED = "replaced"  # an older one was answered, whose place it took


def put(act: Act, incoming: Incoming, asked: Confirmation, askee: Askee, answer_to: str, *, why: Why) -> bool:
    """Send the question to one of those who are asked; False when the send gate does not let it out."""
    reader = reader_of(act, askee.whom)
    if reader is None:
        return False
    ticket = _ticket(act, asked, askee.whom)
    is_his_mail = _is_author(incoming, reader)
    message_id = incoming.message.message_id if is_his_mail else None
    by = None if askee.whom.address is not None else name_of(act, asked.contact_id, asked.staff_id)
    notice = notices.confirm(
        _head(act, ticket),
        reader,
        Thread(
            ticket,
            ticket.subject if ticket else "",
            None,
            message_id,
            (message_id,) if message_id else (),
            _account(asked, askee.whom),
        ),
        about=asked,
        statement=askee.whom.statement or asked.statement,
        answer_to=answer_to,
        words=words_for(language_of(act, asked)),
        by=by,
        is_asking=askee.whom.person == (asked.contact_id, asked.staff_id),
        why=why.value,
    )
    before = len(act.outgoing)
    notify(act, [notice], cause=incoming)
    return bool(act.queued_since(before))


def tell_end(
    act: Act,
    asked: Confirmation,
    askees: Iterable[Askee],
    state: ConfirmState,
    ticket: Ticket | None,
    *,
    by: Askee | None = None,
) -> None:
    """Say to those who were asked what became of it; `by`: whose answer decided."""
    told = []
    for askee in askees:
        reader = reader_of(act, askee.whom)
        if reader is None:
            continue
        about = ticket if askee.whom.address is None else None
        head = _head(act, about)
        thread = _thread(act, None, head, reader, about, customer_id=_account(asked, askee.whom))
        name = name_of(act, *by.whom.person) if by and askee.whom.address is None else None
        statement = askee.whom.statement or asked.statement
        told.append(notices.ended(head, reader, thread, about=asked, state=state, statement=statement, by=name))
    notify(act, told, cause=None)


def tell(act: Act, incoming: Incoming, asked: Confirmation, whom: Whom, told: Told) -> None:
    """Say to whoever answered what came of it."""
    reader = reader_of(act, whom)
    if reader is not None:
        his = told if whom.address is None else replace(told, ticket=None)
        tell_reader(act, incoming, reader, his, customer_id=_account(asked, whom))


def tell_reader(act: Act, incoming: Incoming, reader: Participant, told: Told, *, customer_id: int | None) -> None:
    """A receipt for an answer."""
    head = _head(act, told.ticket)
    thread = _thread(act, incoming, head, reader, told.ticket, customer_id=customer_id)
    notice = notices.receipt(head, reader, thread, results=(told.result,), fixed_subject=told.ticket is None)
    notify(act, [notice], cause=incoming)


def told_of(asked: Confirmation, whom: Whom, became: Became) -> Result:
    """What a receipt says of the question."""
    return about_question(became, whom.statement or asked.statement)


def _thread(
    act: Act,
    incoming: Incoming | None,
    head: Letterhead,
    reader: Participant,
    ticket: Ticket | None,
    *,
    customer_id: int | None,
) -> Thread:
    reply_to = None
    if ticket is not None and reader.contact_id is not None:
        reply_to = customer_reply(head, ticket, reader, reply_address(act, Purpose.REPLY, head.desk))
    message_id = incoming.message.message_id if incoming else None
    references = (message_id,) if message_id else ()
    return Thread(ticket, ticket.subject if ticket else "", reply_to, message_id, references, customer_id)


def reader_of(act: Act, whom: Whom) -> Participant | None:
    """Whom the question is put to, at the address that is registered now; None when he was removed."""
    if whom.address is not None:
        return Participant("", whom.address, None)
    person = _person(act, whom.contact_id, whom.staff_id)
    if person is None:
        return None
    return Participant(person.name, person.address, person.id if isinstance(person, Contact) else None)


def language_of(act: Act, asked: Confirmation) -> str:
    """The language that yes and no are written in."""
    customer = people.find_customer(act.conn, asked.customer_id) if asked.customer_id else None
    return customer.language if customer else act.settings.gate.language


def _person(act: Act, contact_id: int | None, staff_id: int | None) -> Contact | Staff | None:
    if contact_id is not None:
        return people.find_contact(act.conn, contact_id)
    return next((one for one in act.staff if one.id == staff_id), None)


def name_of(act: Act, contact_id: int | None, staff_id: int | None) -> str | None:
    """A contact's or a staff member's; None when he was removed."""
    person = _person(act, contact_id, staff_id)
    return person.name if person else None


def _account(asked: Confirmation, whom: Whom) -> int | None:
    return None if whom.staff_id is not None else asked.customer_id


def _ticket(act: Act, asked: Confirmation, whom: Whom) -> Ticket | None:
    """What it is about, for those who may know."""
    return tickets.find(act.conn, asked.ticket_id) if asked.ticket_id and whom.address is None else None


def _is_author(incoming: Incoming, reader: Participant) -> bool:
    return incoming.mailbox is not None and address_key(incoming.mailbox.address) == address_key(reader.address)


def _head(act: Act, ticket: Ticket | None) -> Letterhead:
    return Letterhead(act.settings.gate.company, desk_named(ticket.desk if ticket else "", act.settings.desks))
