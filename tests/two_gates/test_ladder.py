"""Two programs look at the same accounts: each step is done once, and money that comes meanwhile counts."""

from datetime import UTC, date, datetime

from mailgate.billing.service import State
from mailgate.flows.due import DueKind, meet
from mailgate.jobs import Job
from tests.collecting import Collector
from tests.gate import Gate
from tests.two_gates.conftest import Two

WARNED = datetime(2026, 3, 8, 23, tzinfo=UTC)
SUSPENDED = datetime(2026, 3, 15, 23, tzinfo=UTC)
"""Midnights in Berlin, 7 and 14 days after the invoice was due."""


def climb(gate: Gate, customer_ids: list[int]) -> None:
    """What the sweep does about these accounts; the jobs are found by the next."""
    meet(gate.parts.engine, DueKind.LADDER, customer_ids, settings=gate.parts.settings, enqueue=_lost, now=gate.now)


def _lost(job: Job, row_id: int) -> None:
    """Whoever looks next finds its row."""


def test_two_programs_that_look_at_once_send_each_mail_once(two: Two) -> None:
    money = Collector.begin(two.one)
    numbers: list[str] = []
    for name in ("Anne", "Bob", "Cris"):
        money.customer(name)
        numbers.append(money.sell(len(numbers) + 1)[1].number)
    money.until(datetime(2026, 3, 8, 12, tzinfo=UTC))
    two.one.now = two.other.now = WARNED

    two.at_once(
        lambda: climb(two.one, [1, 2, 3]), lambda: climb(two.other, [3, 2, 1]), after="INSERT INTO dunning_steps"
    )
    climb(two.one, [1, 2, 3])
    two.work()

    assert money.kinds().count("service-suspend-warning") == 3
    assert all([step for step, *_ in money.done(number)].count("+7") == 1 for number in numbers)


def test_money_that_comes_while_the_ladder_looks_is_seen_or_brings_the_service_back(two: Two) -> None:
    money = Collector.begin(two.one)
    money.customer("Anne")
    site, sold = money.sell(1)
    money.until(date(2026, 3, 10))
    two.one.now = two.other.now = SUSPENDED
    payer = Collector(two.other)

    two.at_once(lambda: climb(two.one, [1]), lambda: payer.pay(sold.number), after="INSERT INTO dunning_steps")
    two.work()

    assert money.service(site).state is State.ACTIVE
    assert money.kinds()[-3:] == ["service-suspended", "payment-receipt", "service-restored"]


def test_nobody_is_suspended_for_what_was_paid_a_moment_before(two: Two) -> None:
    money = Collector.begin(two.one)
    money.customer("Anne")
    site, sold = money.sell(1)
    money.until(date(2026, 3, 10))
    two.one.now = two.other.now = SUSPENDED

    two.at_once(lambda: money.pay(sold.number), lambda: climb(two.other, [1]), after="INSERT INTO payments")

    assert money.service(site).state is State.ACTIVE
    assert "service-suspended" not in money.kinds()
