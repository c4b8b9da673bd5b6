"""The open tickets as a mail to staff: each morning, and whenever one asks for it by `!queue`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from mailgate.billing.promise import PromiseKind
from mailgate.commands.place import Place, Where
from mailgate.config import Settings
from mailgate.config.settings import QueueList
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.staff.place import of_queue
from mailgate.flows.story.act import Act
from mailgate.flows.story.morning import morning
from mailgate.flows.story.place import place_of
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice
from mailgate.mail.address_token import Purpose
from mailgate.people import Staff, present
from mailgate.tickets import notices
from mailgate.tickets.verbs.lists import CLOSE, MINE, QUEUE, WAIT
from store import people
from store.post import lists
from store.views import time_given
from store.views.figures import waiting
from store.views.time_given import TimeLine

_A_DAY = timedelta(days=1)

LISTED_TICKETS = 25
"""Tickets that one list names: more would be clipped by clients. It says that there are more."""


def queue_at(conn: Connection, settings: Settings, at: datetime) -> datetime | None:
    """When this morning's list is due; None when it was written, or not wanted, or nobody has waited so long."""
    if settings.desk_rules.queue_list is not QueueList.DAILY:
        return None
    begin = morning(at, settings)
    if lists.was_written(conn, Template.QUEUE, begin):
        return None
    lines = waiting(conn, limit=1)
    has_waited = bool(lines) and lines[0].since < begin
    is_wanted = has_waited or bool(time_given.in_vain(conn, since=begin - _A_DAY, until=begin, limit=1))
    return begin if is_wanted and people.list_staff(conn) else None


def tell_queue(act: Act) -> None:
    """Send it to everybody who answers and is there, unless somebody else has since it was found to be due."""
    if queue_at(act.conn, act.settings, act.now) is None:
        return
    readers = present(people.list_staff(act.conn), now=act.now)
    notify(act, queue_for(act, readers, of_morning=morning(act.now, act.settings)), cause=None)


def queue_for(act: Act, readers: Sequence[Staff], *, of_morning: datetime | None = None) -> list[Notice]:
    """The list as it is now, to these of the staff; `of_morning`: but to nobody who has got that one."""
    found = waiting(act.conn, limit=LISTED_TICKETS + 1, pressing_first=True)
    lines = [
        notices.QueuedTicket(
            number=ticket.id,
            subject=ticket.subject,
            customer=ticket.customer or "",
            waits=act.now - ticket.since,
            assignee=ticket.assignee or "",
            page=staff_page(act, f"tickets/{ticket.id}"),
            priority=ticket.priority.value if ticket.priority else "",
        )
        for ticket in found[:LISTED_TICKETS]
    ]
    since, until = morning(act.now, act.settings) - _A_DAY, of_morning or act.now
    found_open = time_given.in_vain(act.conn, since=since, until=until, limit=LISTED_TICKETS)
    unpaid = [_unpaid(act, one) for one in found_open]
    numbers, more = [line.number for line in lines], len(found) > LISTED_TICKETS
    written = []
    for reader in readers:
        list_id = lists.add(act.conn, Template.QUEUE, reader.id, numbers, morning=of_morning, now=act.now)
        if list_id is not None:
            place = place_of(act, reader, Where.NEW, listed=of_queue(numbers))
            written.append(
                notices.queue(
                    sheet_for(act, reader, about=(Purpose.LIST, list_id)),
                    lines,
                    unpaid=unpaid,
                    more=more,
                    usage=QUEUE.usage(place),
                    decisions=partial(_decisions, place),
                    list_id=list_id,
                )
            )
    return written


def _unpaid(act: Act, one: TimeLine) -> notices.UnpaidAfterAll:
    page = staff_page(act, f"customers/{one.customer_id}")
    return notices.UnpaidAfterAll(one.customer, one.number, one.until_on, one.kind is PromiseKind.PAID, page)


def _decisions(place: Place, number: int) -> list[str]:
    return [QUEUE.example(verb, place, number) for verb in (MINE, CLOSE, WAIT)]
