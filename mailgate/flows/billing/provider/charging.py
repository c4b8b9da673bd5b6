"""The job of a charge: made at the provider, its id committed, confirmed, and looked at until it is known what came.

Money moves by one call alone, which names an id that stands in the row: whoever is killed, and whatever call breaks
off, that id is looked up, and nothing is sent in its place. What is found is written down under the account's lock.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from mailgate.billing.period import local_start
from mailgate.config import Settings
from mailgate.errors import Permanent, Temporary
from mailgate.flows.billing.books import Deal, Today, deal_with, lock, open_books
from mailgate.flows.billing.invoicing.run import THE_SCHEDULE
from mailgate.flows.billing.provider.charged import put_off, settle_charge
from mailgate.flows.billing.provider.close_charge import Closer
from mailgate.flows.billing.provider.former import is_former, rest_charge
from mailgate.flows.story.together import Together
from mailgate.jobs import Computing, FailPoint, alone, no_fail_point
from mailgate.log_events import LogEvent
from mailgate.payments.provider import Card, Charge, ChargeSeen, ChargeState, Provider
from store import people
from store.billing import cards, charges
from store.billing.cards import SavedCard
from store.billing.charges import REFUSED, UNDER_WAY, Lent, State
from store.engine import reading, transact

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A charge whose job came."""

    id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class _Begun:
    """A charge that the provider has made."""

    lent: Lent
    provider_id: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """A charge, and what came of it."""

    lent: Lent
    seen: ChargeSeen
    now: datetime


Taken: TypeAlias = tuple[Lent, Charge]
"""A charge that this worker has, and what is wanted of the provider."""


@dataclass(frozen=True, slots=True)
class Charger:
    """Carries charges out, each by the thread that brings it. What they write at the same time is written together."""

    engine: Engine
    settings: Settings
    provider: Provider
    fail_point: FailPoint = no_fail_point
    computing: Computing = alone
    _take: Together[_Asked, Taken | None] = field(init=False)
    _put_on_record: Together[_Begun, bool | None] = field(init=False)
    _write: Together[_Seen, None] = field(init=False)

    def __post_init__(self) -> None:
        """One for all threads."""
        engine, computing = self.engine, self.computing
        object.__setattr__(self, "_take", Together(engine, self._taken, durable=False, computing=computing))
        object.__setattr__(self, "_put_on_record", Together(engine, self._on_record, computing=computing))
        object.__setattr__(self, "_write", Together(engine, self._written, computing=computing))

    def __call__(self, charge_id: int, now: datetime) -> None:
        """Go on with one as far as may be. Never raises: what fails is looked at again, with growing waits."""
        try:
            taken = self._take(_Asked(charge_id, now))
            if taken is None:
                return
            lent, wanted = taken
            if lent.charge.state in UNDER_WAY:
                self._go_on(lent, wanted, now)
            else:
                Closer(self.engine, self.settings, self.provider, self.fail_point)(lent, now)
        except (OperationalError, TimeoutError) as error:
            log.warning(LogEvent.POSTPONED_CHARGE(charge=charge_id, error=error))

    def _taken(self, conn: Connection, asked: Sequence[_Asked]) -> list[Taken | None]:
        """Those that are to be worked. One that pays nothing ends here; where nobody can be asked it rests."""
        now = max(one.now for one in asked)
        there = charges.several(conn, [one.id for one in asked])
        locked = people.change_accounts(conn, [one.customer_id for one in there.values()])
        lent = charges.lend(conn, [one.id for one in there.values() if one.customer_id in locked], now=now)
        over = self._not_wanted(conn, [one.charge for one in lent.values() if _is_fresh(one.charge)])
        known = cards.several(conn, [one.charge.payment_method_id for one in lent.values()])
        taken: dict[int, Taken] = {}
        for number, one in lent.items():
            if number in over:
                charges.end(conn, one, State.CANCELLED, now=now)
            elif one.charge.provider != self.provider.name:
                self._rest(conn, one, now)
            else:
                taken[number] = one, self._wanted(one.charge, known)
        return [taken.pop(one.id, None) for one in asked]

    def _rest(self, conn: Connection, lent: Lent, now: datetime) -> None:
        with_it = self._mine(conn, lent, now)
        if with_it is not None:
            rest_charge(with_it[0], lent)

    def _not_wanted(self, conn: Connection, those: Sequence[charges.Charge]) -> frozenset[int]:
        """What they are for was paid otherwise; and what a former provider has not done it shall not do."""
        former = (one.id for one in those if is_former(one.provider, self.settings))
        return charges.not_wanted(conn, [one.id for one in those]).union(former)

    def _wanted(self, charge: charges.Charge, known: Mapping[int, SavedCard]) -> Charge:
        card = known[charge.payment_method_id]
        of = Card(card.token, card.customer_token, card.brand, card.last4, card.expires_on)
        return Charge(
            charge.key, charge.customer_id, of, charge.currency, charge.amount_minor, self.settings.gate.company
        )

    def _go_on(self, lent: Lent, wanted: Charge, now: datetime) -> None:
        self.fail_point("charge.lent")
        try:
            seen = self._move(lent, wanted) if lent.charge.provider_id else self._begin(lent, wanted, now)
        except Temporary as error:
            self._doubt(lent, error, now)
        except Permanent as error:
            self._refused(lent, error, now)
        else:
            if seen is not None:
                self.fail_point("charge.seen")
                self._write(_Seen(lent, seen, now))
                self.fail_point("charge.booked")

    def _begin(self, lent: Lent, wanted: Charge, now: datetime) -> ChargeSeen | None:
        """Let the provider make it, or find what was made before, and go on with its id on record.

        One that no id is known of is asked for by its key. Making it moves no money, and one id alone is confirmed.
        """
        found = None
        if not _is_fresh(lent.charge):
            found = self.provider.find(wanted.key, customer_token=wanted.card.customer_token)
            if found is None and not self._told(lambda conn: self._is_wanted(conn, lent, now)):
                return None
        made = found or self.provider.start(wanted)
        self.fail_point("charge.started")
        pays = self._put_on_record(_Begun(lent, made))
        if pays is None:
            return None
        self.fail_point("charge.made")
        return self._confirm(made, wanted) if pays else self.provider.cancel(made)

    def _is_wanted(self, conn: Connection, lent: Lent, now: datetime) -> bool:
        """Of one that is not fresh the provider has not heard: where there is nothing to pay by now it ends here."""
        if self._mine(conn, lent, now) is None:
            return False
        if not self._not_wanted(conn, [lent.charge]):
            return True
        charges.end(conn, lent, State.CANCELLED, now=now)
        return False

    def _move(self, lent: Lent, wanted: Charge) -> ChargeSeen | None:
        """Let the money move where it has not, and there is still something to pay."""
        made = lent.charge.provider_id
        assert made is not None
        if lent.charge.state is not State.MADE:
            seen = self.provider.look(made)
            if seen.state is not ChargeState.MADE:
                return seen
        pays = self._put_on_record(_Begun(lent, made))
        if pays is None:
            return None
        return self._confirm(made, wanted) if pays else self.provider.cancel(made)

    def _on_record(self, conn: Connection, begun: Sequence[_Begun]) -> list[bool | None]:
        """They have ids now: is there still something to pay? None: somebody else has it."""
        people.change_accounts(conn, [one.lent.charge.customer_id for one in begun])
        mine = [charges.made(conn, one.lent, one.provider_id) for one in begun]
        over = self._not_wanted(conn, [one.lent.charge for one in begun])
        return [one.lent.charge.id not in over if is_mine else None for one, is_mine in zip(begun, mine, strict=True)]

    def _confirm(self, provider_id: str, wanted: Charge) -> ChargeSeen:
        self.fail_point("charge.confirming")
        seen = self.provider.confirm(provider_id, wanted)
        self.fail_point("charge.confirmed")
        return seen

    def _written(self, conn: Connection, found: Sequence[_Seen]) -> list[None]:
        """Raises what a locked store raises: the rows stay, and they are looked up when their leases run out."""
        payers = dict(lock(conn, [one.lent.charge.customer_id for one in found]))
        books = open_books(conn, self.settings)
        mine = charges.still_mine(conn, [one.lent for one in found])
        for one in found:
            number = one.lent.charge.customer_id
            current, payer = mine.get(one.lent.charge.id), payers.pop(number, None)
            payer = payer or lock(conn, [number]).get(number)  # of a second charge: the first has changed it
            if current is not None and payer is not None:
                deal = Deal(conn, books, payer, Today(one.now), current.asked_by)
                settle_charge(deal, replace(one.lent, charge=current), one.seen, provider=self.provider)
        return [None] * len(found)

    def _mine(self, conn: Connection, lent: Lent, now: datetime) -> tuple[Deal, charges.Charge] | None:
        """The locked account, and the charge as it stands; None: somebody else has it in hand."""
        by = lent.charge.asked_by
        deal = deal_with(conn, self.settings, lent.charge.customer_id, Today(now), by=by)
        current = charges.still_mine(conn, [lent]).get(lent.charge.id)
        return (deal, current) if deal is not None and current is not None else None

    def _doubt(self, lent: Lent, error: Temporary, now: datetime) -> None:
        """Nothing is known of what came of a call: it is looked up, for as long as it takes."""

        def story(conn: Connection) -> datetime | None:
            with_it = self._mine(conn, lent, now)
            if with_it is None:
                return None
            deal, current = with_it
            return put_off(deal, replace(lent, charge=replace(current, state=lent.charge.state)), State.IN_DOUBT)

        again_at = self._told(story)
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
                is_scheduled, may_be_made = charge.asked_by == THE_SCHEDULE, seen is None and lent.charge.attempts > 1
                once_more = again_at if is_scheduled else None
                charges.end(conn, lent, State.FAILED, now=now, code=REFUSED, again_at=once_more, is_left=may_be_made)

        self._told(story)

    def _told(self, story: Callable[[Connection], T]) -> T:
        """Tell a story when it is this thread's turn to compute: others wait for the provider meanwhile."""
        with self.computing:
            return transact(self.engine, story)


def _is_fresh(charge: charges.Charge) -> bool:
    """The provider cannot have heard of it."""
    return charge.provider_id is None and charge.attempts <= 1 and charge.state is State.NEW
