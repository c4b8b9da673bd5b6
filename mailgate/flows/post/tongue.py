"""In which language a mail of ours is written, and with the times of which zone: those of its reader."""

from dataclasses import replace

from mailgate.flows.post.obstacle import Readers
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Audience
from mailgate.letters.notice import Notice
from mailgate.mail.address import address_key
from mailgate.people import Tongue
from store import people


def in_tongue(act: Act, notice: Notice, readers: Readers) -> Notice:
    """The same in the language of the customer whom it is for; staff and strangers get the gate's own."""
    tongue = None if _is_for_staff(act, notice, readers) else _of_customer(act, notice, readers)
    gate = act.settings.gate
    tongue = tongue or Tongue(gate.language, gate.timezone)
    return replace(notice, locale=tongue.language, zone=tongue.timezone)


def _is_for_staff(act: Act, notice: Notice, readers: Readers) -> bool:
    match notice.template.kind.audience:
        case Audience.STAFF:
            return True
        case Audience.READERS | Audience.CONTACTS:
            return False
        case Audience.ASKED | Audience.AUTHOR:  # either may be asked, and either writes
            return notice.customer_id is None and address_key(notice.to_address) in {
                address_key(one.address) for one in act.staff
            }


def _of_customer(act: Act, notice: Notice, readers: Readers) -> Tongue | None:
    if notice.ticket_id in readers.tongues:
        return readers.tongues[notice.ticket_id]
    if notice.customer_id is not None:
        return readers.by_customer.get(notice.customer_id) or people.tongue_of(act.conn, notice.customer_id)
    theirs = people.contacts_with(act.conn, notice.to_address)
    latest = max(theirs, key=lambda one: (one.active_at, one.id), default=None)
    return people.tongue_of(act.conn, latest.customer_id) if latest else None
