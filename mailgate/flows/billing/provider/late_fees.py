"""What a provider keeps of a payment is not always known when the money comes: it is asked for until it is.

A bank debit that settles, or a card whose payment is taken at once and reckoned later, has its entry in the provider's
books some minutes or days after. The row of the payment says that its fee is owed; whoever is killed asks once more.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mailgate.config import Settings
from mailgate.errors import MailgateError, Temporary
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.provider.provider_money import book_fee
from mailgate.jobs import FailPoint, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.payments.provider import ChargeSeen, Provider
from store.billing import payments
from store.billing.payments import Payment
from store.engine import reading, transact

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Payments that one look asks for; those that are left come with the next."""

LONGEST_WAIT = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(days=60)
"""Debits settle within two weeks: what has no fee by then never has one."""


@dataclass(frozen=True, slots=True)
class FeeFinder:
    """Books fees that were not known before."""

    engine: Engine
    settings: Settings
    provider: Provider
    fail_point: FailPoint = no_fail_point

    def __call__(self, now: datetime) -> None:
        """Ask for each that is owed by now, and book it once; a provider that does not answer is asked no more now."""
        with reading(self.engine) as conn:
            found = payments.without_fee(conn, self.provider.name, by=now, limit=AT_ONCE)
        for payment in found:
            seen, is_away = None, False
            try:
                seen = self.provider.look(payment.reference)
            except MailgateError as error:
                log.warning(LogEvent.FEE_NOT_TOLD(payment=payment.id, error=error))
                is_away = isinstance(error, Temporary)
            self.fail_point("fee.seen")
            self._write(payment, seen, now)
            self.fail_point("fee.written")
            if is_away:
                return

    def _write(self, payment: Payment, seen: ChargeSeen | None, now: datetime) -> None:
        def story(conn: Connection) -> None:
            deal = deal_with(conn, self.settings, payment.customer_id, Today(now), by=payment.provider)
            assert deal is not None
            if payments.get(conn, payment.id).fee_due_at is None:  # somebody else was as quick
                return
            if seen is not None and seen.fee_currency:
                book_fee(deal, seen, payment.id, self.provider)
                payments.ask_fee(conn, payment.id, at=None)
            else:
                payments.ask_fee(conn, payment.id, at=self._again_at(payment, now))

        transact(self.engine, story)

    def _again_at(self, payment: Payment, now: datetime) -> datetime | None:
        """Ever less often: as long again as it has been waited for."""
        waited = now - payment.recorded_at
        if waited > GIVEN_UP_AFTER:
            log.warning(LogEvent.FEE_UNKNOWN(payment=payment.id))
            return None
        return now + min(max(timedelta(seconds=self.settings.payments.poll_seconds), waited), LONGEST_WAIT)
