"""`!spam`: the mails of a ticket are held as spam and taught to the filter; the ticket is closed and nobody is told."""

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import told
from mailgate.flows.story.act import Act
from mailgate.flows.story.record import record
from mailgate.flows.story.settled import Settled
from mailgate.tickets.acts import Deed
from mailgate.tickets.result import Done, item
from mailgate.tickets.ticket import Direction, Event, State
from store.desk import staff_acts, tickets
from store.post import lessons, spool


def call_spam(act: Act, mail: StaffMail) -> Settled:
    """Whoever was wrong releases the mails: `mailgate quarantine release`."""
    ticket = mail.ticket
    assert ticket is not None
    by = f"{mail.writer.name}, by mail {mail.incoming.lent.spool_id}"
    history = tickets.history(act.conn, ticket.id)
    came = {entry.spool_id for entry in history if entry.direction is Direction.IN and entry.spool_id is not None}
    held = [
        spool_id for spool_id in sorted(came) if spool.quarantine(act.conn, spool_id, by=by, staff_id=mail.writer.id)
    ]
    for spool_id in held:
        lessons.add(act.conn, spool_id, is_spam=True, now=act.now)  # told by a job of its own: the sweep finds it
    if ticket.state is not State.CLOSED:
        record(act, ticket, Event.CLOSED, doer=mail.doer)
    staff_acts.add(
        act.conn,
        ticket,
        staff_id=mail.writer.id,
        done=[Deed.SPAM],
        entry_id=None,
        outbox_ids=(),
        now=act.now,
    )
    if not held:
        return told(act, mail, item(Done.SPAM_BEFORE))
    numbers = " ".join(map(str, held))
    return told(act, mail, item(Done.SPAM, mails=numbers), item(Done.IF_NOT_SPAM, mails=numbers))
