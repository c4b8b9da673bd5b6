"""Staff hear once of a run that was stopped: nothing is billed until one of them has looked."""

from datetime import datetime

from sqlalchemy import Connection

from mailgate.config import Settings
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.letters.notice import stamp
from mailgate.people import present
from store import people
from store.billing import runs
from store.post import outbox


def stopped_at(conn: Connection, _settings: Settings, _at: datetime) -> datetime | None:
    """Since when staff are to be told; None: no run was stopped, they were told, or there is nobody."""
    since = runs.stopped_at(conn)
    if since is None or not people.list_staff(conn):
        return None
    last = outbox.last_written(conn, Template.BILLING_STOPPED)
    return since if last is None or last < since else None


def tell_stopped(act: Act) -> None:
    """Tell whoever is there, unless somebody did meanwhile."""
    since = stopped_at(act.conn, act.settings, act.now)
    if since is None or since > act.now:
        return
    values = {"why": runs.stopped(act.conn), "stopped_at": stamp(since)}
    told = [
        letter(Template.BILLING_STOPPED, sheet_for(act, reader), values)
        for reader in present(people.list_staff(act.conn), now=act.now)
    ]
    notify(act, told, cause=None)
