"""The mails of a confirmation: the question itself, and what those who were asked are told of the end of it."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from mailgate.confirmation import Askee, Became, Confirmation, ConfirmState, Whom, words_for
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import Reader, sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Told
from mailgate.letters.letter import Sheet
from mailgate.mail.address import address_key
from mailgate.people import Contact, Staff
from mailgate.tickets import notices
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
    sheet = _sheet(
        act,
        reader,
        _ticket(act, asked, askee.whom),
        customer_id=_account(asked, askee.whom),
        answers=incoming if _is_author(incoming, reader) else None,
    )
    by = None if askee.whom.address is not None else name_of(act, asked.contact_id, asked.staff_id)
    notice = notices.confirm(
        sheet,
        about=asked,
        statement=askee.whom.statement or asked.statement,
        answer_to=answer_to,
        words=words_for(language_of(act, asked, askee.whom)),
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
    is_possible: bool = True,
) -> None:
    """Say to those who were asked what became of it; `by`: whose answer decided."""
    told = []
    for askee in askees:
        reader = reader_of(act, askee.whom)
        if reader is None:
            continue
        about = ticket if askee.whom.address is None else None
        sheet = _sheet(act, reader, about, customer_id=_account(asked, askee.whom))
        name = name_of(act, *by.whom.person) if by and askee.whom.address is None else None
        statement = askee.whom.statement or asked.statement
        told.append(
            notices.ended(sheet, about=asked, state=state, statement=statement, by=name, is_possible=is_possible)
        )
    notify(act, told, cause=None)
    _tell_asker(act, asked, state, by=by, is_possible=is_possible)


def _tell_asker(act: Act, asked: Confirmation, state: ConfirmState, *, by: Askee | None, is_possible: bool) -> None:
    """Say the same to a member of staff who asked for it, and of whom no answer was wanted."""
    asker = _person(act, None, asked.staff_id) if asked.staff_id is not None else None
    if asker is None or any(one.whom.staff_id == asked.staff_id for one in asked.askees):
        return
    name = name_of(act, *by.whom.person) if by else None
    sheet = _sheet(act, asker, None, customer_id=None)
    notify(act, [notices.seconded(sheet, about=asked, state=state, by=name, is_possible=is_possible)], cause=None)


def tell(act: Act, incoming: Incoming, asked: Confirmation, whom: Whom, told: Told) -> None:
    """Say to whoever answered what came of it."""
    reader = reader_of(act, whom)
    if reader is not None:
        theirs = told if whom.address is None else Told(_to_outsider(asked, whom, told.result))
        tell_reader(act, incoming, reader, theirs, customer_id=_account(asked, whom))


def was_done(result: Result) -> bool:
    """A yes was followed by the deed, which the world may have made impossible since the question."""
    return result.question is None or result.question["became"] != Became.DECIDED


def _to_outsider(asked: Confirmation, whom: Whom, result: Result) -> Result:
    """The same for somebody who is none of ours: of what was asked, no more than was put to them."""
    if result.question is None or result.question["became"] not in (Became.DONE, Became.DECIDED):
        return result
    return told_of(asked, whom, Became.DONE) if was_done(result) else about_question(Became.NOT_USED)


def tell_reader(act: Act, incoming: Incoming, reader: Reader, told: Told, *, customer_id: int | None) -> None:
    """What came of an answer: to customers as a receipt, to staff also where their program wants no such mail."""
    sheet = _sheet(act, reader, told.ticket, customer_id=customer_id, answers=incoming)
    if isinstance(reader, Staff):
        notify(act, [notices.answered(sheet, told.result)], cause=incoming)
        return
    notice = notices.receipt(sheet if told.ticket else sheet.fixed(), told.ticket, results=(told.result,))
    notify(act, [notice], cause=incoming)


def told_of(asked: Confirmation, whom: Whom, became: Became) -> Result:
    """What a receipt says of the question."""
    return about_question(became, whom.statement or asked.statement)


def _sheet(
    act: Act, reader: Reader, ticket: Ticket | None, *, customer_id: int | None, answers: Incoming | None = None
) -> Sheet:
    sheet = sheet_for(act, reader, ticket=ticket, answers=answers, subject="")
    # What such a mail offers besides is for customers.
    own_address = None if isinstance(reader, Staff) else sheet.own_address
    return replace(sheet, own_address=own_address, customer_id=customer_id)


def reader_of(act: Act, whom: Whom) -> Reader | None:
    """Whom the question is put to, at the address that is registered now; None when he was removed."""
    if whom.address is not None:
        return Participant("", whom.address, None)
    return _person(act, whom.contact_id, whom.staff_id)


def language_of(act: Act, asked: Confirmation, whom: Whom) -> str:
    """The language in which one of those who are asked writes yes and no."""
    is_ours = whom.staff_id is not None or asked.customer_id is None
    customer = None if is_ours else people.find_customer(act.conn, asked.customer_id or 0)
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


def _is_author(incoming: Incoming, reader: Reader) -> bool:
    return incoming.mailbox is not None and address_key(incoming.mailbox.address) == address_key(reader.address)
