"""Who else of the customer's people gets what must arrive, when nobody could be reached whom it was for."""

from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.record import record
from mailgate.letters.letter import says_the_same
from mailgate.letters.notice import Notice
from mailgate.mail.address import address_key
from mailgate.people import Contact
from mailgate.tickets import notices
from mailgate.tickets.ticket import Event, Participant
from store import people
from store.desk import tickets
from store.post import outbox, suppressions
from store.post.outbox import Outgoing, OutState

_GONE = frozenset({OutState.FAILED, OutState.CANCELLED})


def for_another_reader(act: Act, row: Outgoing) -> Notice | None:
    """The same mail for the next of the customer's contacts who may read it; None when nobody is left.

    He takes part in the ticket from now on, so that his answer joins it. Whoever could not be reached with it before is
    passed over, and as long as one of its readers may still get it, nobody else does.
    """
    notice, kind = row.notice, row.notice.template.kind
    if not kind.must_arrive or notice.ticket_id is None or notice.customer_id is None:
        return None
    ticket, customer = tickets.find(act.conn, notice.ticket_id), people.find_customer(act.conn, notice.customer_id)
    if ticket is None or customer is None:
        return None
    all_of_kind = outbox.on_ticket(act.conn, notice.ticket_id, notice.template)  # since then it may have been merged
    same = [one for one in all_of_kind if says_the_same(one.notice, notice)]
    if any(one.state not in _GONE and one.id != row.id for one in same):
        return None
    tried = {address_key(one.notice.to_address) for one in (row, *same)}
    left = [one for one in customer.contacts if kind.roles & set(one.roles) and address_key(one.address) not in tried]
    dead = suppressions.reasons(act.conn, [one.address for one in left], now=act.now)
    reader: Contact | None = next((one for one in left if address_key(one.address) not in dead), None)
    if reader is None:
        return None
    if address_key(reader.address) not in {address_key(one.address) for one in ticket.participants}:
        ticket = tickets.admit(act.conn, ticket, Participant(reader.name, reader.address, reader.id))
        ticket = record(act, ticket, Event.READER_ADDED, address=reader.address)
    return notices.to_another(notice, sheet_for(act, reader, ticket=ticket), ticket)
