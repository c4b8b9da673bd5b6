"""Budgets of what comes in: whoever sends more than a person would is no longer worked on by a program alone.

What is beyond a budget is held with the reason, or joins its ticket in silence; a release by a person overrules both.
"""

from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.letters.kind import Template
from mailgate.letters.notice import gist_of
from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Level
from mailgate.people import Registered, Staff, Stranger
from mailgate.tickets.flood import DAY, HOUR, Crowd, crowd, is_flood
from mailgate.tickets.ticket import Ticket
from store.desk import floods
from store.post import outbox, spool


def flood_of_tickets(act: Act, incoming: Incoming, sender: Registered | Stranger) -> str | None:
    """Why this mail may not open one more ticket; None when it may."""
    budgets = act.settings.budgets
    if incoming.lent.released:
        return None
    if isinstance(sender, Stranger):
        most = budgets.tickets_of_strangers_per_hour
        came = floods.opened_by_strangers(act.conn, since=act.now - HOUR) if most else 0
        return f"flood: {came} tickets of strangers within an hour" if most and came >= most else None
    verified = incoming.evidence.at_least(Level.SPF)
    hour = budgets.tickets_per_sender_hour if verified else budgets.tickets_per_unverified_sender_hour
    day = budgets.tickets_per_sender_day
    opened = floods.nth_last_opened(act.conn, sender.contacts[0].id, hour or 1, day or 1)
    for most, nth_last, window, words in ((hour, opened[0], HOUR, "an hour"), (day, opened[1], DAY, "a day")):
        if most and is_flood(nth_last, window, now=act.now):
            return f"flood: {most} {'' if verified else 'unverified '}tickets of this sender within {words}"
    return None


def flood_in_ticket(act: Act, incoming: Incoming, ticket: Ticket) -> str | None:
    """Why a person's mail may not join its ticket as others do; None when it may."""
    most = act.settings.budgets.mails_per_ticket_hour
    if incoming.lent.released or incoming.automatic or not most or ticket.messages < most:
        return None
    came = floods.recent_mails(act.conn, ticket.id, automatic=False, since=act.now - HOUR, at_most=most)
    return f"flood: {came} mails to this ticket within an hour" if crowd(came, most) is Crowd.BEYOND else None


def programs_within_hour(act: Act, incoming: Incoming, ticket: Ticket) -> int:
    """How many mails of programs a program's mail finds in its ticket, within the last hour."""
    most = act.settings.budgets.machine_mails_per_ticket_hour
    if not incoming.automatic or not most or ticket.messages < most - 1:
        return 0
    return floods.recent_mails(act.conn, ticket.id, automatic=True, since=act.now - HOUR, at_most=most)


def flood_of_returned(
    act: Act, incoming: Incoming, writer: Staff, ticket: Ticket | None
) -> tuple[Disposition, str] | None:
    """Why this mail of staff does not go back to its writer once more, and what becomes of it; None when it goes back.

    Somebody's responder, which no sign tells from a person, answers whatever comes back to him.
    """
    if incoming.lent.released:
        return None
    if went_back(act, incoming, writer, ticket):
        return repeated(act, incoming), "the same words went back to this writer within a day"
    most = act.settings.budgets.returned_per_staff_hour
    if most and outbox.recent_to(act.conn, writer.address, (Template.RETURNED,), since=act.now - HOUR) >= most:
        return Disposition.HELD, f"flood: {most} mails went back to this writer within an hour"
    return None


def recorded(act: Act, incoming: Incoming) -> tuple[Disposition, str]:
    """What becomes of a mail of staff that a program wrote, or seems to have written, and why."""
    reason = incoming.automatic or ""
    if not incoming.automatic_is_doubtful:
        return Disposition.AUTOMATIC, reason
    return repeated(act, incoming), f"perhaps the answer of a program ({reason})"


def repeated(act: Act, incoming: Incoming) -> Disposition:
    """What becomes of a mail of staff that says again what was answered already: it is held once, for staff to see.

    They are told of held mail, which a responder answers, too: so while one of its mails is held, others are not.
    """
    held = spool.listing(act.conn, dispositions=(Disposition.HELD,), finished_after=act.now - DAY)
    seen = any(mail.outcome.author == str(incoming.author) for mail in held)
    return Disposition.AUTOMATIC if seen else Disposition.HELD


def went_back(act: Act, incoming: Incoming, writer: Staff, ticket: Ticket | None) -> bool:
    """The very words of this mail, about the same ticket, were returned to their writer within a day."""
    return outbox.was_said(
        act.conn,
        Template.RETURNED,
        writer.address,
        gist_of(incoming.message.reply_text),
        ticket_id=ticket.id if ticket else None,
        since=act.now - DAY,
    )
