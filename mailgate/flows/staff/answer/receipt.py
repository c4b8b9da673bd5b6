"""The answer to a command that stands alone: what came of it, to the registered address of whoever sent it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from mailgate.commands.place import Where
from mailgate.commands.verb import Verb
from mailgate.desks import desk_named
from mailgate.flows.post.notify import notify, reply_address
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.queue_list import queue_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.place import place_of
from mailgate.flows.story.settled import Settled
from mailgate.letters.notice import Notice
from mailgate.mail.address_token import Purpose
from mailgate.mail.disposition import Disposition
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.notices import Asked, Letterhead, ReplyAddress
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs import staff
from store.desk import staff_acts
from store.post import spool


def told(act: Act, mail: StaffMail, *sentences: str) -> Settled:
    """Say what came of the command."""
    write = partial(notices.done, sentences=sentences, is_unread=mail.has_content)
    notify(act, [_to_writer(act, mail, write)], cause=mail.incoming)
    return carried_out(mail)


def carried_out(mail: StaffMail) -> Settled:
    """The command was carried out."""
    assert mail.alone is not None
    return Settled(
        Disposition.COMMAND,
        f"!{mail.alone.verb.name}",
        ticket_id=mail.ticket.id if mail.ticket else None,
        evidence=mail.incoming.evidence,
    )


def helped(act: Act, mail: StaffMail) -> Settled:
    """`!help`: the commands that work here and now."""
    write = partial(notices.staff_help, usages=_usages(act, mail))
    notify(act, [_to_writer(act, mail, write)], cause=mail.incoming)
    return carried_out(mail)


def queued(act: Act, mail: StaffMail) -> Settled:
    """`!queue`: the open tickets as they are now."""
    notify(act, queue_for(act, [mail.writer]), cause=mail.incoming)
    return carried_out(mail)


def _to_writer(act: Act, mail: StaffMail, write: Callable[[Letterhead, Staff, Asked, ReplyAddress], Notice]) -> Notice:
    desks, message = act.settings.desks, mail.incoming.message
    desk = desk_named(mail.ticket.desk, desks) if mail.ticket else mail.incoming.desk
    head = Letterhead(act.settings.gate.company, desk)
    asked = Asked(message.subject, message.message_id, mail.ticket)
    return write(head, mail.writer, asked, reply_address(act, Purpose.STAFF, desk))


def _usages(act: Act, mail: StaffMail) -> Sequence[Mapping[str, str]]:
    """Without what would do nothing on this ticket."""
    ticket, idle = mail.ticket, set[Verb]()
    if ticket is not None:
        if ticket.state is State.CLOSED:
            idle.add(staff.CLOSE)
        if ticket.assignee_id == mail.writer.id:
            idle.add(staff.TAKE)
        if not spool.held_for(act.conn, mail.writer.id, ticket.id):
            idle.add(staff.SEND)
        acts = staff_acts.on_ticket(act.conn, ticket.id)
        if not any(one.outbox_ids for one in acts if one.staff_id == mail.writer.id):
            idle.add(staff.UNDO)
    place = place_of(act, mail.writer, Where.TICKET if ticket else Where.NEW)
    return [staff.STAFF.used(verb, place) for verb in staff.STAFF.verbs if verb.works_in(place) and verb not in idle]
