"""A year of the demo, fast-forwarded in one go; and its store under a clock that jumps by months, and back."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mailgate.billing.dunning import Outcome
from mailgate.billing.period import local_date
from mailgate.demo.company import ANN, FELIX, MARA, NOOR, PAUL, seed
from mailgate.demo.mailboxes import Arrived
from mailgate.demo.trade import DAYS, trade
from store import people
from store.billing.invoices import Issued
from store.engine import reading
from store.post.outbox import Outgoing, OutState
from tests.collecting import Collector
from tests.demo.place import Place
from tests.gate import BeginGate, Gate, Received
from tests.outbound.sink import Sink
from tests.scenarios.test_year_of_the_ladder import REMINDERS, assert_fair, everything, mails, named_in, steps

Habit = Callable[[int, str], int]
"""How many halves of what is open somebody pays on the n-th mail with a subject."""

HABITS: dict[str, Habit] = {
    ANN.address: lambda number, _: 2 if number % 3 == 0 else 0,
    PAUL.address: lambda number, _: (2 if number % 4 == 0 else 1) if number % 2 == 0 else 0,
    NOOR.address: lambda _, subject: 2 if subject.startswith("Invoice") else 0,
    FELIX.address: lambda _, subject: 2 if "gesperrt" in subject and " ist " in subject else 0,
    MARA.address: lambda _number, _subject: 0,
}
NEW = (NOOR, FELIX, MARA)
"""They have bought nothing before."""


@dataclass
class Payers:
    """Customers who pay when a mail about money comes, each by a habit."""

    money: Collector
    ids: dict[str, int]
    heard: Counter[str] = field(default_factory=Counter)
    settled: dict[int, set[int]] = field(default_factory=dict)  # by invoice: the mails that had left by then

    @classmethod
    def of(cls, money: Collector) -> "Payers":
        """The customers of the demo, all of whom have something."""
        with reading(money.gate.parts.engine) as conn:
            ids = {one.address: one.id for one in people.list_customers(conn)}
        for person in NEW:
            money.sell(ids[person.address], "web-s")
        return cls(money, ids)

    def hear(self, address: str, subject: str) -> None:
        """A mail has come to somebody."""
        if address not in HABITS:
            return
        self.heard[address] += 1
        halves = HABITS[address](self.heard[address], subject)
        for one in everything(self.money) if halves else ():
            if one.customer_id == self.ids[address] and one.open_minor:
                self.pay(one, halves)

    def pay(self, one: Issued, halves: int) -> None:
        """Half of what is open, or all of it."""
        self.money.pay(one.number, max(1, one.open_minor // 2) if halves == 1 else None)
        if not self.money.invoice(one.number).open_minor:
            gone = (OutState.SENDING, OutState.SENT)  # the mail on which it is paid has arrived already
            self.settled[one.id] = {key for key, mail in mails(self.money).items() if mail.state in gone}


def reminders(money: Collector) -> Iterator[Outgoing]:
    """Those that left."""
    for one in mails(money).values():
        if one.notice.template.value in REMINDERS and one.state is OutState.SENT:
            yield one


def assert_nobody_is_asked_for_what_is_settled(money: Collector, settled: dict[int, set[int]]) -> None:
    """Whatever the clock says: by what had left when the money came."""
    for one in reminders(money):
        late = [number for number in named_in(one) if number in settled and one.id not in settled[number]]
        assert late == [], one.subject


def assert_nothing_comes_twice(money: Collector) -> None:
    """An invoice is brought once to a reader; and of a step there is one mail to each."""
    brought = Counter(
        (one.notice.about_id, one.notice.to_address)
        for one in money.mails()
        if one.notice.template == "invoice-created"
    )
    assert set(brought.values()) == {1}
    of_steps = Counter(key for theirs in steps(money).values() for one in theirs for key in set(one.outbox_ids))
    by_id = mails(money)
    for number, theirs in steps(money).items():
        for one in theirs:
            readers = Counter(by_id[key].notice.to_address for key in one.outbox_ids if key in by_id)
            assert max(readers.values(), default=1) == 1, (number, one)
    assert of_steps


def named_days(money: Collector) -> Iterator[tuple[str, date, date]]:
    """Of each suspension and end: the day that its last warning has named, and the day on which it came."""
    by_id, issued = mails(money), {one.id: one for one in everything(money)}
    kinds = {Outcome.SUSPENDED: "service-suspend-warning", Outcome.ENDED: "service-end-warning"}
    for number, theirs in steps(money).items():
        for step in theirs:
            if step.outcome in kinds:
                warnings = [
                    by_id[key]
                    for other in theirs
                    for key in other.outbox_ids
                    if key in by_id and by_id[key].notice.template == kinds[step.outcome]
                ]
                values: Any = warnings[-1].notice.values
                named = values["consequence"]["on"]
                yield (
                    issued[number].number,
                    date.fromisoformat(named),
                    local_date(step.done_at, ZoneInfo(issued[number].zone)),
                )


def test_a_year_in_one_go_asks_each_once_and_in_order_and_nobody_for_what_is_settled(place: Place) -> None:
    money = Collector(Gate(place.demo.running.parts, Sink(), now=place.demo.clock()))
    payers = Payers.of(money)

    def told(mail: Arrived) -> None:
        money.gate.now = place.demo.clock()
        payers.hear(mail.address, str(mail.message["Subject"]))

    place.demo.mailboxes.told = told
    place.demo.machine.forward(timedelta(365))

    assert {"invoice-created", "payment-partial", "service-suspended", "service-restored", "service-cancelled"} <= {
        *money.kinds()
    }
    assert len(payers.settled) > 40
    assert_fair(money)
    assert_nothing_comes_twice(money)
    assert_nobody_is_asked_for_what_is_settled(money, payers.settled)
    assert [one for one in named_days(money) if one[1] != one[2]] == []


@pytest.fixture
def store_url() -> None:
    """In a file: what differs on a server is in the other stories."""


@pytest.mark.parametrize("jumps", [(91, -91), (91, -60, 91, -91)], ids=str)
def test_a_clock_that_jumps_by_months_and_back_does_nothing_twice(begin: BeginGate, jumps: tuple[int, ...]) -> None:
    gate = begin()
    seed(gate.parts.engine, now=gate.now - timedelta(DAYS))
    trade(gate.parts.engine, gate.parts.settings, now=gate.now)
    money = Collector(gate)
    payers = Payers.of(money)
    arrived = len(gate.sink.messages)

    def hear() -> None:
        nonlocal arrived
        new = gate.sink.paths[arrived:], gate.sink.messages[arrived:]
        arrived = len(gate.sink.messages)
        for (_, (address,)), raw in zip(*new, strict=True):
            payers.hear(address, Received(raw, "", address).subject)

    for days in (5, *jumps, *(1,) * 110):
        gate.now += timedelta(days)
        money.look()
        hear()

    assert len(payers.settled) > 10
    assert_nothing_comes_twice(money)
    assert_nobody_is_asked_for_what_is_settled(money, payers.settled)
    a_day = Counter(
        (one.notice.to_address, local_date(one.created_at, gate.parts.settings.gate.zone)) for one in reminders(money)
    )
    assert max(a_day.values()) == 1
    assert [one for one in named_days(money) if one[2] < one[1]] == []
