"""What an answer to the list of open tickets does: they are taken, given, put off or closed."""

from collections.abc import Sequence
from typing import cast

from mailgate.commands.directives import Directive
from mailgate.flows.staff.answer.words import undo_until
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of
from mailgate.flows.ticket import change
from mailgate.people import Staff
from mailgate.tickets.acts import Deed
from mailgate.tickets.queue_verbs import QueueCommand, QueueVerb, read_queue_commands
from mailgate.tickets.ticket import State, Ticket
from mailgate.tickets.verbs import Clock, Misread
from store import people
from store.desk import deadlines, staff_acts, tickets
from store.post.outbox import Outgoing

_DEEDS = {
    QueueVerb.MINE: Deed.ASSIGNED,
    QueueVerb.GIVE: Deed.ASSIGNED,
    QueueVerb.WAIT: Deed.PUT_OFF,
    QueueVerb.CLOSE: Deed.CLOSED,
}


def read_queue(
    act: Act, directives: Sequence[Directive], answered: Sequence[Outgoing]
) -> tuple[tuple[QueueCommand, ...], tuple[Misread, ...]]:
    """The numbers are those of the answered list, whatever the queue looks like now."""
    listed = [number for row in answered[:1] for number in cast("Sequence[int]", row.notice.values["numbers"])]
    clock = Clock(act.now, act.settings.gate.zone)
    return read_queue_commands(directives, listed, staff=people.list_staff(act.conn), clock=clock)


def decide_queue(act: Act, command: QueueCommand, incoming: Incoming, writer: Staff) -> str:
    """One line; says what was done, or why not: the list may be hours old."""
    deadlines.lock(act.conn, command.ticket_id)
    ticket = tickets.find(act.conn, command.ticket_id)
    if ticket is None or ticket.state is State.CLOSED:
        return f"#{command.ticket_id}: nothing was done: it is closed"
    before = len(act.outgoing)
    _change(act, command, ticket, incoming, writer)
    staff_acts.add(
        act.conn,
        ticket,
        staff_id=writer.id,
        done=[_DEEDS[command.verb]],
        entry_id=None,
        outbox_ids=act.queued_since(before),
        now=act.now,
    )
    return f"#{ticket.id} {_words(command)}: {ticket.subject}"


def _change(act: Act, command: QueueCommand, ticket: Ticket, incoming: Incoming, writer: Staff) -> Ticket:
    doer = doer_of(incoming, writer)
    match command.verb:
        case QueueVerb.MINE:
            return change.assign(act, ticket, doer, to=writer)
        case QueueVerb.GIVE:
            return change.assign(act, ticket, doer, to=command.to)
        case QueueVerb.CLOSE:
            return change.close(act, ticket, doer, hold_until=undo_until(act))
        case QueueVerb.WAIT:
            assert command.until is not None
            return change.wait(act, ticket, doer, until=command.until)


def _words(command: QueueCommand) -> str:
    match command.verb:
        case QueueVerb.MINE:
            return "is yours"
        case QueueVerb.GIVE:
            return f"is given to {command.to.name if command.to else 'nobody'}"
        case QueueVerb.CLOSE:
            return "is closed"
        case QueueVerb.WAIT:
            return "waits"
