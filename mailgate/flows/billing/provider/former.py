"""What is left with a provider whom the settings name no more.

As long as its key is named it is asked how all that stands, and cancels what it can: nothing new is begun there.
Without the key nobody can be asked. What it has never heard of ends then; all else rests, and staff, who are told of
it, end it by hand.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from mailgate.billing.payment.charging import LONGEST
from mailgate.billing.refund import RefundState
from mailgate.config import Settings
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal
from mailgate.log_events import LogEvent
from store.billing import charges
from store.billing.charges import ENDED_BY_HAND, UNDER_WAY, Charge, Lent, State
from store.billing.offers import Offered, OfferStanding
from store.billing.refunds import Refund

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
LINKS_REST = 30
"""Looks, one a day, after which a link that cannot be switched off is let be."""

MONEY_COMES = timedelta(days=60)
"""After a link was made no money is waited for that nobody can ask of: debits settle, or fail, in weeks."""

BANKS_RETURN = timedelta(days=30)
"""So long banks send back what was refunded."""


class NotEnded(Permanent):
    """A charge that nobody ends by hand; `str()` says why."""


def is_former(provider: str, settings: Settings) -> bool:
    """It is another one than the settings name by now."""
    return provider != settings.payments.provider


def rest_charge(deal: Deal, lent: Lent) -> None:
    """Nobody can be asked about a charge in hand, of a locked account."""
    charge = lent.charge
    if charge.state is State.NEW and charge.attempts == 1:
        charges.end(deal.conn, lent, State.CANCELLED, now=deal.now)
    elif charge.state in UNDER_WAY:
        charges.wait(deal.conn, lent, charge.state, until=deal.now + LONGEST, code=charge.code)
    else:  # it is over for us, and what is owed is a word to a provider that hears none
        charges.is_cancelled(deal.conn, lent)


def end_charge(deal: Deal, charge: Charge, *, because: str, by: str) -> Charge:
    """Staff say that a charge is over of which nobody can be asked; no money is booked. Raises NotEnded."""
    ours = deal.books.settings.payments
    if charge.state not in UNDER_WAY:
        raise NotEnded(f"charge {charge.id} is over: {charge.state}")
    if charge.provider == ours.asked:
        raise NotEnded(
            f"{charge.provider} is asked about charge {charge.id}: `mailgate charge retry {charge.id}` asks at once"
        )
    if not charges.end_by_hand(deal.conn, charge.id, code=f"{ENDED_BY_HAND}: {because}", now=deal.now):
        raise NotEnded(f"charge {charge.id} is in the hands of a worker: try again in some minutes")
    log.info(LogEvent.CHARGE_ENDED(charge=charge.id, customer=charge.customer_id, by=by))
    ended = charges.find(deal.conn, charge.id)
    assert ended is not None
    return ended


def rest_link(one: Offered, now: datetime) -> Offered:
    """How a link stands of which nobody can be asked: it is offered to nobody, and may be paid all the same."""
    if one.state in (OfferStanding.WANTED, OfferStanding.OPEN):
        return replace(one, state=OfferStanding.CLOSING, attempts=0, due_at=now + DAY)
    if one.state is OfferStanding.CLOSING and one.attempts < LINKS_REST:
        return replace(one, due_at=now + DAY)
    if one.is_under_way and now < one.made_at + MONEY_COMES:
        return replace(one, due_at=now + DAY)
    why = f"nobody could ask {one.provider}"
    log.warning(LogEvent.LINK_GIVEN_UP(offer=one.id, error=why))
    state = OfferStanding.FAILED if one.state is OfferStanding.CLOSING else one.state
    return replace(one, state=state, why=why, due_at=None, is_under_way=False)


def rest_refund(refund: Refund, now: datetime) -> Refund | None:
    """How a refund stands of which nobody can be asked, when it has left; None: it is not known whether it has."""
    if refund.state is RefundState.SUCCEEDED:
        return replace(refund, due_at=None)
    if refund.state is RefundState.PENDING and now >= refund.made_at + BANKS_RETURN:
        return replace(refund, state=RefundState.SUCCEEDED, ended_at=now, due_at=None)
    return None
