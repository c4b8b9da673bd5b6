"""The answer to a command that stands alone: what came of it, to the registered address of whoever sent it."""

from collections.abc import Mapping, Sequence

from mailgate.commands.place import Where
from mailgate.commands.verb import Verb
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.saved import files
from mailgate.flows.staff.queue_list import queue_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.place import place_of
from mailgate.flows.story.settled import Settled
from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, letter
from mailgate.mail.disposition import Disposition
from mailgate.tickets.result import Item
from mailgate.tickets.saved_reply import names_of
from mailgate.tickets.verbs import staff
from store.desk import staff_acts
from store.post import spool

_MOST_NAMED = 50  # saved replies


def told(act: Act, mail: StaffMail, *sentences: Item, is_unread: bool | None = None) -> Settled:
    """Say what came of the command that stands alone."""
    tell(act, mail, *sentences, is_unread=is_unread)
    return carried_out(mail)


def tell(act: Act, mail: StaffMail, *sentences: Item, is_unread: bool | None = None) -> None:
    """Say what came of a command; `is_unread`: words below it went nowhere, by default whenever there are any."""
    unread = mail.has_content if is_unread is None else is_unread
    values = {"sentences": [one.as_values() for one in sentences], "is_unread": unread}
    notify(act, [letter(Template.DONE, _sheet(act, mail), values)], cause=mail.incoming)


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
    saved = names_of(files(act.settings.saved_replies.folder)) if mail.ticket else []
    values = {"commands": _usages(act, mail), "saved": saved[:_MOST_NAMED], "more_saved": len(saved) > _MOST_NAMED}
    notify(act, [letter(Template.STAFF_HELP, _sheet(act, mail), values)], cause=mail.incoming)
    return carried_out(mail)


def queued(act: Act, mail: StaffMail) -> Settled:
    """`!queue`: the open tickets as they are now."""
    notify(act, queue_for(act, [mail.writer]), cause=mail.incoming)
    return carried_out(mail)


def _sheet(act: Act, mail: StaffMail) -> Sheet:
    return sheet_for(act, mail.writer, ticket=mail.ticket, answers=mail.incoming)


def _usages(act: Act, mail: StaffMail) -> Sequence[Mapping[str, str]]:
    """Without what would do nothing on this ticket."""
    ticket, idle = mail.ticket, set[Verb]()
    if not act.settings.saved_replies.folder:
        idle.add(staff.REPLY)
    if ticket is not None:
        idle |= staff.idle(staff.standing_of(ticket, mail.writer.id))
        if not spool.held_for(act.conn, mail.writer.id, ticket.id):
            idle.add(staff.SEND)
        acts = staff_acts.on_ticket(act.conn, ticket.id)
        if not any(one.outbox_ids for one in acts if one.staff_id == mail.writer.id):
            idle.add(staff.UNDO)
    place = place_of(act, mail.writer, Where.TICKET if ticket else Where.NEW)
    return [staff.STAFF.used(verb, place) for verb in staff.STAFF.verbs if verb.works_in(place) and verb not in idle]
