"""The job of a charge: made at the provider, its id committed, confirmed, and looked at until it is known what came.

Money moves by one call alone, which names an id that stands in the row: whoever is killed, and whatever call breaks
off, that id is looked up, and nothing is sent in its place. What is found is written down under the account's lock.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.billing.period import local_start
from mailgate.config import Settings
from mailgate.errors import Permanent, Temporary
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.charge import is_wanted
from mailgate.flows.billing.charged import put_off, settle_charge
from mailgate.flows.billing.run import THE_SCHEDULE
from mailgate.jobs import FailPoint, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.payments.provider import Card, Charge, ChargeSeen, ChargeState, Provider
from store.billing import cards, charges
from store.billing.charges import REFUSED, Lent, State
from store.engine import reading, transact

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Charger:
    """Carries charges out."""

    engine: Engine
    settings: Settings
    provider: Provider
    fail_point: FailPoint = no_fail_point

    def __call__(self, charge_id: int, now: datetime) -> None:
        """Go on with one as far as may be. Never raises: what fails is looked at again, with growing waits."""
        try:
            lent = charges.lend(self.engine, charge_id, now=now)
            if lent is not None and lent.charge.provider == self.provider.name:
                self._go_on(lent, now)
        except (OperationalError, TimeoutError) as error:
            log.warning(LogEvent.POSTPONED_CHARGE(charge=charge_id, error=error))

    def _go_on(self, lent: Lent, now: datetime) -> None:
        self.fail_point("charge.lent")
        try:
            made = self._make(lent, now)
            if made is None:
                return
            seen = self._move(made, now)
        except Temporary as error:
            self._doubt(lent, error, now)
        except Permanent as error:
            self._refused(lent, error, now)
        else:
            self.fail_point("charge.seen")
            self._write(made, seen, now)

    def _make(self, lent: Lent, now: datetime) -> Lent | None:
        """Let the provider make it, or find what was made before; with its id on record. None: there is no need.

        One that no id is known of is asked for by its key. Making it moves no money, and one id alone is confirmed.
        """
        charge = lent.charge
        if charge.provider_id is not None:
            return lent
        wanted = self._wanted(charge)
        was_tried = charge.attempts > 1 or charge.state is State.IN_DOUBT
        found = self.provider.find(charge.key, customer_token=wanted.card.customer_token) if was_tried else None
        if found is None:
            if not transact(self.engine, lambda conn: self._is_wanted(conn, lent, now), durable=False):
                return None
            found = self.provider.start(wanted)
        self.fail_point("charge.started")
        if not transact(self.engine, lambda conn: charges.made(conn, lent, found)):
            return None
        self.fail_point("charge.made")
        return Lent(replace(charge, state=State.MADE, provider_id=found), lent.lease)

    def _move(self, lent: Lent, now: datetime) -> ChargeSeen:
        """Let the money move where it has not, and there is still something to pay."""
        charge = lent.charge
        assert charge.provider_id is not None
        if charge.state is not State.MADE:
            seen = self.provider.look(charge.provider_id)
            if seen.state is not ChargeState.MADE:
                return seen
        if not transact(self.engine, lambda conn: self._still_pays(conn, lent, now), durable=False):
            return self.provider.cancel(charge.provider_id)
        self.fail_point("charge.confirming")
        seen = self.provider.confirm(charge.provider_id, self._wanted(charge))
        self.fail_point("charge.confirmed")
        return seen

    def _write(self, lent: Lent, seen: ChargeSeen, now: datetime) -> None:
        """Raises what a locked store raises: the row stays, and it is looked up when the lease runs out."""

        def story(conn: Connection) -> None:
            with_it = self._mine(conn, lent, now)
            if with_it is not None:
                deal, current = with_it
                settle_charge(deal, replace(lent, charge=current), seen, provider=self.provider)

        transact(self.engine, story)
        self.fail_point("charge.booked")

    def _is_wanted(self, conn: Connection, lent: Lent, now: datetime) -> bool:
        """Look again before the provider hears of it; where there is nothing to pay it ends here."""
        with_it = self._mine(conn, lent, now)
        if with_it is None:
            return False
        deal, charge = with_it
        if is_wanted(deal, charge):
            return True
        charges.end(conn, lent, State.CANCELLED, now=now)
        return False

    def _still_pays(self, conn: Connection, lent: Lent, now: datetime) -> bool:
        with_it = self._mine(conn, lent, now)
        return with_it is not None and is_wanted(*with_it)

    def _mine(self, conn: Connection, lent: Lent, now: datetime) -> tuple[Deal, charges.Charge] | None:
        """The locked account, and the charge as it stands; None: somebody else has it in hand."""
        by = lent.charge.asked_by
        deal = deal_with(conn, self.settings, lent.charge.customer_id, Today(now), by=by)
        current = charges.still_mine(conn, lent)
        return (deal, current) if deal is not None and current is not None else None

    def _doubt(self, lent: Lent, error: Temporary, now: datetime) -> None:
        """Nothing is known of what came of a call: it is looked up, for as long as it takes."""

        def story(conn: Connection) -> datetime | None:
            with_it = self._mine(conn, lent, now)
            if with_it is None:
                return None
            deal, current = with_it
            return put_off(deal, replace(lent, charge=replace(current, state=lent.charge.state)), State.IN_DOUBT)

        again_at = transact(self.engine, story)
        log.warning(LogEvent.CHARGE_IN_DOUBT(charge=lent.charge.id, next=again_at, error=error))

    def _refused(self, lent: Lent, error: Permanent, now: datetime) -> None:
        """The provider does not take it, which is no fault of the customer's: staff see it, and it is tried tomorrow.

        One that has an id is only over when the provider says that no money moves by it.
        """
        log.error(LogEvent.CHARGE_REFUSED(charge=lent.charge.id, error=error))
        with reading(self.engine) as conn:
            current = charges.find(conn, lent.charge.id)
        seen = None
        if current is not None and current.provider_id is not None:
            try:
                seen = self.provider.cancel(current.provider_id)
            except (Temporary, Permanent) as again:
                log.error(LogEvent.CHARGE_REFUSED(charge=lent.charge.id, error=again))

        def story(conn: Connection) -> None:
            with_it = self._mine(conn, lent, now)
            if with_it is None:
                return
            deal, charge = with_it
            if charge.provider_id is not None and seen is None:
                put_off(deal, replace(lent, charge=charge), State.IN_DOUBT, code=REFUSED)
            elif seen is not None and seen.state is not ChargeState.CANCELLED:
                settle_charge(deal, replace(lent, charge=charge), seen, provider=self.provider)
            else:
                again_at = local_start(deal.day + timedelta(days=1), deal.payer.zone)
                is_scheduled = charge.asked_by == THE_SCHEDULE
                charges.end(
                    conn, lent, State.FAILED, now=now, code=REFUSED, again_at=again_at if is_scheduled else None
                )

        transact(self.engine, story)

    def _wanted(self, charge: charges.Charge) -> Charge:
        with reading(self.engine) as conn:
            card = cards.find(conn, charge.payment_method_id)
        assert card is not None  # a foreign key
        known = Card(card.token, card.customer_token, card.brand, card.last4, card.expires_on)
        text = self.settings.gate.company
        return Charge(charge.key, charge.customer_id, known, charge.currency, charge.amount_minor, text)
