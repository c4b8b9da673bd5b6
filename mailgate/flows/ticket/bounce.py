"""A delivery report comes back: it counts only when it answers the return address of a mail that we sent."""

from mailgate.flows.post.undelivered import tell_undelivered
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of, record
from mailgate.flows.story.settled import Settled
from mailgate.mail.address import address_key
from mailgate.mail.address_failure import AddressFailure, failure_of
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.mail.bounces.bounce import Bounce
from mailgate.mail.bounces.finding import BounceAction
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import Event
from store.desk import tickets
from store.post import outbox


def bounce(act: Act, incoming: Incoming, report: Bounce) -> Settled:
    """Mark the mail that did not arrive and tell the staff; a report without our token is kept and changes nothing."""
    token = incoming.token(Purpose.VERP)
    row = outbox.show(act.conn, token.object_id) if isinstance(token, AddressToken) else None
    if row is None:
        return Settled(Disposition.BOUNCE, "it answers no return address of ours; nothing was done")
    words = "; ".join(
        f"{one.address} {one.action.value}{f' ({one.status})' if one.status else ''}" for one in report.recipients
    )
    reply_line = words or "the report names no recipient"
    ticket_id = row.notice.ticket_id
    if ticket_id is not None:
        tickets.lock(act.conn, (ticket_id,))
    doer = doer_of(incoming)
    delayed = report.recipients and all(one.action is BounceAction.DELAYED for one in report.recipients)
    if delayed or not outbox.mark_bounced(act.conn, row.id, reply=f"bounced: {reply_line}"):
        ticket = tickets.find(act.conn, ticket_id) if ticket_id is not None else None
        if ticket is not None:
            event = Event.DELAYED if delayed else Event.REPORTED_AGAIN
            record(act, ticket, event, doer=doer, mail=row.id, to=row.notice.to_address, reply=reply_line)
        return Settled(Disposition.BOUNCE, reply_line, ticket_id=ticket_id)
    own = address_key(row.notice.to_address)  # the report may be about whomever the reader has it forwarded to
    said = [one for one in report.recipients if address_key(one.address) == own]
    told = {failure_of(one.status, dead=one.hard) for one in said if one.action is not BounceAction.DELAYED}
    worst = next((one for one in (AddressFailure.DEAD, AddressFailure.COUNTS) if one in told), AddressFailure.NOTHING)
    tell_undelivered(act, row, reply_line, failure=worst, doer=doer)
    return Settled(Disposition.BOUNCE, reply_line, ticket_id=ticket_id)
