"""A provider in memory that refuses what a real one refuses: nothing goes back twice, or above its charge."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar, cast

from mailgate.errors import Permanent, Temporary
from mailgate.payments.provider import (
    DisputeSeen,
    DisputeState,
    Page,
    PayoutSeen,
    Provider,
    RefundSeen,
    RefundState,
    RefundWanted,
    Unfit,
)

T = TypeVar("T")


class Away(Temporary):
    """No answer came."""


class WrongKey(Permanent):
    """A key was used for something else before, or the charge is not there."""


def nothing() -> None:
    """No fault."""


@dataclass
class Till:
    """What the provider knows, and what it is told to do to the next call."""

    name: str = "stripe"
    charges: dict[str, int] = field(default_factory=dict)  # what is left of each
    refunds: dict[str, RefundSeen] = field(default_factory=dict)
    keys: dict[str, tuple[RefundWanted, str]] = field(default_factory=dict)  # forgotten after a day
    marks: dict[str, str] = field(default_factory=dict)  # of keys in the metadata: never forgotten
    closed: set[str] = field(default_factory=set)  # cards
    first_state: RefundState = RefundState.SUCCEEDED
    unit: int = 1
    before: Callable[[], None] = nothing
    after: Callable[[], None] = nothing
    heard_disputes: list[DisputeSeen] = field(default_factory=list)
    heard_payouts: list[PayoutSeen] = field(default_factory=list)
    asked: int = 0

    @property
    def as_provider(self) -> Provider:
        """As the flows take it, which here send nothing but refunds and read the lists."""
        return cast("Provider", self)

    @property
    def sent_minor(self) -> int:
        """What has left, and has not come back."""
        left = (RefundState.PENDING, RefundState.SUCCEEDED)
        return sum(one.amount_minor for one in self.refunds.values() if one.state in left)

    def charge(self, charge_id: str, amount_minor: int) -> None:
        """Money came by it."""
        self.charges[charge_id] = amount_minor

    def expressible_minor(self, amount_minor: int, currency: str) -> int:
        """In whole units."""
        if amount_minor < self.unit:
            raise Unfit(f"{amount_minor} {currency} is less than they can express")
        return amount_minor // self.unit * self.unit

    def refund(self, wanted: RefundWanted) -> RefundSeen:
        """Once for each key."""
        self.asked += 1
        fault, self.before = self.before, nothing
        fault()
        if wanted.key in self.keys:
            before, number = self.keys[wanted.key]
            if before != wanted:
                raise WrongKey(f"{wanted.key} was used with other parameters")
            return self.refunds[number]
        if wanted.charge_id not in self.charges:
            raise WrongKey(f"no such charge: {wanted.charge_id}")
        if wanted.charge_id in self.closed or wanted.amount_minor > self.charges[wanted.charge_id]:
            return RefundSeen("", RefundState.REFUSED, wanted.currency, wanted.amount_minor, "charge_too_old")
        assert wanted.amount_minor % self.unit == 0
        number = f"re_{len(self.refunds) + 1}"
        self.charges[wanted.charge_id] -= wanted.amount_minor
        self.refunds[number] = RefundSeen(number, self.first_state, wanted.currency, wanted.amount_minor)
        self.keys[wanted.key], self.marks[wanted.key] = (wanted, number), number
        fault, self.after = self.after, nothing
        fault()
        return self.refunds[number]

    def look_refund(self, refund_id: str) -> RefundSeen:
        """As it stands."""
        self.asked += 1
        fault, self.before = self.before, nothing
        fault()
        return self.refunds[refund_id]

    def find_refund(self, key: str, *, charge_id: str) -> RefundSeen | None:
        """By its mark."""
        assert charge_id in self.charges
        return self.refunds[self.marks[key]] if key in self.marks else None

    def comes_back(self, number: str, code: str = "expired_or_canceled_card") -> None:
        """The bank did not take it."""
        self.refunds[number] = replace(self.refunds[number], state=RefundState.FAILED, code=code)

    def dispute(
        self,
        charge_id: str,
        amount_minor: int,
        *,
        number: str = "dp_1",
        state: DisputeState = DisputeState.OPEN,
        fee_minor: int = 0,
        fee_currency: str = "EUR",
        at: datetime = datetime(2026, 4, 20, tzinfo=UTC),
    ) -> None:
        """One is new, or has changed."""
        seen = DisputeSeen(number, charge_id, state, "EUR", amount_minor, fee_minor, fee_currency, at, "fraudulent")
        self.heard_disputes.append(seen)

    def disputes(self, cursor: str) -> Page[DisputeSeen]:
        """Two on a page."""
        return self._page(self.heard_disputes, cursor)

    def payouts(self, cursor: str) -> Page[PayoutSeen]:
        """Two on a page."""
        return self._page(self.heard_payouts, cursor)

    def _page(self, items: list[T], cursor: str) -> Page[T]:
        fault, self.before = self.before, nothing
        fault()
        start = int(cursor or 0)
        some = items[start : start + 2]
        return Page(some, str(start + len(some)) if some or cursor else "")
