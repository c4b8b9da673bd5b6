"""Whoever dies while a card is charged, and whichever call breaks off: money moves once, and is booked once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from mailgate.flows.due import DueKind, due
from store.engine import reading, transaction
from store.post import work
from tests.flows.billing.charging import Counter, at
from tests.flows.billing.trade import Trade, d
from tests.payments.memory import SLOW

MIDNIGHT = at("2026-03-01")

PLACES = (
    "charge.lent",
    "charge.started",
    "charge.made",
    "charge.confirming",
    "charge.confirmed",
    "charge.seen",
    "charge.booked",
)


class Died(BaseException):
    """The process is gone: nothing catches it."""


@pytest.fixture
def counter(trade: Trade) -> Counter:
    return Counter.begin(trade)


def due_for(counter: Counter, token: str = "pm_visa") -> str:
    """Bob has a card and an invoice of 11.90 that is due on the first of March."""
    bob = counter.trade.customer("Bob")
    counter.card(bob, token)
    _, (invoice,) = counter.trade.add(bob, "small", on="2026-02-10", start_on=d("2026-03-01"))
    return invoice.number


def kill(counter: Counter, place: str) -> None:
    """The program dies there; it is started again, and has what it had in hand."""

    def fail_point(name: str) -> None:
        if name == place:
            raise Died

    with pytest.raises(Died):
        replace(counter, fail_point=fail_point).look("2026-03-01")
    with transaction(counter.trade.engine) as conn:
        work.take_over(conn, now=MIDNIGHT)


def assert_paid_once(counter: Counter, number: str) -> None:
    assert [minor for _, _, minor in counter.provider.moved] == [1190]
    assert counter.at_provider() == 1190
    assert counter.open(number) == 0
    assert counter.states().count("succeeded") == 1
    assert counter.mails().count("payment-receipt") == 1


@pytest.mark.parametrize("place", PLACES)
def test_whoever_dies_between_two_steps_has_charged_once(counter: Counter, place: str) -> None:
    number = due_for(counter)

    kill(counter, place)
    counter.look("2026-03-01T00:01")
    counter.look("2026-03-02")

    assert_paid_once(counter, number)


@pytest.mark.parametrize("place", PLACES[3:6])
def test_who_dies_and_is_paid_otherwise_meanwhile_keeps_the_money_as_credit_or_moves_none(
    counter: Counter, place: str
) -> None:
    number = due_for(counter)

    kill(counter, place)
    counter.trade.pay(number, "11.90", on="2026-03-01")
    counter.look("2026-03-01T13:00")

    moved = sum(minor for _, _, minor in counter.provider.moved)
    assert (counter.at_provider(), counter.trade.has_credit(1)) == (moved, moved)
    assert counter.states() == ["succeeded" if moved else "cancelled"]
    assert bool(moved) is (place in PLACES[4:])


@pytest.mark.parametrize("call", ["start", "confirm"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_call_that_breaks_off_is_looked_up_and_nothing_is_sent_in_its_place(
    counter: Counter, call: str, before: bool
) -> None:
    number = due_for(counter)
    counter.provider.breaks = [(call, before)]

    counter.look("2026-03-01")
    in_doubt = counter.states()
    counter.look("2026-03-01T00:01:01")

    assert in_doubt == ["in-doubt"]
    assert_paid_once(counter, number)
    assert len(counter.provider.made) == 1


def test_a_provider_who_is_away_for_days_leaves_one_charge_in_doubt_that_staff_can_see(counter: Counter) -> None:
    number = due_for(counter)
    counter.provider.breaks = [("confirm", False), *[("look", True)] * 1000]

    for day in range(1, 9):
        counter.look(f"2026-03-{day:02}T12:00")
    away = counter.states()
    counter.provider.breaks = []
    counter.look("2026-03-09T12:00")

    assert away == ["in-doubt"]
    assert_paid_once(counter, number)


def test_a_worker_that_was_thought_dead_books_nothing_twice(counter: Counter) -> None:
    """Anchors 3.18: a payment that is seen twice is recorded once."""
    number = due_for(counter)

    def overtaken(name: str) -> None:
        if name == "charge.seen":
            with transaction(counter.trade.engine) as conn:
                work.take_over(conn, now=MIDNIGHT)
            counter.work(1, MIDNIGHT)

    replace(counter, fail_point=overtaken).look("2026-03-01")

    assert_paid_once(counter, number)


def test_two_who_look_at_the_same_time_begin_one_charge(counter: Counter) -> None:
    number = due_for(counter)
    with reading(counter.trade.engine) as conn:
        seen = [one for one in due(conn, settings=counter.trade.settings, at=MIDNIGHT) if one.kind is DueKind.COLLECT]

    for _ in range(2):
        for one in seen:
            counter.meet(one.kind, one.object, MIDNIGHT)
    for _ in range(2):
        counter.work(1, MIDNIGHT)

    assert len(counter.charges()) == 1
    assert_paid_once(counter, number)


def test_two_programs_that_do_what_is_due_at_the_same_time_charge_once(counter: Counter) -> None:
    number = due_for(counter)

    with ThreadPoolExecutor(2) as programs:
        for one in [programs.submit(counter.look, "2026-03-01") for _ in range(2)]:
            one.result()
    counter.look("2026-03-01T00:02")

    assert len(counter.charges()) == 1
    assert_paid_once(counter, number)


def test_a_clock_that_leaps_forth_and_back_charges_once(counter: Counter) -> None:
    number = due_for(counter)

    for when in ("2026-05-01", "2026-02-15", "2026-03-01", "2026-02-28", "2026-03-05"):
        counter.look(when)

    assert_paid_once(counter, number)


def test_a_clock_that_leaps_back_while_money_is_on_its_way_books_it_once(counter: Counter) -> None:
    number = due_for(counter, SLOW)
    counter.look("2026-03-01")
    counter.provider.ends("pi_1", well=True)

    counter.look("2026-02-20")
    counter.look((MIDNIGHT + timedelta(days=2)).isoformat())

    assert_paid_once(counter, number)
