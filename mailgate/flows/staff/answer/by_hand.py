"""The words of somebody on the staff at the command line: the same answer or note as by mail, with the same wait."""

from mailgate.commands.astray import hidden
from mailgate.commands.directives import Directives
from mailgate.errors import Permanent
from mailgate.flows.staff.answer.refusal import reply_obstacle
from mailgate.flows.staff.answer.words import Words, undo_until, write
from mailgate.flows.story.act import Act
from mailgate.flows.ticket.tell_team import tell_team
from mailgate.people import Staff
from mailgate.tickets.acts import Deed
from mailgate.tickets.refused import Refused, english
from mailgate.tickets.result import item
from mailgate.tickets.ticket import Doer, Ticket
from mailgate.tickets.verbs.staff import STAFF
from store.desk import staff_acts


class NotSaid(Permanent):
    """These words can be neither sent nor kept; says why."""


def say(act: Act, ticket: Ticket, writer: Staff, text: str, *, is_note: bool) -> Ticket:
    """Send them to who takes part, or keep them as a note; returns the ticket as it is now. Raises NotSaid."""
    text = text.strip()
    why_not = None if text else english(item(Refused.NO_WORDS))
    if line := next(hidden(text, Directives((), text, has_own=True), STAFF, is_open=not is_note), None):
        why_not = f"A line of it is a command, which does something only by mail: {line}"
    elif text and not is_note:
        obstacle = reply_obstacle(act, ticket, text)
        why_not = english(obstacle) if obstacle else None
    if why_not:
        raise NotSaid(why_not)
    before = len(act.outgoing)
    doer = Doer(writer.name, writer.address, writer.id)
    words = Words(writer, doer, text, is_note)
    after, entry_id = write(act, words, ticket)
    tells_customer = bool(act.queued_since(before))
    tell_team(act, ticket, after, doer, wrote=words.wrote, hold_until=undo_until(act) if tells_customer else None)
    staff_acts.add(
        act.conn,
        ticket,
        staff_id=writer.id,
        done=[Deed.NOTED if is_note else Deed.REPLIED],
        entry_id=entry_id,
        outbox_ids=act.queued_since(before) if tells_customer else (),
        now=act.now,
    )
    return after
