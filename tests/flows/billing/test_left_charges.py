"""What came to nothing is cancelled at the provider; money that moved by it all the same is booked once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailgate.flows.billing.card.charge import Begun
from mailgate.payments.provider import ChargeState
from store.engine import transaction
from store.post import work
from tests.flows.billing.charging import Counter, at
from tests.flows.billing.trade import Trade, d
from tests.payments.memory import ASKS, LOST, SHORT, SLOW

MIDNIGHT = at("2026-03-01")


@pytest.fixture
def counter(trade: Trade) -> Counter:
    return Counter.begin(trade)


def due_for(counter: Counter, token: str) -> str:
    """Bob has a card and an invoice of 11.90 that is due on the first of March."""
    bob = counter.trade.customer("Bob")
    counter.card(bob, token)
    _, (invoice,) = counter.trade.add(bob, "small", on="2026-02-10", start_on=d("2026-03-01"))
    return invoice.number


def seen(counter: Counter) -> list[str]:
    """How charges stand at the provider."""
    return [one.state.value for one in counter.provider.made.values()]


def while_it_is_cancelled(counter: Counter, happens: Callable[[], None]) -> Counter:
    """Something happens between the decline and the moment at which the provider is asked to cancel."""
    is_done: list[bool] = []

    def fail_point(name: str) -> None:
        if name == "charge.booked" and not is_done:
            is_done.append(True)
            happens()

    return replace(counter, fail_point=fail_point)


@pytest.mark.parametrize(
    ("token", "state"), [(SHORT, "failed"), (LOST, "failed"), (ASKS, "wants-customer")], ids=["soft", "hard", "asks"]
)
def test_what_was_declined_is_cancelled_there_and_stands_as_it_ended(counter: Counter, token: str, state: str) -> None:
    number = due_for(counter, token)

    counter.look("2026-03-01")

    assert seen(counter) == ["cancelled"]
    assert counter.states() == [state]
    [charge] = counter.charges()
    assert (charge.due_at, charge.code != "") == (None, True)
    assert (counter.open(number), counter.mails().count("payment-failed")) == (1190, 1)


def test_each_attempt_is_cancelled_before_the_next_and_the_last_pays(counter: Counter) -> None:
    number = due_for(counter, SHORT)
    counter.look("2026-03-01")
    counter.provider.works.add(SHORT)

    counter.look("2026-03-04")

    assert seen(counter) == ["cancelled", "succeeded"]
    assert counter.states() == ["failed", "succeeded"]
    assert (counter.open(number), counter.at_provider()) == (0, 1190)


def test_what_takes_days_and_fails_is_cancelled_then(counter: Counter) -> None:
    due_for(counter, SLOW)
    counter.look("2026-03-01")

    counter.provider.ends("pi_1", well=False)
    counter.look("2026-03-02T12:00")

    assert (seen(counter), counter.states()) == (["cancelled"], ["failed"])


@pytest.mark.parametrize("token", [SHORT, ASKS])
def test_what_was_confirmed_from_elsewhere_before_is_booked_as_money(counter: Counter, token: str) -> None:
    number = due_for(counter, token)

    while_it_is_cancelled(counter, lambda: counter.provider.confirmed_elsewhere("pi_1")).look("2026-03-01")
    for day in (2, 4, 8):
        counter.look(f"2026-03-{day:02}")

    assert counter.states() == ["succeeded"]
    assert (counter.open(number), counter.at_provider(), counter.trade.has_credit(1)) == (0, 1190, 0)
    assert counter.mails().count("payment-receipt") == 1
    assert len(counter.provider.made) == 1  # nothing is tried again


def test_what_was_confirmed_from_elsewhere_and_takes_days_is_watched_until_it_ends(counter: Counter) -> None:
    number = due_for(counter, ASKS)

    def elsewhere() -> None:
        counter.provider.confirmed_elsewhere("pi_1", takes_days=True)

    while_it_is_cancelled(counter, elsewhere).look("2026-03-01")
    counter.look("2026-03-03")
    before = counter.states()
    counter.provider.ends("pi_1", well=True)
    counter.look("2026-03-05")

    assert before == ["wants-customer"]
    assert counter.states() == ["succeeded"]
    assert (counter.open(number), counter.at_provider()) == (0, 1190)


def test_money_of_two_attempts_is_credit_the_second_time(counter: Counter) -> None:
    number = due_for(counter, SHORT)
    counter.provider.breaks = [("cancel", True)]
    counter.look("2026-03-01")
    counter.trade.pay(number, "11.90", on="2026-03-01")
    counter.provider.confirmed_elsewhere("pi_1")

    counter.look("2026-03-01T12:00")

    assert counter.states() == ["succeeded"]
    assert (counter.open(number), counter.at_provider(), counter.trade.has_credit(1)) == (0, 1190, 1190)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_call_that_breaks_off_is_made_again(counter: Counter, before: bool) -> None:
    number = due_for(counter, SHORT)
    counter.provider.breaks = [("cancel", before), ("cancel", before)]

    counter.look("2026-03-01")
    owed = [one.due_at is not None for one in counter.charges()]
    for when in ("2026-03-01T01:00", "2026-03-01T02:00"):
        counter.look(when)

    assert owed == [True]
    assert (seen(counter), counter.states()) == (["cancelled"], ["failed"])
    assert [one.due_at for one in counter.charges()] == [None]
    assert (counter.open(number), counter.mails().count("payment-failed")) == (1190, 1)


@pytest.mark.parametrize("place", ["charge.booked", "charge.cancelled", "charge.closed"])
@pytest.mark.parametrize("is_paid", [False, True])
def test_whoever_dies_on_the_way_ends_it_once(counter: Counter, place: str, is_paid: bool) -> None:
    number = due_for(counter, SHORT)
    met: list[str] = []

    def fail_point(name: str) -> None:
        if name == "charge.booked" and is_paid and "charge.booked" not in met:
            counter.provider.confirmed_elsewhere("pi_1")
        met.append(name)
        if name == place:
            raise Died

    with pytest.raises(Died):
        replace(counter, fail_point=fail_point).look("2026-03-01")
    with transaction(counter.trade.engine) as conn:
        work.take_over(conn, now=MIDNIGHT)
    counter.look("2026-03-01T00:30")

    assert seen(counter) == ["succeeded" if is_paid else "cancelled"]
    assert counter.states() == ["succeeded" if is_paid else "failed"]
    assert (counter.open(number), counter.at_provider()) == ((0, 1190) if is_paid else (1190, 0))
    assert counter.mails().count("payment-receipt") == int(is_paid)
    assert counter.mails().count("payment-failed") == 1


def test_staff_may_charge_once_more_while_the_old_one_is_still_to_be_cancelled(counter: Counter) -> None:
    number = due_for(counter, SHORT)
    counter.provider.breaks = [("cancel", True)]
    counter.look("2026-03-01")
    counter.provider.works.add(SHORT)

    begun = counter.now(1, "2026-03-01T00:00:30", [number])
    counter.look("2026-03-01T00:10")

    assert isinstance(begun, Begun)
    assert [one.state for one in counter.provider.made.values()] == [ChargeState.CANCELLED, ChargeState.SUCCEEDED]
    assert (counter.states(), counter.open(number)) == (["failed", "succeeded"], 0)


class Died(BaseException):
    """The process is gone."""
