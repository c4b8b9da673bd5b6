"""A service: something that a customer has, its states, and which acts lead from one to another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from mailgate.billing.offer.discount import Discount, counting, price_on
from mailgate.billing.offer.product import ONE_TIME
from mailgate.billing.party import MONEY_SINCE, MONEY_UNTIL
from mailgate.errors import Permanent


class State(StrEnum):
    """How a service stands; each has a word and a colour on pages."""

    PENDING = "pending"  # ordered, not provisioned: it does not renew
    ACTIVE = "active"
    SUSPENDED = "suspended"  # off, and not billed; may come back
    CANCELLED = "cancelled"  # ended by the customer, or by staff for him
    TERMINATED = "terminated"  # ended because nobody paid


class Action(StrEnum):
    """What may be done to a service."""

    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESTORE = "restore"
    CHANGE = "change"
    CANCEL_NOW = "cancel"
    CANCEL_AT_END = "cancel at the end"
    TERMINATE = "terminate"


UNPAID = "an invoice was not paid"
"""Why a service is off that comes back with the money. Nobody else may give this reason."""

ENDED = frozenset({State.CANCELLED, State.TERMINATED})
"""Nothing is billed for it any more, and nothing brings it back."""

_TRANSITIONS: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.PENDING, Action.ACTIVATE): State.ACTIVE,
        (State.PENDING, Action.CANCEL_NOW): State.CANCELLED,
        (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
        (State.ACTIVE, Action.CHANGE): State.ACTIVE,
        (State.ACTIVE, Action.CANCEL_NOW): State.CANCELLED,
        (State.ACTIVE, Action.CANCEL_AT_END): State.ACTIVE,  # until its last day is over
        (State.ACTIVE, Action.TERMINATE): State.TERMINATED,
        (State.SUSPENDED, Action.RESTORE): State.ACTIVE,
        (State.SUSPENDED, Action.CANCEL_NOW): State.CANCELLED,
        (State.SUSPENDED, Action.TERMINATE): State.TERMINATED,
    }
)


_DONE: Mapping[Action, str] = MappingProxyType(
    {
        Action.ACTIVATE: "activated",
        Action.SUSPEND: "suspended",
        Action.RESTORE: "restored",
        Action.CHANGE: "changed",
        Action.CANCEL_NOW: "cancelled",
        Action.CANCEL_AT_END: "cancelled to its end",
        Action.TERMINATE: "terminated",
    }
)


class NotPossible(Permanent):
    """An act that the state of the service does not allow."""


def after(state: State, action: Action) -> State:
    """The state that an act leads to. Raises NotPossible."""
    try:
        return _TRANSITIONS[state, action]
    except KeyError:
        raise NotPossible(f"a service that is {state} cannot be {_DONE[action]}") from None


def allowed(state: State) -> tuple[Action, ...]:
    """What may be done to a service in this state."""
    return tuple(action for (one, action) in _TRANSITIONS if one is state)


@dataclass(frozen=True, slots=True)
class Service:
    """One thing that a customer has, as it was sold."""

    id: int
    customer_id: int
    product_id: int  # in the version of the catalogue that it was sold from
    parent_id: int | None  # the service that an add-on belongs to
    name: str  # what people call it: "example.com"
    domain: str  # that opens the site; "" for none
    currency: str
    months: int  # of its cycle; ONE_TIME for one that never renews
    price_minor: int  # of a whole cycle, with its options, before any discount
    options: tuple[tuple[str, int], ...]  # (name, how many)
    state: State
    started_on: date
    anchor_on: date  # a day whose day of month is the true bill day; its periods are counted from here
    billed_through: date  # the first day that no document covers
    cancel_on: date | None = None  # its first day without, when it was cancelled to the end of a period
    ended_on: date | None = None
    suspended_on: date | None = None
    suspended_for: str = ""
    reason: str = ""  # why it was cancelled
    external_id: str | None = None
    next_on: date | None = None  # periods that begin on this day or later are sold by newer terms:
    next_product_id: int | None = None
    next_price_minor: int | None = None
    next_options: tuple[tuple[str, int], ...] = ()
    discount: Discount | None = None  # as it was promised; perhaps it is over
    hold_until: date | None = None  # the last day on which no run bills it, as staff said
    hold_by: str = ""

    def is_held_on(self, day: date) -> bool:
        """No run bills it on a day of its account."""
        return self.hold_until is not None and day <= self.hold_until

    def by_next_terms(self) -> "Service":
        """The service once its newer terms count; itself where there are none."""
        if self.next_on is None or self.next_product_id is None or self.next_price_minor is None:
            return self
        moved = replace(
            self, product_id=self.next_product_id, price_minor=self.next_price_minor, options=self.next_options
        )
        return moved.without_next_terms()

    def without_next_terms(self) -> "Service":
        """The service that goes on by the terms that it has."""
        return replace(self, next_on=None, next_product_id=None, next_price_minor=None, next_options=())

    def discount_on(self, begins_on: date) -> Discount | None:
        """The discount of a period that begins on a day, if there is one."""
        return counting(self.discount, begins_on)

    def price_on(self, begins_on: date) -> int:
        """What a whole cycle costs, less its discount, that is billed for a period which begins on a day."""
        return price_on(begins_on, self.price_minor, self.months, self.discount)

    @property
    def is_recurring(self) -> bool:
        """It renews."""
        return self.months != ONE_TIME


def checked_day(day: date) -> date:
    """A day on which something may begin, end or be billed. Raises NotPossible for a slip of the finger."""
    if not MONEY_SINCE <= day <= MONEY_UNTIL:
        raise NotPossible(f"{day} is not between {MONEY_SINCE} and {MONEY_UNTIL}")
    return day
