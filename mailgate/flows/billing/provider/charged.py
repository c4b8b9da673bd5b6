"""What came of a charge is written down under the account's lock: money once, a decline with what follows from it."""

import logging
from datetime import datetime

from mailgate.billing.payment.charging import next_attempt, next_look
from mailgate.billing.period import local_start
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.provider.provider_money import receive
from mailgate.flows.billing.provider.tell_charge import tell_failed
from mailgate.log_events import LogEvent
from mailgate.payments.provider import ChargeSeen, ChargeState, Decline
from mailgate.payments.terms import Terms
from store.billing import cards, charges
from store.billing.charges import Lent, State

log = logging.getLogger(__name__)


def settle_charge(deal: Deal, lent: Lent, seen: ChargeSeen, *, provider: Terms) -> State:
    """Write down what the provider says of a charge that is in hand, under the account's lock; how it stands now.

    Money is booked once. One that was declined softly is tried again on the days of the settings.
    """
    charge, conn = lent.charge, deal.conn
    match seen.state:
        case ChargeState.SUCCEEDED:
            ids = [one.invoice_id for one in charges.parts(conn, charge.id)]
            received = receive(deal, seen, invoices=ids, provider=provider)
            charges.end(conn, lent, State.SUCCEEDED, now=deal.now, payment_id=received.payment_id)
            return State.SUCCEEDED
        case ChargeState.DECLINED | ChargeState.WANTS_CUSTOMER:
            return _declined(deal, lent, seen)
        case ChargeState.CANCELLED:
            charges.end(conn, lent, State.CANCELLED, now=deal.now)
            return State.CANCELLED
        case ChargeState.MADE | ChargeState.PROCESSING:
            state = State.MADE if seen.state is ChargeState.MADE else State.PROCESSING
            put_off(deal, lent, state)
            return state


def put_off(deal: Deal, lent: Lent, state: State, *, code: str = "") -> datetime:
    """It is looked at again, ever less often; when next."""
    looks = lent.charge.attempts if state is lent.charge.state else 1
    gap = next_look(looks, poll_seconds=deal.books.settings.payments.poll_seconds)
    charges.wait(deal.conn, lent, state, until=deal.now + gap, code=code)
    return deal.now + gap


def _declined(deal: Deal, lent: Lent, seen: ChargeSeen) -> State:
    """The payer hears of it in the place of the day's reminder."""
    charge = lent.charge
    decline = Decline.AUTHENTICATION if seen.state is ChargeState.WANTS_CUSTOMER else seen.decline or Decline.SOFT
    card = cards.find(deal.conn, charge.payment_method_id)
    assert card is not None  # a foreign key
    if decline is Decline.HARD:
        cards.block(deal.conn, card.id, because=f"declined: {seen.code}")
    again_on = None
    if decline is Decline.SOFT:
        again_on = next_attempt(deal.books.settings.billing.retry_days, charge.attempt, today=deal.day)
    again_at = local_start(again_on, deal.payer.zone) if again_on else None
    state = State.WANTS_CUSTOMER if decline is Decline.AUTHENTICATION else State.FAILED
    charges.end(deal.conn, lent, state, now=deal.now, code=seen.code, again_at=again_at, is_left=True)
    log.info(LogEvent.CHARGE_DECLINED(charge=charge.id, customer=charge.customer_id, code=seen.code, next=again_on))
    tell_failed(deal, charge, card, decline, again_on)
    return state
