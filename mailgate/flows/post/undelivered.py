"""A mail of ours did not reach its reader: ticket and staff hear of it, the address is remembered, another is tried."""

from mailgate.flows.post.another_reader import for_another_reader
from mailgate.flows.post.failure import is_of_the_ladder, undelivered_notices
from mailgate.flows.post.notify import notify
from mailgate.flows.post.standing import remember
from mailgate.flows.story.act import Act
from mailgate.mail.address_failure import AddressFailure
from mailgate.tickets.ticket import PROGRAM, Doer
from store.billing import dunning
from store.post.outbox import Outgoing


def tell_undelivered(
    act: Act,
    row: Outgoing,
    reply_line: str,
    *,
    failure: AddressFailure = AddressFailure.NOTHING,
    is_certain: bool = True,
    doer: Doer = PROGRAM,
) -> None:
    """Record the failure on its ticket, queue a mail to each staff member, and what must arrive to the next contact.

    `failure`: what it says against the address; staff are written to all the same, for a silent desk would be worse.
    `is_certain`: it has not arrived; of what may have, nobody else gets a copy.
    """
    kind = row.notice.template.kind
    if not kind.is_for_staff:
        remember(act, row.notice.to_address, reply_line, failure)
    if is_of_the_ladder(kind) and row.notice.customer_id is not None:
        dunning.look_soon(act.conn, row.notice.customer_id, now=act.now)
    instead = for_another_reader(act, row) if is_certain else None
    notify(act, undelivered_notices(act, row, reply_line, doer=doer, instead=instead), cause=None)
    if instead is not None:
        notify(act, [instead], cause=None)
