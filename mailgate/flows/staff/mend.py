"""A mail did not arrive, and its answer names the right address: the words go there, and the ticket's mails with them.

The address becomes known to this ticket alone, as by `!add`. What is registered stays as it is: sign-in links and
invoices go there, and whoever wrote that a mailbox is another one may be wrong, or somebody else.
"""

from dataclasses import replace

from mailgate.authority import Action, Verdict, decide
from mailgate.commands.misread import BadArgument
from mailgate.commands.place import Where
from mailgate.commands.readers import address
from mailgate.confirmation import Line, Says
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.staff.answer import answer
from mailgate.flows.staff.answer.ask import ask_whether
from mailgate.flows.staff.answer.give_back import hold, send_back, why_unproved
from mailgate.flows.staff.answer.read import StaffMail, read
from mailgate.flows.staff.answer.refusal import Refusal
from mailgate.flows.staff.answer.words import undo_until
from mailgate.flows.story.act import Act, Queued
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.parent import beside_parent
from mailgate.flows.story.place import place_of
from mailgate.flows.story.record import record
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.flood import recorded
from mailgate.flows.ticket.readers import add_reader, why_not_added
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.mail.address import address_key
from mailgate.mail.address_token import AddressToken
from mailgate.mail.disposition import Disposition
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.acts import Deed
from mailgate.tickets.refused import Refused
from mailgate.tickets.result import Done, Held, Item, item
from mailgate.tickets.ticket import Doer, Event, Ticket
from store.desk import staff_acts, tickets
from store.post import outbox, suppressions
from store.post.outbox import Outgoing


def mend(act: Act, incoming: Incoming, writer: Staff, token: AddressToken) -> Settled:
    """Send the lost words to the address in the first line; commands work on the ticket as ever, words go nowhere."""
    if incoming.automatic:
        disposition, reason = recorded(act, incoming)
        return Settled(disposition, reason, evidence=incoming.evidence)
    lost = outbox.show(act.conn, token.object_id)
    number = lost.notice.ticket_id if lost else None
    ticket = tickets.locked(act.conn, (number,)).get(number) if number is not None else None
    if lost is None or ticket is None:
        return hold(act, incoming, writer, None, "it answers a mail that is no longer here", why=Held.OTHER)
    mail = read(act, beside_parent(act, incoming, ticket, keeps_doubtful=False), writer, ticket)
    if (mail.commands or mail.misread) and not mail.is_reply:
        return answer(act, incoming, writer, about=ticket)
    unscored = bool(incoming.spam.unscored_reason)
    verdict = decide(Action.STAFF_COMMAND, incoming.evidence, unscored=unscored, answers_own=incoming.answers_own)
    if incoming.lent.released:
        verdict = Verdict.DO
    if verdict not in (Verdict.DO, Verdict.CONFIRM):
        reason = f"not enough evidence to {Action.STAFF_COMMAND.value}: {'; '.join(incoming.evidence.reasons)}"
        return hold(act, incoming, writer, ticket, reason, why=why_unproved(incoming), mends=lost.id)
    to, more = _first_line(act, mail)
    why_not = _why_not(act, lost, to) if to else item(Refused.NOT_THE_ADDRESS)
    if why_not is None and verdict is Verdict.CONFIRM:
        statement = (Line(Says.MEND, {"address": to, "ticket": str(ticket.id)}),)
        return ask_whether(act, incoming, writer, statement, lines=[to], action=Action.STAFF_COMMAND, ticket=ticket)
    if why_not is None and not _send(act, mail, ticket, lost, to):
        why_not = item(Refused.SENT_BEFORE)
    if why_not:
        return send_back(act, mail, Refusal(why_not), mends=lost.id)
    says = Done.SENT_ONCE_MORE if _is_same(lost, to) else Done.MENDED
    sheet = sheet_for(act, writer, ticket=tickets.get(act.conn, ticket.id), answers=incoming)
    sentences = [item(says, to=to, lost=lost.notice.to_address).as_values()]
    notify(act, [letter(Template.DONE, sheet, {"sentences": sentences, "is_unread": bool(more)})], cause=incoming)
    reason = f"mail {lost.id} goes to {to}"
    return Settled(Disposition.COMMAND, reason, ticket_id=ticket.id, evidence=incoming.evidence)


def _first_line(act: Act, mail: StaffMail) -> tuple[str, str]:
    """The address that is the whole first line of the writer's words, "" when it is none, and what stands below it."""
    if mail.commands or not mail.incoming.message.own_text:
        return "", ""
    first, _, more = mail.words.strip().partition("\n")
    place = place_of(act, mail.writer, Where.TICKET)
    for said in (first, first.rpartition("<")[2].removesuffix(">")):  # perhaps with a name, as mail programs write it
        try:
            return address(said, place).words, more.strip()
        except BadArgument:
            continue
    return "", ""


def _is_same(lost: Outgoing, to: str) -> bool:
    return address_key(to) == address_key(lost.notice.to_address)


def _why_not(act: Act, lost: Outgoing, to: str) -> Item | None:
    dead = {} if _is_same(lost, to) else suppressions.reasons(act.conn, [to], now=act.now)
    if dead:
        return item(Refused.DEAD, address=to, why=next(iter(dead.values())))
    why_not = why_not_added(act, to)
    return item(Refused.BECAUSE, words=f"{why_not[0].upper()}{why_not[1:]}.") if why_not else None


def _send(act: Act, mail: StaffMail, ticket: Ticket, lost: Outgoing, to: str) -> bool:
    """False, and nothing is done, when it was sent meanwhile or somebody else has told where to."""
    if _is_same(lost, to):
        if not outbox.retry_lost(act.conn, lost.id, now=act.now):
            return False
        suppressions.remove(act.conn, to)  # a person says that it takes mail
        act.outgoing.append(Queued(lost.id, at_once=True))
        _answered(act, mail, ticket, lost, to)
        return True
    if not outbox.replace_lost(act.conn, lost.id, reason=f"sent to {to} instead, says {mail.writer.name}"):
        return False
    _send_elsewhere(act, mail, ticket, lost, to)
    return True


def _answered(act: Act, mail: StaffMail, ticket: Ticket, lost: Outgoing, to: str) -> Ticket:
    """It is the customer's turn again, unless somebody has said something since the words were lost."""
    if tickets.last_change(act.conn, ticket.id) is not Event.UNDELIVERED:
        return ticket
    return record(act, ticket, Event.SENT_AGAIN, doer=mail.doer, mail=lost.id, to=to)


def _send_elsewhere(act: Act, mail: StaffMail, ticket: Ticket, lost: Outgoing, to: str) -> None:
    """The same words to the new reader; they wait for an `!undo` as an answer does."""
    before, queued = ticket, len(act.outgoing)
    ticket = _without(act, add_reader(act, ticket, to, mail.doer), lost.notice.to_address, mail.doer)
    ticket = _answered(act, mail, ticket, lost, to)
    reader = next(one for one in ticket.participants if address_key(one.address) == address_key(to))
    again = notices.to_another(lost.notice, sheet_for(act, reader, ticket=ticket), ticket)
    again = replace(again, ticket_id=ticket.id)  # it may have been merged since
    notify(act, [again], cause=mail.incoming, hold_until=undo_until(act))
    staff_acts.add(
        act.conn,
        before,
        staff_id=mail.writer.id,
        done=[Deed.REPLIED],
        entry_id=lost.notice.entry_id,
        outbox_ids=act.queued_since(queued),
        now=act.now,
    )


def _without(act: Act, ticket: Ticket, address: str, doer: Doer) -> Ticket:
    """Nothing more goes to the address that is not the right one; what a contact writes from there still joins."""
    reader = next((one for one in ticket.participants if address_key(one.address) == address_key(address)), None)
    if reader is None:
        return ticket
    if reader.contact_id is not None:
        ticket = tickets.dismiss(act.conn, ticket, reader.contact_id)
    else:
        ticket = tickets.remove_participant(act.conn, ticket, reader.address)
    return record(act, ticket, Event.READER_REMOVED, doer=doer, address=reader.address)
