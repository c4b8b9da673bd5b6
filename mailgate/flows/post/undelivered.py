"""A mail of ours did not reach its reader: the ticket says so, the staff are told, a dead address is remembered."""

from datetime import timedelta

from mailgate.flows.post.failure import undelivered_notices
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.tickets.ticket import PROGRAM, Doer
from store.post import suppressions
from store.post.outbox import Outgoing

SUPPRESSED_FOR = timedelta(days=30)
"""Long enough to spare our name with its mail server, short enough for an address that is made anew."""


def tell_undelivered(act: Act, row: Outgoing, reply_line: str, *, dead: bool = False, doer: Doer = PROGRAM) -> None:
    """Record the failure on its ticket and queue a mail to each staff member.

    `dead`: the address itself cannot receive, so that nothing is sent there for a while; staff are written to all the
    same, for a silent desk would be worse.
    """
    if dead and not row.notice.template.kind.is_for_staff:
        suppressions.add(act.conn, row.notice.to_address, reply_line, since=act.now, until=act.now + SUPPRESSED_FOR)
    notify(act, undelivered_notices(act, row, reply_line, doer=doer), cause=None)
