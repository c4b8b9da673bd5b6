"""Money that goes back: how much of it by which way, until when, and how a refund stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DEADLINE = timedelta(days=10)
"""Until then money is back, or sent by a person, from the seller's day on which it was to go back."""

TOLD_BEFORE = timedelta(days=3)
"""So long before the deadline it stands in the list of each day."""

_GAPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 180, 360))
"""Between one look at the provider and the next, while it is not known how a refund stands."""

_WATCHED = tuple(timedelta(days=days) for days in (1, 2, 4, 8, 15))
"""The same once it has succeeded: banks send money back for a month."""


class Way(StrEnum):
    """How it goes back."""

    PROVIDER = "provider"  # to the card, or whatever it came from
    BY_HAND = "check-or-transfer"  # a task for a person


class RefundState(StrEnum):
    """How a refund stands."""

    WANTED = "wanted"  # the provider is to be asked
    IN_DOUBT = "in-doubt"  # it was asked, and nothing is known of what came of it
    PENDING = "pending"  # it is on its way
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # it came back, or was refused and asked for anew: a later one has taken its place
    TASK = "task"  # a person is to send a check or make a transfer
    RECORDED = "recorded"  # and has
    KEPT = "kept"  # it is not sent: it is credit


STANDS = frozenset(RefundState) - {RefundState.FAILED, RefundState.KEPT}
"""It has given back of its payment, or will."""

UNSENT = frozenset({RefundState.WANTED, RefundState.IN_DOUBT, RefundState.TASK})
"""The money is still here, or that is not known."""

AT_PROVIDER = frozenset({RefundState.WANTED, RefundState.IN_DOUBT, RefundState.PENDING, RefundState.SUCCEEDED})
"""How it stands is the provider's to say."""


@dataclass(frozen=True, slots=True)
class Source:
    """Money that came in, and how much of it may still go back."""

    payment_id: int | None  # None: what came along from an older system
    received_on: date
    left_minor: int


@dataclass(frozen=True, slots=True)
class Share:
    """So much goes back of one of them."""

    payment_id: int | None
    amount_minor: int


def shares(amount_minor: int, sources: Iterable[Source]) -> tuple[Share, ...]:
    """Which money goes back: the newest first, of each no more than what is left of it.

    They may come to less than the amount: the rest never came in, and is credit.
    """
    left, found = amount_minor, []
    newest_first = sorted(sources, key=lambda one: (one.payment_id is not None, one.received_on, one.payment_id or 0))
    for one in reversed(newest_first):
        taken = min(left, one.left_minor)
        if taken > 0:
            found.append(Share(one.payment_id, taken))
            left -= taken
    return tuple(found)


def deadline(asked_on: date) -> date:
    """The last day, from the seller's day on which it was to go back."""
    return asked_on + DEADLINE


def look_again_after(attempts: int) -> timedelta:
    """How long to wait while it is not known how a refund stands."""
    return _GAPS[min(max(attempts, 1), len(_GAPS)) - 1]


def watch_again_after(known_for: timedelta) -> timedelta | None:
    """When to look whether a refund that has succeeded has come back; None: never more."""
    whole = timedelta()
    for gap in _WATCHED:
        whole += gap
        if known_for < whole:
            return whole - known_for
    return None
