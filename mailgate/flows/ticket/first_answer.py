"""A new ticket that nobody has answered: who hears of it is told before the time for the first answer is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.flows.story.act import Act
from mailgate.flows.ticket.tell_team import tell_of_time
from mailgate.tickets.notices import Happened
from mailgate.tickets.watchers import readers_of_customer
from store.desk import deadlines, tickets

AT_ONCE = 500

LOOKED_BACK = timedelta(days=14)
"""What is older was there before anybody wanted to be told, or lies for a reason that everybody knows."""


def unanswered(conn: Connection, settings: Settings, at: datetime) -> Iterator[tuple[int, datetime]]:
    """The tickets that staff are to be told of, and since when; none without an aim."""
    rules = settings.desk_rules
    if not rules.first_answer_hours:
        return
    found = deadlines.unanswered(conn, opened_from=at - LOOKED_BACK, opened_until=at - rules.alarm_after, limit=AT_ONCE)
    for number, opened_at in found:
        alarm_at = settings.opening.after(opened_at, rules.alarm_after)
        if alarm_at <= at:
            yield number, alarm_at


def alarm(act: Act, number: int) -> None:
    """Tell them, unless somebody has answered since, or was told before."""
    ticket = tickets.locked(act.conn, (number,)).get(number)
    if ticket is None or not deadlines.is_unanswered(act.conn, number):
        return
    deadlines.mark_alarmed(act.conn, number, now=act.now)
    aim = timedelta(hours=act.settings.desk_rules.first_answer_hours)
    readers = readers_of_customer(ticket, act.staff, now=act.now, zone=act.settings.gate.zone)
    until = act.settings.opening.after(ticket.opened_at, aim)
    tell_of_time(act, ticket, Happened.UNANSWERED, readers, until=until)
