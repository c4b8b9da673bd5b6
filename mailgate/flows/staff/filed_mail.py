"""Mail of customers that was filed as a program's and is in no ticket: the list of the morning names it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr

from sqlalchemy import Connection

from mailgate.mail.disposition import Disposition
from store import people
from store.post import spool
from store.post.spool import Accepted

_PROGRAMS = (Disposition.AUTOMATIC, Disposition.BOUNCE)
_MOST = 500
"""Of the newest mails of programs that are looked at: more a day are those of a loop, or of many strangers."""


def filed(conn: Connection, hour: datetime) -> Sequence[Accepted]:
    """What was filed within the day before this hour, oldest first. A person may have written it after all."""
    since = hour - timedelta(days=1)
    found = [
        mail
        for disposition in _PROGRAMS
        for mail in spool.newest_without_ticket(conn, disposition, limit=_MOST)
        if mail.finished_at and since < mail.finished_at <= hour
    ]
    addresses = {mail.id: parseaddr(mail.outcome.author or "")[1] for mail in found}
    known = people.registered_among(conn, addresses.values())
    return sorted((mail for mail in found if addresses[mail.id] in known), key=lambda mail: mail.id)
