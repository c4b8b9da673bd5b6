"""A refund is sent by the provider: asked for once, looked at until it is known how it stands, and watched for a month.

The row is the refund's own and stands before the network is used. Who was killed, or got no answer, has left it behind:
then it is looked for by its key before anything is sent. What the provider does not send is a person's task.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import provider as account_of
from mailgate.billing.refund import RefundState, look_again_after, watch_again_after
from mailgate.config import Settings
from mailgate.errors import Permanent, Temporary
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.money.refund import hand_over, kept, succeed
from mailgate.flows.billing.money.tell_payer import tell_refunded
from mailgate.flows.billing.provider.former import rest_refund
from mailgate.jobs import FailPoint, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.payments.provider import Provider, RefundSeen, RefundWanted
from mailgate.payments.provider import RefundState as Seen
from store.billing import ledger, payments, refunds
from store.billing.refunds import Lent, Refund
from store.engine import reading, transact

log = logging.getLogger(__name__)

_BOOKED = frozenset({RefundState.PENDING, RefundState.SUCCEEDED})
"""The money has left."""

Became = Callable[[Deal, Refund], Refund]


@dataclass(frozen=True, slots=True)
class Refunder:
    """Sends refunds, and looks how they stand."""

    engine: Engine
    settings: Settings
    provider: Provider
    fail_point: FailPoint = no_fail_point

    def __call__(self, refund_id: int, now: datetime) -> None:
        """One look. Never raises: what is not known is looked at again, with growing waits."""
        try:
            lent = refunds.lend(self.engine, refund_id, now=now)
            if lent is not None:
                self._look(lent, now)
        except (OperationalError, TimeoutError) as error:
            log.warning(LogEvent.POSTPONED_REFUND(refund=refund_id, error=error))

    def _look(self, lent: Lent, now: datetime) -> None:
        refund = lent.refund
        self.fail_point("refund.lent")
        if refund.provider != self.provider.name:
            self._rest(lent, now)
            return
        try:
            if self._is_split(lent, now):
                return
            seen = self._ask(refund)
        except Temporary as error:
            self._not_known(lent, error, now)
        except Permanent as error:
            if refund.provider_id:
                self._not_known(lent, error, now)  # it says nothing about money that has left
            else:
                code = str(error)
                self._end(lent, now, lambda deal, one: hand_over(deal, one, code=code))
        else:
            self.fail_point("refund.answered")
            self._end(lent, now, lambda deal, one: _as_seen(deal, one, seen))
            log.info(LogEvent.REFUNDED(refund=refund.id, state=seen.state.value, code=seen.code))

    def _rest(self, lent: Lent, now: datetime) -> None:
        """Nobody can be asked about it. What the provider has never heard of a person sends."""
        refund, why = lent.refund, f"{lent.refund.provider} has it, and payments.secret_key_file does not name its key"
        left = rest_refund(refund, now)
        if left is not None:
            self._end(lent, now, lambda deal, one: left)
        elif refund.state is RefundState.WANTED and refund.attempts == 1:
            self._end(lent, now, lambda deal, one: hand_over(deal, one, code=why))
        else:
            self._not_known(lent, Temporary(why), now)

    def _ask(self, refund: Refund) -> RefundSeen:
        if refund.provider_id:
            return self.provider.look_refund(refund.provider_id)
        with reading(self.engine) as conn:
            assert refund.payment_id is not None
            charge_id = payments.get(conn, refund.payment_id).reference
        wanted = RefundWanted(refund.key, charge_id, refund.currency, refund.amount_minor)
        return self._made_before(refund, charge_id) or self.provider.refund(wanted)

    def _made_before(self, refund: Refund, charge_id: str) -> RefundSeen | None:
        """What somebody may have asked for before who was killed or heard no answer; providers forget keys in a day."""
        if refund.attempts == 1:
            return None
        try:
            return self.provider.find_refund(refund.key, charge_id=charge_id)
        except Permanent as error:
            raise Temporary(str(error)) from error  # whether there is one is still not known

    def _is_split(self, lent: Lent, now: datetime) -> bool:
        """What the provider cannot express in its units is credit; the rest goes back."""
        refund = lent.refund
        if refund.state is not RefundState.WANTED:
            return False
        fits = self.provider.expressible_minor(refund.amount_minor, refund.currency)
        if fits == refund.amount_minor:
            return False
        self._end(lent, now, lambda deal, one: _split(deal, one, fits))
        return True

    def _not_known(self, lent: Lent, error: Exception, now: datetime) -> None:
        refund = lent.refund
        log.warning(LogEvent.REFUND_IN_DOUBT(refund=refund.id, attempt=refund.attempts, error=error))
        state = RefundState.IN_DOUBT if refund.state is RefundState.WANTED else refund.state
        again_at = now + look_again_after(refund.attempts)
        self._end(lent, now, lambda _, one: replace(one, state=state, code=str(error), due_at=again_at))

    def _end(self, lent: Lent, now: datetime, became: Became) -> None:
        """Keep how it stands, with what is booked and told of it; unless another worker has it by now."""

        def write(conn: Connection) -> None:
            deal = deal_with(conn, self.settings, lent.refund.customer_id, Today(now), by=lent.refund.provider)
            assert deal is not None
            if refunds.end(conn, lent, lent.refund):  # first: whoever has lost the lease books nothing
                refunds.write(conn, became(deal, lent.refund))
            self.fail_point("refund.before-commit")

        transact(self.engine, write)
        self.fail_point("refund.committed")


def _as_seen(deal: Deal, refund: Refund, seen: RefundSeen) -> Refund:
    """How it stands by what the provider says of it; what has moved is booked."""
    is_booked = refund.state in _BOOKED
    if seen.state in (Seen.PENDING, Seen.SUCCEEDED):
        if not is_booked:
            _book(deal, refund)
            tell_refunded(deal, refund)
        return _on_its_way(deal, replace(refund, provider_id=seen.id, code=seen.code), seen.state)
    if not is_booked:
        return hand_over(deal, replace(refund, provider_id=seen.id or None), code=seen.code or seen.state.value)
    whose = events.Whose(refund.customer_id, deal.issue_day, refund.currency)
    back = events.refund_failed(refund.id, whose, amount_minor=refund.amount_minor, by=account_of(refund.provider))
    ledger.book(deal.conn, [back], now=deal.now)
    failed = replace(refund, state=RefundState.FAILED, code=seen.code, ended_at=deal.now, due_at=None)
    refunds.write(deal.conn, failed)  # it has given nothing back: what takes its place may be of the same money
    anew = succeed(deal, failed, code=seen.code)
    refunds.write(deal.conn, hand_over(deal, anew, code=seen.code))
    return failed


def _on_its_way(deal: Deal, refund: Refund, seen: Seen) -> Refund:
    if seen is Seen.PENDING:
        again_at = deal.now + look_again_after(refund.attempts)
        return replace(refund, state=RefundState.PENDING, ended_at=None, due_at=again_at)
    ended_at = refund.ended_at or deal.now
    watch = watch_again_after(deal.now - ended_at)
    return replace(refund, state=RefundState.SUCCEEDED, ended_at=ended_at, due_at=deal.now + watch if watch else None)


def _book(deal: Deal, refund: Refund) -> None:
    whose = events.Whose(refund.customer_id, deal.issue_day, refund.currency)
    sent = events.refund(refund.id, whose, amount_minor=refund.amount_minor, by=account_of(refund.provider))
    ledger.book(deal.conn, [sent], now=deal.now)


def _split(deal: Deal, refund: Refund, fits_minor: int) -> Refund:
    rest = replace(
        refund, id=0, amount_minor=refund.amount_minor - fits_minor, due_at=None, told_at=deal.now, attempts=0
    )
    rest = replace(rest, id=refunds.add(deal.conn, rest))
    refunds.write(deal.conn, kept(deal, rest))
    if not fits_minor:
        raise AssertionError("a provider that can express nothing of an amount says so")
    return replace(refund, amount_minor=fits_minor, due_at=deal.now, attempts=0)
