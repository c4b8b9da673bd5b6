"""Staff hear of held mail: at once, at most once an hour, and each morning of all that still waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from textwrap import shorten, wrap

from sqlalchemy import Connection

from mailgate.commands.place import Place, Where
from mailgate.config import Settings
from mailgate.confirmation import ConfirmKind
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.staff.filed_mail import filed
from mailgate.flows.staff.place import of_held
from mailgate.flows.story.act import Act
from mailgate.flows.story.morning import morning
from mailgate.flows.story.place import place_of
from mailgate.letters.kind import Template
from mailgate.mail.address_token import Purpose
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from mailgate.mail.parse import parse
from mailgate.people import present
from mailgate.tickets import notices
from mailgate.tickets.verbs.lists import HELD, REFUSE, RELEASE, SPAM
from store import people
from store.archive import contents
from store.post import confirmations, leases, lists, spool
from store.post.spool import Accepted

LISTED_MAILS = 20
"""Mails that one list names: more would be clipped by clients. It says how many more there are."""

MAX_READ = 65_536
"""Bytes of a mail of which the list shows how it begins; of larger ones the page does."""

_LINES = 5
_WIDTH = 72


def alert_at(conn: Connection, settings: Settings, at: datetime) -> datetime | None:
    """When staff must next be told of held mail: at once, but not more often than the budget; None: nothing to tell.

    The list of the day names whatever an alert would: while it is due there is none.
    """
    digest = digest_at(conn, settings, at)
    if digest is not None and digest <= at:
        return None
    last = lists.last(conn, Template.HELD_ALERT)
    not_before = last + timedelta(minutes=settings.budgets.held_alert_minutes) if last else None
    if (not_before and not_before > at) or not people.list_staff(conn):
        return None
    untold = [mail.finished_at for mail in _untold(conn, at) if mail.finished_at]
    return max(filter(None, (min(untold), not_before))) if untold else None


def digest_at(conn: Connection, settings: Settings, at: datetime) -> datetime | None:
    """When the list of this day is due; None when it was sent, or nothing waits and nothing was filed."""
    hour = morning(at, settings)
    if lists.was_written(conn, Template.HELD_ALERT, hour):
        return None
    waiting = spool.listing(conn, dispositions=tuple(AWAITING_REVIEW), for_all=True, limit=1)
    is_old = bool(waiting) and waiting[0].received_at < hour
    return hour if (is_old or filed(conn, hour)) and people.list_staff(conn) else None


def tell(act: Act, *, daily: bool) -> None:
    """Tell the staff of all mail that was held since they were last told; `daily`: of all that waits, or was filed.

    Nothing is told twice: somebody else may have done it, or decided on the mails, since it was found to be due.
    """
    conn, settings, now = act.conn, act.settings, act.now
    due_at = (digest_at if daily else alert_at)(conn, settings, now)
    if due_at is None or due_at > now:
        return
    waiting = spool.listing(conn, dispositions=tuple(AWAITING_REVIEW), for_all=True) if daily else _untold(conn, now)
    held, of_morning = _named(act, waiting), morning(now, settings) if daily else None
    ids, of_programs = [mail.id for mail in held], _named(act, filed(conn, of_morning)) if of_morning else []
    told = []
    for reader in present(people.list_staff(conn), now=now):
        list_id = lists.add(conn, Template.HELD_ALERT, reader.id, ids, morning=of_morning, now=now)
        if list_id is not None:
            place = place_of(act, reader, Where.NEW, listed=of_held(ids))
            told.append(
                notices.held_alert(
                    sheet_for(act, reader, about=(Purpose.LIST, list_id)),
                    held,
                    listed=LISTED_MAILS,
                    daily=daily,
                    filed=of_programs,
                    usage=HELD.usage(place),
                    decisions=partial(_decisions, place),
                    list_id=list_id,
                )
            )
    notify(act, told, cause=None)


def _decisions(place: Place, number: int) -> list[str]:
    return [HELD.example(verb, place, number) for verb in (RELEASE, REFUSE, SPAM)]


def _named(act: Act, mails: Sequence[Accepted]) -> list[notices.HeldMail]:
    # An answer to the list quotes it: with the words of spam it would be taken for spam itself.
    shown = [mail for mail in mails[:LISTED_MAILS] if mail.outcome.disposition is not Disposition.QUARANTINED]
    raw = contents(act.conn, [mail.sha256 for mail in shown if mail.size <= MAX_READ])
    return [
        notices.HeldMail(
            mail.id,
            mail.received_at,
            mail.outcome.author or "unknown sender",
            mail.outcome.subject or "",
            mail.outcome.reason or "",
            _beginning(raw[mail.sha256]) if mail.sha256 in raw else "",
            staff_page(act, f"inbox/{mail.id}"),
        )
        for mail in mails
    ]


def _beginning(raw: bytes) -> str:
    """The first lines of what somebody wrote."""
    message = parse(raw)
    lines = [line.strip() for line in (message.reply_text or message.text or message.html_text or "").split("\n")]
    words = "\n".join(shorten(line, 4 * _WIDTH, placeholder=" …") for line in lines if line)
    folded = [part for line in words.split("\n") for part in wrap(line, _WIDTH)]
    return "\n".join(folded[:_LINES]) + (" …" if len(folded) > _LINES else "")


def _untold(conn: Connection, at: datetime) -> Sequence[Accepted]:
    """The mails waiting for a decision that no alert has named.

    One that waits for the yes of its writer is told of by the list of the morning, if it still waits by then.
    """
    asked = confirmations.open_about(conn, ConfirmKind.STAFF_MAIL, now=at)
    return tuple(mail for mail in _unnamed(conn) if mail.id not in asked)


def _unnamed(conn: Connection) -> Sequence[Accepted]:
    """Whether somebody else decides on them or not.

    One that was being processed while an alert was written is held after it, but as of an earlier instant.
    """
    last = lists.last(conn, Template.HELD_ALERT)
    waiting = tuple(AWAITING_REVIEW)
    if last is None:
        return spool.listing(conn, dispositions=waiting, for_all=True)
    since = last - leases.LEASE
    told = lists.since(conn, Template.HELD_ALERT, since)
    named_at = {mail_id: one.created_at for one in told for mail_id in one.ids}
    held = spool.listing(conn, dispositions=waiting, finished_after=since, for_all=True)
    return tuple(mail for mail in held if mail.finished_at and named_at.get(mail.id, since) < mail.finished_at)
