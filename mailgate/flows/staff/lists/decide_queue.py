"""What an answer to the list of open tickets does: they are taken, given, put off or closed."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mailgate.commands.verb import Command, Verb
from mailgate.flows.staff.answer.words import undo_until
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of
from mailgate.flows.ticket import change
from mailgate.flows.ticket.tell_team import tell_team
from mailgate.letters.notice import stamp
from mailgate.people import Staff
from mailgate.tickets.acts import Deed
from mailgate.tickets.result import Decided, Item, item
from mailgate.tickets.ticket import State, Ticket
from mailgate.tickets.verbs import lists
from store.desk import staff_acts, tickets


def decide_queue(act: Act, command: Command, incoming: Incoming, writer: Staff) -> Item:
    """One line; says what was done, or why not: the list may be hours old."""
    number = command.argument.number
    assert number is not None
    ticket = tickets.locked(act.conn, (number,)).get(number)
    if ticket is None or ticket.state is State.CLOSED:
        return item(Decided.CLOSED_BEFORE, ticket=number)
    before = len(act.outgoing)
    deed, handle = HANDLERS[command.verb]
    done = handle(act, ticket, command, incoming, writer)
    tells_customer = bool(act.queued_since(before))
    after = tickets.get(act.conn, ticket.id)
    tell_team(act, ticket, after, doer_of(incoming, writer), hold_until=undo_until(act) if tells_customer else None)
    staff_acts.add(
        act.conn,
        ticket,
        staff_id=writer.id,
        done=[deed],
        entry_id=None,
        outbox_ids=act.queued_since(before) if tells_customer else (),
        now=act.now,
    )
    return replace(done, given={"ticket": ticket.id, "subject": ticket.subject, **done.given})


def _mine(act: Act, ticket: Ticket, command: Command, incoming: Incoming, writer: Staff) -> Item:
    change.assign(act, ticket, doer_of(incoming, writer), to=writer)
    return item(Decided.YOURS)


def _give(act: Act, ticket: Ticket, command: Command, incoming: Incoming, writer: Staff) -> Item:
    to = command.argument.person
    assert to is not None
    change.assign(act, ticket, doer_of(incoming, writer), to=to)
    return item(Decided.GIVEN, to=to.name)


def _close(act: Act, ticket: Ticket, command: Command, incoming: Incoming, writer: Staff) -> Item:
    change.close(act, ticket, doer_of(incoming, writer), hold_until=undo_until(act))
    return item(Decided.CLOSED)


def _wait(act: Act, ticket: Ticket, command: Command, incoming: Incoming, writer: Staff) -> Item:
    assert command.argument.until is not None
    change.wait(act, ticket, doer_of(incoming, writer), until=command.argument.until)
    return item(Decided.WAITS, until=stamp(command.argument.until))


HANDLERS: Mapping[Verb, tuple[Deed, Callable[[Act, Ticket, Command, Incoming, Staff], Item]]] = {
    lists.MINE: (Deed.ASSIGNED, _mine),
    lists.GIVE: (Deed.ASSIGNED, _give),
    lists.WAIT: (Deed.PUT_OFF, _wait),
    lists.CLOSE: (Deed.CLOSED, _close),
}
"""What each does to the ticket; it says what that was, without the ticket."""
