"""Budgets of what comes in: whoever sends more than a person would is no longer worked on by a program alone.

What is beyond a budget is held with the reason, or joins its ticket in silence; a release by a person overrules both.
"""

from mailgate.flows.act import Act
from mailgate.flows.incoming import Incoming
from mailgate.mail.evidence import Level
from mailgate.people import Registered, Stranger
from mailgate.tickets.flood import DAY, HOUR, Crowd, crowd, is_flood
from mailgate.tickets.ticket import Ticket
from store import tickets


def flood_of_tickets(act: Act, incoming: Incoming, sender: Registered | Stranger) -> str | None:
    """Why this mail may not open one more ticket; None when it may."""
    budgets = act.settings.budgets
    if incoming.lent.released:
        return None
    if isinstance(sender, Stranger):
        most = budgets.tickets_of_strangers_per_hour
        came = tickets.opened_by_strangers(act.conn, since=act.now - HOUR) if most else 0
        return f"flood: {came} tickets of strangers within an hour" if most and came >= most else None
    verified = incoming.evidence.at_least(Level.SPF)
    hour = budgets.tickets_per_sender_hour if verified else budgets.tickets_per_unverified_sender_hour
    day = budgets.tickets_per_sender_day
    opened = tickets.nth_last_opened(act.conn, sender.contacts[0].id, hour or 1, day or 1)
    for most, nth_last, window, words in ((hour, opened[0], HOUR, "an hour"), (day, opened[1], DAY, "a day")):
        if most and is_flood(nth_last, window, now=act.now):
            return f"flood: {most} {'' if verified else 'unverified '}tickets of this sender within {words}"
    return None


def flood_in_ticket(act: Act, incoming: Incoming, ticket: Ticket) -> str | None:
    """Why a person's mail may not join its ticket as others do; None when it may."""
    most = act.settings.budgets.mails_per_ticket_hour
    if incoming.lent.released or incoming.automatic or not most or ticket.messages < most:
        return None
    came = tickets.recent_mails(act.conn, ticket.id, automatic=False, since=act.now - HOUR, at_most=most)
    return f"flood: {came} mails to this ticket within an hour" if crowd(came, most) is Crowd.BEYOND else None


def programs_within_hour(act: Act, incoming: Incoming, ticket: Ticket) -> int:
    """How many mails of programs a program's mail finds in its ticket, within the last hour."""
    most = act.settings.budgets.machine_mails_per_ticket_hour
    if not incoming.automatic or not most or ticket.messages < most - 1:
        return 0
    return tickets.recent_mails(act.conn, ticket.id, automatic=True, since=act.now - HOUR, at_most=most)
