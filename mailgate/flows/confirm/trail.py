"""What the history of a ticket keeps of a question that is about it."""

from collections.abc import Mapping
from dataclasses import replace

from mailgate.confirmation import Askee, Confirmation, ConfirmKind, ConfirmState
from mailgate.flows.confirm.question import name_of
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of, record
from mailgate.tickets.ticket import PROGRAM, Event, Ticket
from store.desk import tickets

ASKED = (Event.ASKED, Event.STAFF_ASKED)
"""Of a question that a contact must confirm, and of one whether a staff member's mail is theirs."""

AGREED = (Event.AGREED, Event.STAFF_CONFIRMED)  # such a mail has one writer, who is the only one asked

EDITED = (Event.EDITED, Event.STAFF_LAPSED)  # nobody changes by an answer what a staff member's mail said

ENDED: Mapping[ConfirmState, tuple[Event, Event]] = {
    ConfirmState.DONE: (Event.CONFIRMED, Event.STAFF_CONFIRMED),
    ConfirmState.REFUSED: (Event.DECLINED, Event.STAFF_DECLINED),
    ConfirmState.EXPIRED: (Event.LAPSED, Event.STAFF_LAPSED),
}


def lock_tickets(act: Act, asked: Confirmation) -> None:
    """Have the ticket that the question is about, before its row: whoever changes both takes them in this order."""
    numbers = (asked.ticket_id, int(asked.values.get("ticket") or 0) if asked.kind is ConfirmKind.STAFF_MAIL else None)
    tickets.lock(act.conn, [number for number in numbers if number])


def recorded(
    act: Act,
    asked: Confirmation,
    events: tuple[Event, Event],
    incoming: Incoming | None = None,
    askee: Askee | None = None,
) -> Ticket | None:
    """Leave a line in the history of the ticket that the question is about, and return that.

    `incoming` is the mail that did it, of the one who asks or of `askee`; None: its time was over. What a staff member
    is asked is about no ticket that its reader should know of: the line is there for staff alone.
    """
    to_contact, to_staff = events
    contact_id, staff_id = askee.whom.person if askee else (asked.contact_id, asked.staff_id)
    name, doer = name_of(act, contact_id, staff_id), PROGRAM
    if incoming is not None:  # named as registered: the mail that asks may come from anybody
        doer = doer_of(incoming)
        doer = replace(doer, name=name or doer.name, contact_id=contact_id, staff_id=staff_id)
    if asked.kind is ConfirmKind.STAFF_MAIL:
        worked_on = tickets.find(act.conn, int(asked.values["ticket"])) if asked.values["ticket"] else None
        if worked_on is not None and name is not None:
            lines = asked.values["lines"]
            record(act, worked_on, to_staff, doer=doer, mail=asked.spool_id, writer=name, lines=lines)
        return None
    ticket = tickets.find(act.conn, asked.ticket_id) if asked.ticket_id else None
    deed, address = asked.kind.value, asked.values.get("address")
    return ticket and record(act, ticket, to_contact, doer=doer, deed=deed, address=address)
