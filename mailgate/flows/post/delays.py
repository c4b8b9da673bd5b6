"""Staff hear once of each mail to customers that is long on its way, in one mail for all of them, once an hour."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.record import record
from mailgate.letters.kind import LATE_IS_TOLD, Template
from mailgate.people import present
from mailgate.tickets import notices
from mailgate.tickets.ticket import Event
from store import people
from store.desk import tickets
from store.post import outbox

PAUSE = timedelta(hours=1)
"""A smarthost that is down makes all mail late, one after the other."""

LISTED_MAILS = 20


def delay_at(conn: Connection, settings: Settings, at: datetime) -> datetime | None:
    """When staff must next be told of late mail; None: there is none, or nobody to tell."""
    patience = timedelta(hours=settings.smarthost.delay_notice_hours)
    oldest = outbox.late(conn, LATE_IS_TOLD, limit=1) if patience else ()
    if not oldest or oldest[0].created_at + patience > at or not people.list_staff(conn):
        return None
    last = outbox.last_written(conn, Template.DELAYED)
    return max(oldest[0].created_at + patience, last + PAUSE) if last else oldest[0].created_at + patience


def tell_delays(act: Act) -> None:
    """Tell the staff, and note it on the tickets; nothing is told twice."""
    due_at = delay_at(act.conn, act.settings, act.now)
    if due_at is None or due_at > act.now:
        return
    patience = timedelta(hours=act.settings.smarthost.delay_notice_hours)
    late = [row for row in outbox.late(act.conn, LATE_IS_TOLD) if row.created_at + patience <= act.now]
    tickets.lock(act.conn, (row.notice.ticket_id for row in late if row.notice.ticket_id is not None))
    outbox.mark_late_told(act.conn, [row.id for row in late], now=act.now)
    for row in late:
        ticket = tickets.find(act.conn, row.notice.ticket_id) if row.notice.ticket_id is not None else None
        if ticket is not None:
            to_address, reply = row.notice.to_address, row.last_reply or ""
            record(act, ticket, Event.DELAYED, mail=row.id, to=to_address, reply=reply)
    mails = [
        notices.LateMail(row.id, row.created_at, row.notice.to_address, row.subject or "", row.last_reply or "")
        for row in late
    ]
    lifetime = act.settings.smarthost.lifetime_hours
    told = [
        notices.delayed(sheet_for(act, reader), mails, listed=LISTED_MAILS, lifetime_hours=lifetime)
        for reader in present(people.list_staff(act.conn), now=act.now)
    ]
    notify(act, told, cause=None)
