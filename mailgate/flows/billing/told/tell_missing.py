"""Staff hear why there is no e-invoice of documents: each reason once, and at most one mail a day."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.people import present
from store import people
from store.billing import einvoice_gaps
from store.post import outbox

LISTED = 20
"""Reasons that a mail names; it says how many more there are."""

PAUSE = timedelta(days=1)


def missing_at(conn: Connection, _settings: Settings, _at: datetime) -> datetime | None:
    """When staff are to be told; None: there is nothing new, or nobody."""
    since = einvoice_gaps.untold_since(conn)
    if since is None or not people.list_staff(conn):
        return None
    last = outbox.last_written(conn, Template.EINVOICE_MISSING)
    return max(since, last + PAUSE) if last else since


def tell_missing(act: Act) -> None:
    """Tell whoever is there, unless somebody did meanwhile."""
    due_at = missing_at(act.conn, act.settings, act.now)
    if due_at is None or due_at > act.now:
        return
    found = einvoice_gaps.untold(act.conn)
    if not einvoice_gaps.tell(act.conn, found, now=act.now):
        return
    rows = [
        {
            "reason": gap.reason,
            "about": gap.about,
            "kind": gap.kind,
            "number": gap.number,
            "customer": gap.customer_id,
        }
        for gap in found[:LISTED]
    ]
    values = {"gaps": rows, "more": len(found) - len(rows)}
    told = [
        letter(Template.EINVOICE_MISSING, sheet_for(act, reader), values)
        for reader in present(people.list_staff(act.conn), now=act.now)
    ]
    notify(act, told, cause=None)
