"""A charge that came to nothing is cancelled at the provider, so that nobody confirms it from elsewhere later.

Its payer has a link for what is open, and what is tried again is a charge of its own: two ways to pay the same would
take it twice. The row of a charge that is over says that this is owed, for as long as `due_at` stands there; whoever is
killed, or gets no answer, asks once more. Where money has moved by it nevertheless, that is booked as any other.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from mailgate.billing.payment.charging import next_look
from mailgate.config import Settings
from mailgate.errors import MailgateError, Permanent
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.provider.charged import settle_charge
from mailgate.jobs import FailPoint
from mailgate.log_events import LogEvent
from mailgate.payments.provider import ChargeSeen, ChargeState, Provider
from store.billing import cards, charges
from store.billing.charges import Charge, Lent
from store.engine import reading, transact

log = logging.getLogger(__name__)

MOST_REFUSALS = 40
"""Looks, more than a week, after which a provider that will not cancel a charge is asked no more."""


@dataclass(frozen=True, slots=True)
class Closer:
    """Has the provider cancel what is over."""

    engine: Engine
    settings: Settings
    provider: Provider
    fail_point: FailPoint

    def __call__(self, lent: Lent, now: datetime) -> None:
        """Ask once. Never raises what a provider does: it is asked again, with growing waits."""
        charge = lent.charge
        try:
            seen = self._cancel(charge)
        except MailgateError as error:
            is_given_up = isinstance(error, Permanent) and charge.attempts >= MOST_REFUSALS
            tell = log.error if is_given_up else log.warning
            tell(LogEvent.CHARGE_NOT_CANCELLED(charge=charge.id, attempt=charge.attempts, error=error))
            self._write(lent, None, now, is_over=is_given_up)
        else:
            self.fail_point("charge.cancelled")
            is_over = seen is None or seen.state is ChargeState.CANCELLED
            self._write(lent, seen, now, is_over=is_over)

    def _cancel(self, charge: Charge) -> ChargeSeen | None:
        """How it stands afterwards; None: the provider has never heard of it."""
        number = charge.provider_id
        if number is None:
            with reading(self.engine) as conn:
                card = cards.find(conn, charge.payment_method_id)
            assert card is not None  # a foreign key
            number = self.provider.find(charge.key, customer_token=card.customer_token)
        return None if number is None else self.provider.cancel(number)

    def _write(self, lent: Lent, seen: ChargeSeen | None, now: datetime, *, is_over: bool) -> None:
        def story(conn: Connection) -> None:
            deal = deal_with(conn, self.settings, lent.charge.customer_id, Today(now), by=lent.charge.asked_by)
            current = charges.still_mine(conn, [lent]).get(lent.charge.id)
            if deal is None or current is None:
                return
            if is_over:
                charges.is_cancelled(conn, lent)
            elif seen is not None and seen.state is ChargeState.SUCCEEDED:
                settle_charge(deal, lent, seen, provider=self.provider)
            else:
                gap = next_look(current.attempts, poll_seconds=self.settings.payments.poll_seconds)
                charges.wait(conn, lent, current.state, until=now + gap, code=current.code)

        transact(self.engine, story)
        self.fail_point("charge.closed")
