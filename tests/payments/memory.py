"""A provider in the test's own memory, which refuses what the real one refuses, and breaks off when it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from mailgate.errors import Temporary
from mailgate.payments.manual import Manual
from mailgate.payments.provider import (
    Charge,
    ChargeSeen,
    ChargeState,
    Decline,
    RefundSeen,
    RefundState,
    RefundWanted,
    Unfit,
)
from mailgate.payments.terms import ByTable

LOST, SHORT, ASKS, SLOW = "pm_lost", "pm_short", "pm_asks", "pm_slow"
"""Cards that do not simply pay: stolen, without funds, the bank asks its owner, and one that takes days."""


class BrokenOff(Temporary):
    """Nothing is known of what came of a call."""


@dataclass
class Memory(Manual):
    """Charges by their ids, and each call that came."""

    made: dict[str, ChargeSeen] = field(default_factory=dict)
    keys: dict[str, tuple[str, Charge]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    breaks: list[tuple[str, bool]] = field(default_factory=list)  # the next call of a name, before or after its effect
    back: dict[str, RefundSeen] = field(default_factory=dict)  # refunds by their keys
    fee_minor: int = 0
    moved: list[tuple[str, str, int]] = field(default_factory=list)  # the money: id, currency, amount
    works: set[str] = field(default_factory=set)  # cards that pay by now

    name = "stripe"

    def expressible_minor(self, amount_minor: int, currency: str) -> int:
        """As the tables say."""
        return ByTable(self.name).expressible_minor(amount_minor, currency)

    def least_minor(self, currency: str) -> int:
        """As the tables say."""
        return ByTable(self.name).least_minor(currency)

    def start(self, wanted: Charge) -> str:
        """Refuses what cannot be expressed, too little, and a key that was used for something else."""
        with self._call("start"):
            if wanted.key in self.keys:
                number, before = self.keys[wanted.key]
                assert before == wanted, "the key was used with other parameters"
                return number
            if self.expressible_minor(wanted.amount_minor, wanted.currency) != wanted.amount_minor:
                raise Unfit("not in their units")
            if wanted.amount_minor < self.least_minor(wanted.currency):
                raise Unfit("amount_too_small")
            number = f"pi_{len(self.made) + 1}"
            self.made[number] = ChargeSeen(number, ChargeState.MADE, wanted.currency, wanted.amount_minor)
            self.keys[wanted.key] = number, wanted
            return number

    def confirm(self, charge_id: str, wanted: Charge) -> ChargeSeen:
        """Once; then it is only looked at."""
        with self._call("confirm"):
            seen = self.made[charge_id]
            if seen.state is ChargeState.MADE:
                seen = self.made[charge_id] = self._outcome(replace(seen, card=wanted.card))
                if seen.state is ChargeState.SUCCEEDED:
                    self.moved.append((seen.id, seen.currency, seen.amount_minor))
            return seen

    def look(self, charge_id: str) -> ChargeSeen:
        """As it stands."""
        with self._call("look"):
            return self.made[charge_id]

    def find(self, key: str, *, customer_token: str) -> str | None:
        """By its key."""
        with self._call("find"):
            return self.keys[key][0] if key in self.keys else None

    def cancel(self, charge_id: str) -> ChargeSeen:
        """Unless it has moved."""
        with self._call("cancel"):
            seen = self.made[charge_id]
            if seen.state in (ChargeState.MADE, ChargeState.DECLINED, ChargeState.WANTS_CUSTOMER):
                self.made[charge_id] = replace(seen, state=ChargeState.CANCELLED)
            return self.made[charge_id]

    def refund(self, wanted: RefundWanted) -> RefundSeen:
        """Once for each key."""
        with self._call("refund"):
            if wanted.key not in self.back:
                number = f"re_{len(self.back) + 1}"
                seen = RefundSeen(number, RefundState.SUCCEEDED, wanted.currency, wanted.amount_minor)
                self.back[wanted.key] = seen
                self.moved.append((wanted.key, wanted.currency, -wanted.amount_minor))
            return self.back[wanted.key]

    def look_refund(self, refund_id: str) -> RefundSeen:
        """As it stands."""
        with self._call("look_refund"):
            return next(seen for seen in self.back.values() if seen.id == refund_id)

    def find_refund(self, key: str, *, charge_id: str) -> RefundSeen | None:
        """By its key."""
        with self._call("find_refund"):
            return self.back.get(key)

    def ends(self, charge_id: str, *, well: bool) -> None:
        """What took days is over."""
        seen = self.made[charge_id]
        assert seen.state is ChargeState.PROCESSING
        if well:
            self.made[charge_id] = self._paid(seen)
            self.moved.append((seen.id, seen.currency, seen.amount_minor))
        else:
            self.made[charge_id] = replace(
                seen, state=ChargeState.DECLINED, decline=Decline.SOFT, code="insufficient_funds"
            )

    def confirmed_elsewhere(self, charge_id: str, *, takes_days: bool = False) -> None:
        """Its payer, or whoever has its page, has confirmed what was declined before. Not what is cancelled."""
        seen = self.made[charge_id]
        assert seen.state in (ChargeState.DECLINED, ChargeState.WANTS_CUSTOMER)
        if takes_days:
            self.made[charge_id] = replace(seen, state=ChargeState.PROCESSING)
        else:
            self.made[charge_id] = self._paid(seen)
            self.moved.append((seen.id, seen.currency, seen.amount_minor))

    def _outcome(self, seen: ChargeSeen) -> ChargeSeen:
        token = seen.card.token if seen.card else ""
        if token in self.works:
            return self._paid(seen)
        match token:
            case "pm_lost":
                return replace(seen, state=ChargeState.DECLINED, decline=Decline.HARD, code="lost_card")
            case "pm_short":
                return replace(seen, state=ChargeState.DECLINED, decline=Decline.SOFT, code="insufficient_funds")
            case "pm_asks":
                state, decline = ChargeState.WANTS_CUSTOMER, Decline.AUTHENTICATION
                return replace(seen, state=state, decline=decline, code="authentication_required")
            case "pm_slow":
                return replace(seen, state=ChargeState.PROCESSING)
        return self._paid(seen)

    def _paid(self, seen: ChargeSeen) -> ChargeSeen:
        paid = replace(seen, state=ChargeState.SUCCEEDED, received_at=datetime(2020, 1, 1, tzinfo=UTC))
        return replace(paid, fee_minor=self.fee_minor, fee_currency="EUR") if self.fee_minor else paid

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        self.calls.append(name)
        broken = self.breaks.pop(0)[1] if self.breaks and self.breaks[0][0] == name else None
        if broken is True:
            raise BrokenOff("before")
        yield
        if broken is False:
            raise BrokenOff("after")
