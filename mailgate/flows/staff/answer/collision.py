"""An answer that was written before a colleague's act on the ticket is held for its writer, who decides."""

from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import carried_out, told
from mailgate.flows.story.act import Act
from mailgate.flows.story.review import NotHeld, refuse, release
from mailgate.flows.story.settled import Settled
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.tickets import acts, notices
from mailgate.tickets.acts import StaffAct
from mailgate.tickets.notices import Deeds
from mailgate.tickets.result import Done, item
from mailgate.tickets.ticket import Ticket
from store import people
from store.desk import staff_acts
from store.desk.staff_acts import Shown
from store.post import spool


def crossed(act: Act, mail: StaffMail, ticket: Ticket) -> tuple[StaffAct, ...]:
    """What colleagues did that the writer had not seen; nothing for a mail that tells the customer nothing."""
    if not mail.is_reply or mail.incoming.lent.released:
        return ()
    shown = staff_acts.shown(act.conn, ticket.id, mail.writer.address)
    answered = _answered(mail, shown)
    came_at = mail.incoming.lent.envelope.received_at
    # Without a reference nobody knows what he had before him: the last mail that he can have read.
    known = [answered] if answered else [one for one in shown if one.at <= came_at][-1:]
    if not known:
        return ()
    done = staff_acts.on_ticket(act.conn, ticket.id)
    return acts.unseen(done, reader_id=mail.writer.id, seen_at=known[0].at)


def hold_crossed(act: Act, mail: StaffMail, ticket: Ticket, done: tuple[StaffAct, ...]) -> Settled:
    """The writer gets both texts; nobody else is told."""
    names = {one.id: one.name for one in people.list_staff(act.conn)}
    words = staff_acts.words_of(act.conn, [one.entry_id for one in done if one.entry_id is not None])
    deeds = [
        Deeds(
            names.get(one.staff_id, ""),
            one.done,
            one.at,
            words.get(one.entry_id, "") if one.entry_id is not None else "",
        )
        for one in done
    ]
    notice = notices.collision(
        sheet_for(act, mail.writer, ticket=ticket, answers=mail.incoming),
        deeds=deeds,
        words=mail.words,
        mail_id=mail.incoming.lent.spool_id,
    )
    notify(act, [notice], cause=mail.incoming)
    return Settled(
        Disposition.HELD,
        "a colleague was quicker: " + "; ".join(f"{one.by or 'somebody'} {acts.told(one.done)}" for one in deeds),
        ticket_id=ticket.id,
        evidence=mail.incoming.evidence,
        held_for=mail.writer.id,
    )


def send(act: Act, mail: StaffMail) -> Settled:
    """`!send`: the held answer is processed after all; twice is the same as once."""
    assert mail.ticket is not None
    waiting = spool.held_for(act.conn, mail.writer.id, mail.ticket.id)
    answered = _answered(mail, staff_acts.shown(act.conn, mail.ticket.id, mail.writer.address))
    named = answered.mail_id if answered and answered.template is Template.COLLISION else None
    which = named or next(reversed(waiting), None)
    if which is None:
        return told(act, mail, item(Done.NONE_HELD))
    try:
        release(act.conn, which, by=_by(mail), now=act.now)
    except NotHeld:
        return told(act, mail, item(Done.HELD_NO_MORE))
    return carried_out(mail)


def drop_held(act: Act, mail: StaffMail, ticket: Ticket) -> None:
    """Whoever writes anew has given up what is held for him."""
    if mail.is_reply and not mail.incoming.lent.released:
        for spool_id in spool.held_for(act.conn, mail.writer.id, ticket.id):
            refuse(act.conn, spool_id, by=f"{_by(mail)}, who wrote anew", is_spam=False, now=act.now)


def _answered(mail: StaffMail, shown: tuple[Shown, ...]) -> Shown | None:
    """The mail of ours that this one answers: In-Reply-To, else the last one in References."""
    by_id = {one.message_id: one for one in shown}
    message = mail.incoming.message
    ids = (*message.in_reply_to, *reversed(message.references))
    return next((by_id[one] for one in ids if one in by_id), None)


def _by(mail: StaffMail) -> str:
    return f"{mail.writer.name}, by mail {mail.incoming.lent.spool_id}"
