"""A staff mail that is not carried out: it goes back to its writer with the reason, or is held for a person."""

from collections.abc import Sequence
from datetime import timedelta

from mailgate.commands.misread import Misread
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.refusal import Refusal
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.flood import flood_of_returned, went_back
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice
from mailgate.mail.disposition import Disposition
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.ticket import Ticket
from store.post import outbox


def hold(act: Act, incoming: Incoming, writer: Staff, ticket: Ticket | None, reason: str) -> Settled:
    """A person decides; whoever is named as its writer hears of it at once, at the address that is registered."""
    number = ticket.id if ticket else None
    since = act.now - timedelta(hours=1)
    lately = outbox.recent_to(act.conn, writer.address, (Template.RETURNED,), since=since)
    most = act.settings.budgets.returned_per_staff_hour
    if lately < most and not went_back(act, incoming, writer, ticket):  # a forger or responder would go on for ever
        way_out = "Answer the mail that was sent to you, or have a colleague release it."
        notice = _returned(act, incoming, writer, ticket, reason=f"It is held: {reason}. {way_out}")
        notify(act, [notice], cause=incoming)
    return Settled(Disposition.HELD, reason, ticket_id=number, evidence=incoming.evidence)


def send_back(act: Act, mail: StaffMail, why: Refusal) -> Settled:
    """Nothing was done; the writer gets his words back with the reason, and can answer that mail."""
    if flood := flood_of_returned(act, mail.incoming, mail.writer, mail.ticket):
        disposition, reason = flood
        return Settled(
            disposition,
            f"{reason}; not understood: {why.reason}",
            ticket_id=mail.ticket.id if mail.ticket else None,
            evidence=mail.incoming.evidence,
        )
    notice = _returned(
        act,
        mail.incoming,
        mail.writer,
        mail.ticket,
        reason=why.reason,
        misread=why.lines,
        corrected=() if mail.has_content else mail.corrected,
    )
    notify(act, [notice], cause=mail.incoming)
    return Settled(
        Disposition.COMMAND,
        f"returned to its writer: {why.reason}",
        ticket_id=mail.ticket.id if mail.ticket else None,
        evidence=mail.incoming.evidence,
    )


def _returned(
    act: Act,
    incoming: Incoming,
    writer: Staff,
    ticket: Ticket | None,
    *,
    reason: str,
    misread: Sequence[Misread] = (),
    corrected: Sequence[str] = (),
) -> Notice:
    sheet = sheet_for(act, writer, ticket=ticket, answers=incoming)
    words = incoming.message.reply_text
    return notices.returned(
        sheet, reason=reason, misread=misread, corrected=corrected, words=words, answered=incoming.message.subject
    )
