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
from mailgate.mail.address import parse_mailbox
from mailgate.mail.address_token import Purpose
from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Level
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.refused import english
from mailgate.tickets.result import Held, Item
from mailgate.tickets.ticket import Ticket
from store.post import outbox


def hold(
    act: Act,
    incoming: Incoming,
    writer: Staff,
    ticket: Ticket | None,
    reason: str,
    *,
    why: Held,
    mends: int | None = None,
) -> Settled:
    """A person decides; whoever is named as its writer hears of it at once, at the address that is registered.

    `mends`: the mail of ours that it was to tell the right address of; so is the next answer then.
    """
    tell_held(act, incoming, writer, ticket, why, mends=mends)
    number = ticket.id if ticket else None
    return Settled(Disposition.HELD, reason, ticket_id=number, evidence=incoming.evidence)


def tell_held(
    act: Act, incoming: Incoming, writer: Staff, ticket: Ticket | None, why: Held, *, mends: int | None = None
) -> None:
    """Say why it waits and what helps; the same words once a day: a forger or responder would go on for ever."""
    since = act.now - timedelta(hours=1)
    lately = outbox.recent_to(act.conn, writer.address, (Template.RETURNED,), since=since)
    if lately >= act.settings.budgets.returned_per_staff_hour or went_back(act, incoming, writer, ticket):
        return
    sheet = sheet_for(act, writer, ticket=ticket, answers=incoming, about=_mending(mends))
    domain = parse_mailbox(writer.address).domain
    words, shows_words = incoming.message.reply_text, why is not Held.SPAM
    notify(act, [notices.held_back(sheet, why, domain=domain, words=words, shows_words=shows_words)], cause=incoming)


def why_unproved(incoming: Incoming) -> Held:
    """What a mail of staff lacks that is held for its evidence, and for which no question can be put."""
    if incoming.evidence.at_least(Level.DKIM):
        return Held.ELSEWHERE
    return Held.UNPROVED if incoming.evidence.at_least(Level.UNKNOWN) else Held.FORGED


def send_back(act: Act, mail: StaffMail, why: Refusal, *, mends: int | None = None) -> Settled:
    """Nothing was done; the writer gets his words back with the reason, and can answer that mail."""
    if flood := flood_of_returned(act, mail.incoming, mail.writer, mail.ticket):
        disposition, reason = flood
        return Settled(
            disposition,
            f"{reason}; not understood: {english(why.reason)}",
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
        mends=mends,
    )
    notify(act, [notice], cause=mail.incoming)
    return Settled(
        Disposition.COMMAND,
        f"returned to its writer: {english(why.reason)}",
        ticket_id=mail.ticket.id if mail.ticket else None,
        evidence=mail.incoming.evidence,
    )


def _returned(
    act: Act,
    incoming: Incoming,
    writer: Staff,
    ticket: Ticket | None,
    *,
    reason: Item,
    misread: Sequence[Misread] = (),
    corrected: Sequence[str] = (),
    mends: int | None = None,
) -> Notice:
    sheet = sheet_for(act, writer, ticket=ticket, answers=incoming, about=_mending(mends))
    words = incoming.message.reply_text
    return notices.returned(
        sheet, reason=reason, misread=misread, corrected=corrected, words=words, answered=incoming.message.subject
    )


def _mending(lost_id: int | None) -> tuple[Purpose, int] | None:
    return (Purpose.MEND, lost_id) if lost_id else None
