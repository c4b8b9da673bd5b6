"""Mails to many customers go out a few a minute: each look writes to the next ones, and whoever dies between two."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.desks import desk_named
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from store import people
from store.post import announcements

MINUTE = timedelta(minutes=1)


def overdue(conn: Connection, settings: Settings, at: datetime) -> Sequence[tuple[int, datetime]]:
    """Those whose next readers are to be written to."""
    return announcements.overdue(conn, at=at)


def go_on(act: Act, number: int) -> None:
    """Write to the next readers, each once: who had his turn is kept in the transaction that queues the mails."""
    one = announcements.locked(act.conn, number)
    if one is None or one.due_at is None or one.due_at > act.now:
        return
    turn = one.contact_ids[one.sent : one.sent + act.settings.announcements.per_minute]
    writer = next((staff.name for staff in act.staff if staff.id == one.staff_id), act.settings.gate.company)
    desk = desk_named(one.desk, act.settings.desks)
    mails = []
    for contact_id in turn:
        contact = people.find_contact(act.conn, contact_id)
        if contact is not None:  # else he has left meanwhile
            sheet = replace(sheet_for(act, contact, subject=one.subject), desk=desk)
            values = {"text": one.text, "staff_name": writer}
            from_name = f"{writer} ({sheet.company})"
            mails.append(letter(Template.ANNOUNCEMENT, sheet, values, writer=from_name))
    sent = one.sent + len(turn)
    is_over = sent >= len(one.contact_ids)
    announcements.go_on(act.conn, number, sent=sent, due_at=None if is_over else act.now + MINUTE)
    notify(act, mails, cause=None)
