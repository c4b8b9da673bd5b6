"""`!undo`: the writer's last answer on a ticket is taken back, with all that came with it, before it leaves."""

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import told
from mailgate.flows.story.act import Act
from mailgate.flows.story.record import record
from mailgate.flows.story.settled import Settled
from mailgate.tickets.acts import Deed, StaffAct
from mailgate.tickets.result import Done, item
from mailgate.tickets.ticket import Event, Ticket
from store.desk import staff_acts, tickets


def undo(act: Act, mail: StaffMail) -> Settled:
    """Decided within this transaction, in which no delivery can begin: it has left, or it never will."""
    assert mail.ticket is not None
    sent = [one for one in staff_acts.on_ticket(act.conn, mail.ticket.id) if one.outbox_ids]
    last = next((one for one in reversed(sent) if one.staff_id == mail.writer.id), None)
    if last is None:
        return told(act, mail, item(Done.NOTHING_TO_UNDO))
    if not staff_acts.cancel_mails(act.conn, last):
        return told(act, mail, item(Done.TOO_LATE))
    is_as_before = staff_acts.take_back(act.conn, last, now=act.now)
    ticket = tickets.get(act.conn, mail.ticket.id)
    _record(act, mail, ticket, last, is_as_before=is_as_before)
    stands = item(Done.AS_BEFORE if is_as_before else Done.CHANGED_SINCE, state=ticket.state.value)
    return told(act, mail, item(Done.TAKEN_BACK), stands)


def _record(act: Act, mail: StaffMail, ticket: Ticket, last: StaffAct, *, is_as_before: bool) -> None:
    """For staff, since the customer never heard of it; where a page showed that the ticket was closed, for him, too."""
    ticket = record(act, ticket, Event.ANSWER_TAKEN_BACK, doer=mail.doer)
    if is_as_before and Deed.CLOSED in last.done:
        record(act, ticket, Event.CLOSE_TAKEN_BACK, doer=mail.doer)
