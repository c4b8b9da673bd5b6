"""What a provider does by itself is read from its lists: chargebacks, and what it has sent to the bank.

With the latter come the fees that it did not know when it took the money.

A list is read from where the last look has ended, and each of its items changes nothing when it is read once more. So
the place is kept last, and whoever is killed before leaves no more than work that is done twice to the same end.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import provider as account_of
from mailgate.billing.refund import look_again_after
from mailgate.config import Settings
from mailgate.config.settings import ProviderName
from mailgate.errors import MailgateError
from mailgate.flows.billing.back import dispute
from mailgate.flows.billing.back.tell_dispute import tell_unknown
from mailgate.flows.billing.books import Today, deal_with
from mailgate.flows.billing.provider.late_fees import FeeFinder
from mailgate.flows.story.act import Act
from mailgate.jobs import FailPoint, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.payments.provider import DisputeSeen, PayoutSeen, Provider
from store import locks
from store.billing import disputes, ledger, payments, provider_looks
from store.billing.disputes import Payout
from store.billing.provider_looks import DISPUTES, Look
from store.engine import transact

log = logging.getLogger(__name__)

MAY_COME = timedelta(days=1)
"""So long a payment that is not known may still be booked: its charge was seen there before it was seen here."""

PAYOUT_LOCK = "payouts"
"""Two workers that read the same payout book it one after the other."""


def waiting(conn: Connection, settings: Settings, at: datetime) -> Iterator[tuple[int, datetime]]:
    """Lists to be read, and since when; none where nobody handles cards, or has."""
    if settings.payments.asked is not ProviderName.MANUAL:
        yield from provider_looks.waiting(conn, at=at)


def take_up(act: Act, row_ids: Sequence[int]) -> None:
    """The jobs of these lists are about to be sent."""
    provider_looks.take_up(act.conn, row_ids, now=act.now)


@dataclass(frozen=True, slots=True)
class ListReader:
    """Reads the lists."""

    engine: Engine
    settings: Settings
    provider: Provider
    fail_point: FailPoint = no_fail_point

    def __call__(self, row_id: int, now: datetime) -> None:
        """One look. Never raises: a provider that does not answer is asked again, with growing waits."""
        try:
            look = provider_looks.lend(self.engine, row_id, now=now)
            if look is not None:
                self._read(look, now)
        except (OperationalError, TimeoutError) as error:
            log.warning(LogEvent.POSTPONED_LIST(list=row_id, error=error))

    def _read(self, look: Look, now: datetime) -> None:
        cursor, next_at = look.cursor, now + timedelta(seconds=self.settings.payments.poll_seconds)
        read_at: datetime | None = now
        unknown: Sequence[DisputeSeen] = ()
        try:
            if look.id == DISPUTES:
                cursor, unknown = self._disputes(cursor, now)
            else:
                cursor = self._payouts(cursor, now)
                FeeFinder(self.engine, self.settings, self.provider, self.fail_point)(now)
        except MailgateError as error:
            name = "disputes" if look.id == DISPUTES else "payouts"
            log.warning(LogEvent.NOT_LISTED(list=name, attempt=look.attempts, error=error))
            next_at, read_at = now + look_again_after(look.attempts), None
        self.fail_point("provider.before-cursor")

        def keep_place(conn: Connection) -> None:
            # The next look begins behind what is told here, so that staff hear of it once.
            if provider_looks.end(conn, look, cursor=cursor, next_at=next_at, read_at=read_at):
                for seen in unknown:
                    log.warning(LogEvent.DISPUTE_UNKNOWN(theirs=seen.id, charge=seen.charge_id))
                    tell_unknown(Act.begin(conn, self.settings, now), seen)

        transact(self.engine, keep_place)

    def _disputes(self, cursor: str, now: datetime) -> tuple[str, Sequence[DisputeSeen]]:
        """Read all that is new; returns where the next look begins, and which before it are of no payment of ours.

        It begins behind the last page of which no payment may still come.
        """
        kept, told, unknown, is_waited_for = cursor, 0, [], False
        while True:
            page = self.provider.disputes(cursor)
            for seen in page.items:
                if not self._hear(seen, now):
                    unknown.append(seen)
                    is_waited_for |= now < seen.opened_at + MAY_COME
                self.fail_point("provider.dispute")
            if not is_waited_for:
                kept, told = page.cursor or kept, len(unknown)
            if not page.items or not page.cursor or page.cursor == cursor:
                return kept, unknown[:told]
            cursor = page.cursor

    def _hear(self, seen: DisputeSeen, now: datetime) -> bool:
        """Take in one; False when it is of no payment of ours."""

        def write(conn: Connection) -> bool:
            payment = payments.by_provider(conn, self.provider.name, seen.charge_id)
            if payment is None or payment.currency != seen.currency:
                return False
            deal = deal_with(conn, self.settings, payment.customer_id, Today(now), by=payment.provider)
            assert deal is not None
            dispute.hear(deal, payments.get(conn, payment.id), seen)
            return True

        return transact(self.engine, write)

    def _payouts(self, cursor: str, now: datetime) -> str:
        while True:
            page = self.provider.payouts(cursor)
            for seen in page.items:
                book_payout(self.engine, self.provider.name, seen, now=now)
                self.fail_point("provider.payout")
            if not page.items or not page.cursor or page.cursor == cursor:
                return page.cursor or cursor
            cursor = page.cursor


def book_payout(engine: Engine, provider: str, seen: PayoutSeen, *, now: datetime) -> None:
    """What has arrived at the bank is booked once, and once more backwards when it went back."""

    def write(conn: Connection) -> None:
        locks.hold(conn, (PAYOUT_LOCK,))
        known = disputes.find_payout(conn, provider, seen.id)
        if known is None and seen.has_arrived and seen.amount_minor:
            one = Payout(0, provider, seen.id, seen.currency, seen.amount_minor, seen.arrives_on, "arrived")
            number, has_failed = disputes.add_payout(conn, one), False
        elif known is not None and known.state == "arrived" and seen.has_failed:
            disputes.fail_payout(conn, known.id)
            number, has_failed = known.id, True
        else:
            return
        booked = events.payout(
            number,
            on_date=seen.arrives_on,
            currency=seen.currency,
            amount_minor=seen.amount_minor,
            provider=account_of(provider),
            has_failed=has_failed,
        )
        ledger.book(conn, [booked], now=now)
        log.info(LogEvent.PAID_OUT(payout=number, state="failed" if has_failed else "arrived"))

    transact(engine, write)
